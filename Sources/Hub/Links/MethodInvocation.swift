import JSON
import Vocabulary

/// What a caller of a direct method asks for, as its body says it (rest.md section 10) and as jobs keep it.
public struct MethodInvocation: Sendable {
    static let maximumPayloadBytes = 128 << 10
    static let responseSeconds = 5...300
    static let defaultResponseSeconds = 30
    static let connectSeconds = 0...300

    public let name: String
    /// JSON as the caller wrote it; empty where the body has none.
    public let payload: [UInt8]
    public var responseTimeout = defaultResponseSeconds
    /// How long to wait for a device that is not online; 0 is not at all.
    public var connectTimeout = 0

    public init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object, let name = body["methodName"]?.string else {
            throw HubError(.argumentNull, "methodName is missing.")
        }
        guard Self.isName(name) else { throw HubError(.argumentInvalid, "methodName '\(name)' is not valid.") }
        self.name = name
        payload = body["payload"].map { Array($0.raw) } ?? []
        guard payload.count <= Self.maximumPayloadBytes else {
            throw HubError(.messageTooLarge, "A method's payload holds at most \(Self.maximumPayloadBytes) bytes.")
        }
        // The C edge client sends one `timeout` in place of the two.
        let timeout = try Self.seconds(body, "timeout", within: Self.responseSeconds)
        responseTimeout =
            try Self.seconds(body, "responseTimeoutInSeconds", within: Self.responseSeconds) ?? timeout
            ?? responseTimeout
        connectTimeout =
            try Self.seconds(body, "connectTimeoutInSeconds", within: Self.connectSeconds) ?? connectTimeout
        guard connectTimeout <= responseTimeout else {
            throw HubError(
                .argumentInvalid,
                "Device connection timeout (\(connectTimeout) s) cannot be longer than an overall call timeout (\(responseTimeout) s)"
            )
        }
    }

    private static func seconds(
        _ body: JSONValue, _ member: String, within range: ClosedRange<Int>
    ) throws(HubError) -> Int? {
        guard let value = body[member], !value.isNull else { return nil }
        guard let seconds = value.int.map({ Int($0) }), range.contains(seconds) else {
            throw HubError(
                .argumentInvalid, "'\(member)' is a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return seconds
    }

    /// Printable ASCII without the separators of a header; `*` divides a component from its command.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#"$()<>@,;:\"/[]?={}"#.utf8.contains($0) }
    }
}

extension MethodInvocation {
    /// The same as a body; `init(_:)` reads it back.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("methodName")
        json.value(name)
        if !payload.isEmpty {
            json.key("payload")
            json.raw(payload)
        }
        json.key("responseTimeoutInSeconds")
        json.value(responseTimeout)
        json.key("connectTimeoutInSeconds")
        json.value(connectTimeout)
        json.endObject()
    }
}
