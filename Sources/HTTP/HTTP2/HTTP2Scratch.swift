import CNGHTTP2

/// What the HTTP/2 sessions of one shard share: space for the head at hand and for frames, and the library's settings.
public final class HTTP2Scratch {
    let limits: HTTPLimits
    let bounds: HTTP2Limits
    let callbacks: OpaquePointer
    let options: OpaquePointer
    let memory = HTTP2Memory()
    var head: HTTP2HeadReader
    var answer = HTTP2AnswerHead()
    /// Behind those of RFC 9113.
    private let firstUnknownType: UInt8 = 0x0A

    public init(_ limits: HTTPLimits, _ bounds: HTTP2Limits) {
        self.limits = limits
        self.bounds = bounds
        head = HTTP2HeadReader(limits)
        callbacks = HTTP2Callbacks.make()
        var options: OpaquePointer?
        guard nghttp2_option_new(&options) == 0, let options else { fatalError("out of memory") }
        self.options = options
        // Room is given back when a body's bytes have been used.
        nghttp2_option_set_no_auto_window_update(options, 1)
        // Kept for a tree of priorities, which nobody reads here.
        nghttp2_option_set_no_closed_streams(options, 1)
        cnghttp2_leave_bounds_to_caller(options)
        // Frames of unknown types are passed over, but counted.
        for type in firstUnknownType...UInt8.max { nghttp2_option_set_user_recv_extension_type(options, type) }
    }

    deinit {
        nghttp2_option_del(options)
        nghttp2_session_callbacks_del(callbacks)
    }
}
