import Defender
import JSON
import Vocabulary

/// What the hub does by itself about security modules. Part of its state: logged, replayed, and kept through a reset, since it
/// says how the hub is run and not what is in it.
public struct DefenderSettings: Hashable, Sendable {
    /// Which security modules every device has. Off by default: on the real hub nobody makes them but its owner
    /// (defender.md section 9, no. 8).
    public var rule: Rule
    /// Whether desired values that an agent would refuse are refused by the hub. The real hub stores whatever is written.
    public var isStrict: Bool

    /// The standing rule, with the words of the command line.
    public enum Rule: String, CaseIterable, Sendable {
        case none, classic, micro, both

        public var modules: [SecurityModule] {
            switch self {
            case .none: []
            case .classic: [.classic]
            case .micro: [.micro]
            case .both: [.classic, .micro]
            }
        }
    }

    public init(rule: Rule = .none, isStrict: Bool = false) {
        self.rule = rule
        self.isStrict = isStrict
    }

    /// `{"modules":"none"|"classic"|"micro"|"both","strict":false}`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("modules")
        json.value(rule.rawValue)
        json.key("strict")
        json.value(isStrict)
        json.endObject()
    }

    /// A function of what they say, so that it is the same after any restart.
    public var etag: String { Base64.encode(Array("\(rule.rawValue)\(isStrict ? ", strict" : "")".utf8)) }

    /// Throws `PreconditionFailed` unless they may be replaced.
    public func check(_ precondition: Precondition) throws(HubError) {
        guard precondition.allows(etag) else {
            throw HubError(.preconditionFailed, "Precondition failed: the etag of the settings did not match.")
        }
    }

    /// Reads what `write` wrote, or a request of that form.
    public init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        self.init()
        if let value = body["modules"] {
            guard let known = value.string.flatMap(Rule.init) else {
                let words = Rule.allCases.map(\.rawValue).joined(separator: ", ")
                throw HubError(.argumentInvalid, "'modules' is one of \(words).")
            }
            rule = known
        }
        if let value = body["strict"] {
            guard let flag = value.bool else { throw .badMember("strict") }
            isStrict = flag
        }
    }
}

/// What came of securing devices: each of them has its modules now, or is named here.
public struct SecuringReport: Sendable {
    /// The modules that were made.
    public var created: [TwinID] = []
    /// How many were there already; they have not been touched.
    public var present = 0
    public var refused: [BulkResult.ItemError] = []

    public init() {}
}
