import CNGHTTP2

extension HTTP2Session {
    /// Sends a whole answer.
    ///
    /// - Parameters:
    ///   - date: the Date field's value.
    ///   - isGzip: whether the body is gzip-coded already.
    ///   - isHead: whether the request was a HEAD, which is answered without the body.
    public func respond(_ response: HTTPResponse, on stream: HTTP2Stream, date: [UInt8], isGzip: Bool, isHead: Bool) {
        let hasBody = !isHead && !response.body.isEmpty
        if hasBody {
            stream.output = response.body
            heldBytes += response.body.count
        }
        stream.outputEnds = true
        submit(
            response, .init(date: date, isGzip: isGzip, length: response.body.count), on: stream, hasBody: hasBody)
    }

    /// Sends the head of an answer whose body follows with ``send(_:on:)`` until ``finish(_:)``.
    ///
    /// - Parameter length: of the body, where it is known.
    public func open(_ head: HTTPResponse, on stream: HTTP2Stream, date: [UInt8], length: Int?) {
        submit(head, .init(date: date, isGzip: false, length: length), on: stream, hasBody: true)
        starve(stream)
    }

    /// Sends a head and nothing behind it: of an answer to HEAD, whose body would have this length, or of an empty one.
    public func close(_ head: HTTPResponse, on stream: HTTP2Stream, date: [UInt8], length: Int) {
        stream.outputEnds = true
        submit(head, .init(date: date, isGzip: false, length: length), on: stream, hasBody: false)
    }

    private func submit(
        _ response: HTTPResponse, _ context: HTTP2AnswerHead.Context, on stream: HTTP2Stream, hasBody: Bool
    ) {
        guard stream.isOpen else { return }
        var provider = nghttp2_data_provider()
        provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
        provider.read_callback = HTTP2Callbacks.read
        _ = scratch.answer.withFields(of: response, context) { fields, count in
            // The library copies the provider.
            hasBody
                ? nghttp2_submit_response(handle, stream.id, fields, count, &provider)
                : nghttp2_submit_response(handle, stream.id, fields, count, nil)
        }
    }

    /// Sends a piece of the body.
    public func send(_ piece: [UInt8], on stream: HTTP2Stream) {
        guard stream.isOpen, !piece.isEmpty else { return }
        stream.append(piece)
        heldBytes += piece.count
        wake(stream)
    }

    /// Nothing follows what has been sent.
    public func finish(_ stream: HTTP2Stream) {
        guard stream.isOpen else { return }
        stream.outputEnds = true
        wake(stream)
    }

    private func wake(_ stream: HTTP2Stream) {
        guard stream.isDeferred else { return }
        stream.isDeferred = false
        nghttp2_session_resume_data(handle, stream.id)
    }

    /// `100 Continue`.
    public func sendContinue(on stream: HTTP2Stream) {
        _ = scratch.answer.withInterimFields(status: 100) { fields, count in
            nghttp2_submit_headers(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, nil, fields, count, nil)
        }
    }

    /// Ends a stream before its answer is complete; what of it waits to be sent is let go at once.
    public func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        guard stream.isOpen else { return }
        stream.isOpen = false
        letGo(stream)
        // Should more be asked for before the reset has left, there is none, and no end either.
        stream.outputEnds = false
        nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
    }

    /// Fills a DATA frame.
    func read(_ stream: HTTP2Stream, into buffer: UnsafeMutableRawBufferPointer, _ flags: inout UInt32) -> Int {
        let count = min(buffer.count, stream.unsentBytes)
        guard count > 0 || stream.outputEnds else {
            stream.isDeferred = true
            return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        }
        stream.output.withUnsafeBytes { output in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: output[stream.outputOffset...].prefix(count)))
        }
        stream.outputOffset += count
        heldBytes -= count
        if stream.unsentBytes == 0 {
            stream.output = []
            stream.outputOffset = 0
            if stream.outputEnds { flags |= NGHTTP2_DATA_FLAG_EOF.rawValue } else { starve(stream) }
        }
        stream.progressed()
        return count
    }

    func starve(_ stream: HTTP2Stream) {
        guard !stream.isHungry else { return }
        stream.isHungry = true
        hungry.append(stream)
    }

    /// The streams whose bodies have all gone into frames and that may have more, each once.
    public func takeHungry() -> [HTTP2Stream] {
        guard !hungry.isEmpty else { return [] }
        let batch = hungry
        hungry = []
        for stream in batch { stream.isHungry = false }
        return batch.filter { $0.isOpen && $0.unsentBytes == 0 }
    }
}
