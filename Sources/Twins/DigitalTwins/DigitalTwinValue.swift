import JSON
import Vocabulary

/// What a property of a digital twin may be set to: a scalar, or an object of few levels. No arrays, and no null, which
/// `remove` is for.
enum DigitalTwinValue {
    static let maximumDepth = 5

    static func check(_ value: JSONValue, of name: String, depth: Int = 0) throws(HubError) {
        switch value.kind {
        case .null: throw invalid("The value of '\(name)' cannot be null.")
        case .array: throw invalid("The value of '\(name)' cannot hold an array.")
        case .object:
            guard depth < maximumDepth else {
                throw invalid("The value of '\(name)' cannot have more than \(maximumDepth) levels.")
            }
            for member in value.members {
                guard DigitalTwinNames.isName(member.key) else { throw badName(member.key, in: name) }
                try check(member.value, of: name, depth: depth + 1)
            }
        case .bool, .number, .string: break
        }
    }

    static func badName(_ name: String, in owner: String) -> HubError {
        invalid("'\(name)' in '\(owner)' is no valid name.")
    }

    private static func invalid(_ text: String) -> HubError { HubError(.invalidDigitalTwinPayload, text) }
}
