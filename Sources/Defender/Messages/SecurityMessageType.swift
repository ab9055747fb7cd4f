/// What a micro agent says of its body in the property `mti`: `<major>.<minor>-<encoding>-<source>-<type>`
/// (defender.md section 5.6).
public struct SecurityMessageType: Hashable, Sendable {
    public let major: UInt8
    public let minor: UInt8
    public let encoding: Encoding
    public let source: Source

    public enum Encoding: UInt8, Sendable {
        case json = 0
        case flatBuffers = 1
    }

    public enum Source: UInt8, Sendable {
        case azureRTOS = 0
        case linux = 1
    }

    /// Nil for any text that is not of this form, and for a type other than 0, raw events: no other is documented.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let version = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard version.count == 2, let major = Self.number(version[0]), let minor = Self.number(version[1]),
            let encoding = Self.number(parts[1]).flatMap(Encoding.init), Self.number(parts[3]) == 0,
            let source = Self.number(parts[2]).flatMap(Source.init)
        else { return nil }
        self.major = major
        self.minor = minor
        self.encoding = encoding
        self.source = source
    }

    /// Bytes of the longest text of the form: five numbers of three digits.
    private static let maximumLength = 19

    /// Digits only: `UInt8` would take a sign as well.
    private static func number(_ text: Substring) -> UInt8? {
        text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? UInt8(text) : nil
    }
}
