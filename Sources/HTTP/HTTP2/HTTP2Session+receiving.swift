import CNGHTTP2

extension HTTP2Session {
    /// Takes bytes of the connection, all of them, beginning with the client's preface.
    ///
    /// - Parameter milliseconds: a monotonic clock.
    public func receive(_ bytes: UnsafeRawBufferPointer, at milliseconds: UInt64) {
        now = milliseconds
        if let unfinished = unfinishedHead {
            scratch.head = unfinished
            unfinishedHead = nil
        }
        let taken = nghttp2_session_mem_recv(
            handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        if taken < 0 { fail(Int32(taken)) }
        guard isInHead else { return }
        // Others use the space until the rest comes.
        unfinishedHead = scratch.head
        scratch.head = HTTP2HeadReader(limits)
    }

    private func fail(_ error: Int32) {
        let code: HTTP2ErrorCode
        switch nghttp2_error(rawValue: error) {
        case NGHTTP2_ERR_CALLBACK_FAILURE where violation != .noError: code = violation
        case NGHTTP2_ERR_FLOODED: code = .enhanceYourCalm
        case NGHTTP2_ERR_BAD_CLIENT_MAGIC: code = .protocolError
        default: code = .internalError
        }
        nghttp2_session_terminate_session(handle, code.rawValue)
        isInHead = false
    }

    /// Ends the processing of the bytes at hand, and with it the connection.
    private func violate(_ code: HTTP2ErrorCode) -> Int32 {
        violation = code
        return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
    }

    func began(_ frame: nghttp2_frame_hd) -> Int32 {
        let isAck = frame.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0
        var isWithinBounds = true
        switch nghttp2_frame_type(UInt32(frame.type)) {
        case NGHTTP2_HEADERS:
            guard isBeginnable(frame.stream_id) else { return violate(.protocolError) }
            isInHead = true
            continuations = 0
        case NGHTTP2_CONTINUATION:
            continuations += 1
            isWithinBounds = continuations <= scratch.bounds.continuations
        case NGHTTP2_DATA:
            let ends = frame.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            if frame.length == 0, !ends { isWithinBounds = emptyFrames.take(at: now) }
        case NGHTTP2_SETTINGS: if !isAck { isWithinBounds = settings.take(at: now) }
        case NGHTTP2_PING: if !isAck { isWithinBounds = pings.take(at: now) }
        case NGHTTP2_RST_STREAM: isWithinBounds = resets.take(at: now)
        case NGHTTP2_GOAWAY, NGHTTP2_WINDOW_UPDATE, NGHTTP2_PUSH_PROMISE: break
        // The library passes over priorities unread (RFC 9113 section 6.3).
        case NGHTTP2_PRIORITY where frame.stream_id == 0: return violate(.protocolError)
        default: isWithinBounds = emptyFrames.take(at: now)
        }
        return isWithinBounds ? 0 : violate(.enhanceYourCalm)
    }

    /// Notes the streams that the client begins and passes over; false for one of the latter.
    private func isBeginnable(_ id: Int32) -> Bool {
        if id > newest {
            if id > newest + 2 { skipped = newest + 2..<id }
            newest = id
        }
        return !skipped.contains(id)
    }

    func beganHead(_ frame: nghttp2_frame) {
        scratch.head.begin(isTrailer: frame.headers.cat != NGHTTP2_HCAT_REQUEST)
    }

    func received(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        scratch.head.take(name: name, value: value)
    }

    func received(_ frame: UnsafePointer<nghttp2_frame>) -> Int32 {
        let header = frame.pointee.hd
        let ends = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch nghttp2_frame_type(UInt32(header.type)) {
        case NGHTTP2_HEADERS where frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST:
            isInHead = false
            begin(header.stream_id, isComplete: ends)
        case NGHTTP2_HEADERS:
            isInHead = false
            if ends { end(header.stream_id) }
        case NGHTTP2_DATA:
            if ends { return end(header.stream_id) }
            // Padding alone (section 6.1).
            let padding = frame.pointee.data.padlen
            if header.length > 0, padding >= header.length, !emptyFrames.take(at: now) {
                return violate(.enhanceYourCalm)
            }
        case NGHTTP2_PING:
            let isAck = header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0
            if isAck, ending == .announced { goAway() }
        default: break
        }
        return 0
    }

    private func begin(_ id: Int32, isComplete: Bool) {
        let stream = open(self, id)
        stream.place = streams.count
        stream.isReceiving = !isComplete
        streams.append(stream)
        nghttp2_session_set_stream_user_data(handle, id, Unmanaged.passUnretained(stream).toOpaque())
        do throws(HTTPFailure) {
            stream.received(try scratch.head.finish(), isComplete: isComplete)
        } catch {
            stream.refused(error, isHead: scratch.head.isHead)
        }
    }

    @discardableResult
    private func end(_ id: Int32) -> Int32 {
        guard let stream = stream(id) else { return 0 }
        stream.isReceiving = false
        stream.ended()
        return 0
    }

    func received(_ piece: UnsafeRawBufferPointer, on id: Int32) {
        nghttp2_session_consume_connection(handle, piece.count)
        guard let stream = stream(id) else { return }
        stream.withheld += piece.count
        if stream.received(piece) { resume(stream) }
    }

    /// The client may send more of the stream's body.
    public func resume(_ stream: HTTP2Stream) {
        guard stream.withheld > 0, stream.isOpen else { return }
        nghttp2_session_consume_stream(handle, stream.id, stream.withheld)
        stream.withheld = 0
    }
}
