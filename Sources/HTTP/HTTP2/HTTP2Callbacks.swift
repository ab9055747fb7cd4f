import CNGHTTP2

/// What libnghttp2 calls. The session is its user data: alive as long as the library's own object, which it owns.
enum HTTP2Callbacks {
    static func make() -> OpaquePointer {
        var made: OpaquePointer?
        guard nghttp2_session_callbacks_new(&made) == 0, let callbacks = made else { fatalError("out of memory") }
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, header, session in
            guard let header else { return 0 }
            return HTTP2Callbacks.with(session) { $0.began(header.pointee) }
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, session in
            if let frame { HTTP2Callbacks.with(session) { $0.beganHead(frame.pointee) } }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, _, name, nameCount, value, valueCount, _, session in
            HTTP2Callbacks.with(session) {
                $0.received(
                    name: UnsafeRawBufferPointer(start: name, count: nameCount),
                    value: UnsafeRawBufferPointer(start: value, count: valueCount))
            }
            return 0
        }
        // A field that holds what no field may makes the request malformed (RFC 9113 section 8.2.1); without this it would
        // only be left out.
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, _, _, _, _, _, _, _ in
            NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, bytes, count, session in
            HTTP2Callbacks.with(session) {
                $0.received(UnsafeRawBufferPointer(start: bytes, count: count), on: stream)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, session in
            guard let frame else { return 0 }
            return HTTP2Callbacks.with(session) { $0.received(frame) }
        }
        nghttp2_session_callbacks_set_unpack_extension_callback(callbacks) { _, _, _, _ in NGHTTP2_ERR_CANCEL.rawValue }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, session in
            if let frame { HTTP2Callbacks.with(session) { $0.sent(frame) } }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, session in
            HTTP2Callbacks.with(session) { $0.closed(stream, code) }
            return 0
        }
        return callbacks
    }

    /// Fills a DATA frame; the stream is the source, kept by its session until it is closed.
    static let read: nghttp2_data_source_read_callback = { _, _, buffer, length, flags, source, session in
        guard let flags, let pointer = source?.pointee.ptr else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
        return Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
            HTTP2Callbacks.with(session) {
                $0.read(stream, into: UnsafeMutableRawBufferPointer(start: buffer, count: length), &flags.pointee)
            }
        }
    }

    /// Whoever has called the library holds the session.
    @inline(__always)
    private static func with<Result>(_ session: UnsafeMutableRawPointer?, _ body: (HTTP2Session) -> Result) -> Result {
        Unmanaged<HTTP2Session>.fromOpaque(session!)._withUnsafeGuaranteedRef(body)
    }
}
