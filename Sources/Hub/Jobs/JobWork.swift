import JSON
import Twins
import Vocabulary

/// What a job does to each of its devices.
public enum JobWork: Sendable {
    case updateTwin(ServicePatch)
    case callMethod(MethodInvocation)

    public enum Kind: String, Sendable, CaseIterable {
        case scheduleUpdateTwin, scheduleDeviceMethod

        /// Compares without case (rest.md section 1.4).
        public init?(caseInsensitive text: String) {
            guard let kind = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
                return nil
            }
            self = kind
        }
    }

    public var kind: Kind {
        switch self {
        case .updateTwin: .scheduleUpdateTwin
        case .callMethod: .scheduleDeviceMethod
        }
    }

    /// Bytes of what each device is sent.
    public var messageBytes: Int {
        switch self {
        case .updateTwin(let patch): patch.json.count
        case .callMethod(let invocation): invocation.payload.count
        }
    }

    /// From the members `type` and `updateTwin` or `cloudToDeviceMethod`; others are passed over.
    init(_ body: JSONValue) throws(HubError) {
        guard let type = body["type"], !type.isNull else { throw HubError(.argumentNull, "'type' is missing.") }
        guard let kind = type.string.flatMap(Kind.init(caseInsensitive:)) else {
            throw HubError(
                .argumentInvalid, "'type' is one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        switch kind {
        case .scheduleUpdateTwin:
            guard let twin = body["updateTwin"], twin.kind == .object else {
                throw HubError(.argumentNull, "'updateTwin' is missing.")
            }
            guard Precondition(header: twin["etag"]?.string) == .any else { throw .jobNeedsAnyETag }
            self = .updateTwin(try ServicePatch(body: twin))
        case .scheduleDeviceMethod:
            guard let method = body["cloudToDeviceMethod"], method.kind == .object else {
                throw HubError(.argumentNull, "'cloudToDeviceMethod' is missing.")
            }
            self = .callMethod(try MethodInvocation(method))
        }
    }

    /// The members that `init(_:)` reads, in the order of a job's document.
    public func writeMembers(to json: inout JSONWriter) {
        json.key("type")
        json.value(kind.rawValue)
        switch self {
        case .updateTwin(let patch):
            json.key("updateTwin")
            let members = patch.json.dropFirst()
            json.raw(Array(#"{"etag":"*""#.utf8) + (members.count > 1 ? [UInt8(ascii: ",")] : []) + members)
        case .callMethod(let invocation):
            json.key("cloudToDeviceMethod")
            invocation.write(to: &json)
        }
    }
}

extension HubError {
    /// In the service's own words (twins.md section 8).
    static let jobNeedsAnyETag = HubError(
        .argumentInvalid,
        "Missing or invalid etag for job type ScheduleUpdateTwin. ScheduleUpdateTwin job type is a force update, which only accepts '*' as the Etag."
    )
}
