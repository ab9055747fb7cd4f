/// Why a stream or a connection ends (RFC 9113 section 7).
public enum HTTP2ErrorCode: UInt32, Sendable {
    case noError = 0x00
    case protocolError = 0x01
    case internalError = 0x02
    case flowControlError = 0x03
    case settingsTimeout = 0x04
    case streamClosed = 0x05
    case frameSizeError = 0x06
    case refusedStream = 0x07
    case cancel = 0x08
    case compressionError = 0x09
    case connectError = 0x0A
    case enhanceYourCalm = 0x0B
    case inadequateSecurity = 0x0C
    case http11Required = 0x0D
}
