import Vocabulary

/// The user name of a CONNECT (mqtt.md section 2.1):
///
///     host "/" device [ "/" module ] [ "/" [ "?" ] name=value *( "&" name=value ) ]
///
/// Ids stand in it as they are and may hold `+ # % ?`, so that it is the last `/` that tells where the query begins.
public struct ConnectUserName: Hashable, Sendable {
    /// The hub's own name, whatever name the client dialled.
    public let host: String
    public let identity: TwinID
    /// Nil where the client named none: it connects, and its twin operations are refused.
    public private(set) var apiVersion: String?
    /// What the SDK says of itself.
    public private(set) var clientType: String?
    /// The DTMI that the device claims for its model.
    public private(set) var modelID: String?
    /// Set by nested edge devices.
    public private(set) var authChain: String?

    /// Throws ``MQTTFailure/userName`` for anything else.
    public init(_ text: UnsafeRawBufferPointer) throws(MQTTFailure) {
        var ids = text[...]
        if let slash = text.lastIndex(of: UInt8(ascii: "/")), text[..<slash].contains(UInt8(ascii: "/")),
            let query = Self.query(text[(slash + 1)...])
        {
            ids = text[..<slash]
            (host, identity) = try Self.names(ids)
            try read(query)
        } else {
            (host, identity) = try Self.names(ids)
        }
    }

    /// The last segment's pairs; nil where it is an id.
    private static func query(
        _ segment: Slice<UnsafeRawBufferPointer>
    ) -> Slice<UnsafeRawBufferPointer>? {
        if segment.first == UInt8(ascii: "?") { return segment.dropFirst() }
        let name = "api-version=".utf8
        // Old clients leave the question mark out.
        let begins = segment.indices.contains { segment[$0...].starts(with: name) }
        return begins ? segment : nil
    }

    private static func names(
        _ text: Slice<UnsafeRawBufferPointer>
    ) throws(MQTTFailure) -> (String, TwinID) {
        let names = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard names.count == 2 || names.count == 3, !names[0].isEmpty else { throw .userName }
        do throws(HubError) {
            let identity =
                names.count == 2
                ? try TwinID(device: names[1]) : try TwinID(device: names[1], module: names[2])
            return (names[0], identity)
        } catch {
            throw .userName
        }
    }

    /// Of repeated names the first counts, unknown ones are passed over. A value that is not percent-encoded text is
    /// refused; its `+` is a plus.
    private mutating func read(_ query: Slice<UnsafeRawBufferPointer>) throws(MQTTFailure) {
        for pair in query.split(separator: UInt8(ascii: "&")) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let encoded = String(decoding: pair[(equals + 1)...], as: UTF8.self)
            switch String(decoding: pair[..<equals], as: UTF8.self) {
            case "api-version": try set(\.apiVersion, encoded)
            case "DeviceClientType": try set(\.clientType, encoded)
            case "model-id": try set(\.modelID, encoded)
            case "auth-chain": try set(\.authChain, encoded)
            default: continue
            }
        }
    }

    private mutating func set(
        _ value: WritableKeyPath<ConnectUserName, String?>, _ encoded: String
    ) throws(MQTTFailure) {
        guard self[keyPath: value] == nil else { return }
        guard let decoded = PercentCoding.decode(encoded) else { throw .userName }
        self[keyPath: value] = decoded
    }

    /// A client names itself twice, and has to say the same both times (mqtt.md section 2.1).
    public func check(clientID: UnsafeRawBufferPointer) throws(MQTTFailure) {
        guard clientID.elementsEqual(identity.key.utf8) else { throw .clientIDForeign }
    }
}
