import JSON
import Vocabulary

/// What a caller of a direct method asks for (rest.md section 10), as a body says it and as jobs keep it; also a Plug and Play
/// command, which is one (section 14).
public struct MethodInvocation: Sendable {
    static let maximumPayloadBytes = 128 << 10
    public static let responseSeconds = 5...300
    static let defaultResponseSeconds = 30
    public static let connectSeconds = 0...300

    public let name: String
    /// JSON as the caller wrote it; empty where the body has none.
    public let payload: [UInt8]
    public let responseTimeout: Int
    /// How long to wait for a device that is not online; 0 is not at all.
    public let connectTimeout: Int

    /// - Parameters:
    ///   - responseTimeout: seconds for the whole call.
    ///   - connectTimeout: seconds for the device to come online.
    public init(
        name: String, payload: [UInt8], responseTimeout: Int? = nil, connectTimeout: Int? = nil
    ) throws(HubError) {
        guard Self.isName(name) else { throw HubError(.argumentInvalid, "methodName '\(name)' is not valid.") }
        guard payload.count <= Self.maximumPayloadBytes else {
            throw HubError(.messageTooLarge, "A method's payload holds at most \(Self.maximumPayloadBytes) bytes.")
        }
        self.name = name
        self.payload = payload
        self.responseTimeout = responseTimeout ?? Self.defaultResponseSeconds
        self.connectTimeout = connectTimeout ?? 0
        guard self.connectTimeout <= self.responseTimeout else {
            throw HubError(
                .argumentInvalid,
                "Device connection timeout (\(self.connectTimeout) s) cannot be longer than an overall call timeout (\(self.responseTimeout) s)"
            )
        }
    }

    public init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object, let name = body["methodName"]?.string else {
            throw HubError(.argumentNull, "methodName is missing.")
        }
        // The C edge client sends one `timeout` in place of the two.
        let timeout = try Self.seconds(body, "timeout", within: Self.responseSeconds)
        try self.init(
            name: name, payload: body["payload"].map { Array($0.raw) } ?? [],
            responseTimeout: try Self.seconds(body, "responseTimeoutInSeconds", within: Self.responseSeconds)
                ?? timeout,
            connectTimeout: try Self.seconds(body, "connectTimeoutInSeconds", within: Self.connectSeconds))
    }

    private static func seconds(
        _ body: JSONValue, _ member: String, within range: ClosedRange<Int>
    ) throws(HubError) -> Int? {
        guard let value = body[member], !value.isNull else { return nil }
        return try seconds(value.int.map { Int($0) }, member, within: range)
    }

    /// A timeout as it was given; nil where that is no whole number.
    public static func seconds(_ value: Int?, _ name: String, within range: ClosedRange<Int>) throws(HubError) -> Int {
        guard let value, range.contains(value) else {
            throw HubError(
                .argumentInvalid, "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
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
