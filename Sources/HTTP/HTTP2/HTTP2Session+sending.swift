import CNGHTTP2

extension HTTP2Session {
    /// Appends frames until there are none or so many bytes are there.
    public func write(into output: inout [UInt8], upTo limit: Int) {
        while output.count < limit {
            var bytes: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(handle, &bytes)
            guard count > 0 else { return }
            output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        }
    }

    func sent(_ frame: UnsafePointer<nghttp2_frame>) {
        let header = frame.pointee.hd
        switch nghttp2_frame_type(UInt32(header.type)) {
        case NGHTTP2_HEADERS, NGHTTP2_DATA:
            guard header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 else { return }
            // Answered before the request was complete: the rest of it is not wanted (section 8.1).
            if let stream = stream(header.stream_id), stream.isReceiving { reset(stream, .noError) }
        case NGHTTP2_RST_STREAM:
            // What a client does wrong costs as much as what it cancels (CVE-2025-8671).
            let code = HTTP2ErrorCode(rawValue: frame.pointee.rst_stream.error_code)
            if code == .flowControlError {
                // Who has lost count of one window has of the others too, and where a setting did it they are the
                // connection's (section 6.9.2).
                nghttp2_session_terminate_session(handle, HTTP2ErrorCode.flowControlError.rawValue)
            } else if code != .noError, !resets.take(at: now) {
                nghttp2_session_terminate_session(handle, HTTP2ErrorCode.enhanceYourCalm.rawValue)
            }
        default: break
        }
    }

    // MARK: Ending

    /// Whether nothing more is to be received or sent: the connection can be closed.
    public var isOver: Bool {
        nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0
    }

    /// An end is coming: no new request is to begin, while those that are on their way to us are still answered. The answer
    /// to a PING tells when there can be none any more (RFC 9113 section 6.8).
    public func announceEnd() {
        guard ending == .not else { return }
        ending = .announced
        nghttp2_submit_shutdown_notice(handle)
        nghttp2_submit_ping(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
    }

    /// Requests that have not begun by now are not answered. The connection is over with the last that has.
    public func goAway(_ code: HTTP2ErrorCode = .noError) {
        guard ending != .told else { return }
        ending = .told
        nghttp2_submit_goaway(
            handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(handle), code.rawValue,
            nil, 0)
    }
}
