/// Why a connection ended.
public enum CloseReason: UInt8, Sendable {
    /// It has not ended.
    case open
    /// This side closed it.
    case local
    /// The peer finished and nothing was left to send.
    case finished
    /// The peer reset it, or the network failed: ``Connection/systemError`` is the errno.
    case failed
    /// A dialled connection was not established: ``Connection/systemError`` is the errno.
    case unreachable
    /// ``ReactorLimits/outputBytes`` was exceeded.
    case outputLimit
    /// ``ReactorLimits/slowReaderMilliseconds`` passed without the peer taking a byte.
    case slowReader
    /// ``ReactorLimits/keptInputBytes`` was exceeded.
    case inputLimit
    /// ``ReactorLimits/handshakeMilliseconds`` passed.
    case handshakeDeadline
    /// The TLS handshake or a record was not acceptable: ``Connection/tlsFailure`` says why.
    case tls
}
