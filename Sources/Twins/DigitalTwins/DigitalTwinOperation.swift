import JSON
import Vocabulary

/// One operation of a JSON Patch on a digital twin, checked: `add` and `replace` set the desired value of a component or
/// property, `remove` clears it. What a device reports is its own.
struct DigitalTwinOperation {
    let target: Target
    let change: Change

    enum Target {
        /// A property of the root, or a component.
        case root(String)
        case member(component: String, String)

        /// Its last part.
        var name: String {
            switch self {
            case .root(let name), .member(_, let name): name
            }
        }
    }

    enum Change {
        case property(JSONValue)
        /// All that is desired of a component.
        case component([(name: String, value: JSONValue)])
        case removal
    }

    init(_ operation: JSONValue) throws(HubError) {
        guard operation.kind == .object, let verb = operation["op"]?.string else {
            throw HubError(.invalidDigitalTwinJsonPatch, "Each operation is an object with an 'op' and a 'path'.")
        }
        target = try Self.target(operation["path"])
        switch verb {
        case "add", "replace":
            guard let value = operation["value"] else {
                throw HubError(.invalidDigitalTwinJsonPatch, "An operation '\(verb)' needs a 'value'.")
            }
            change = try Self.change(value, at: target)
        case "remove": change = .removal
        default:
            throw HubError(
                .invalidDigitalTwinJsonPatch, "The operation '\(verb)' is not one of add, replace and remove.")
        }
    }

    /// `/property`, `/component` or `/component/property`: whole values, never parts of them.
    private static func target(_ path: JSONValue?) throws(HubError) -> Target {
        let text = path?.string ?? ""
        guard text.hasPrefix("/"), text.utf8.count > 1 else {
            throw HubError(
                .invalidDigitalTwinPatch,
                "Error in path: \(text). 'path' string must be non-null, begin with '/' and have atleast the component name."
            )
        }
        let names = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if names.contains(where: { $0.hasPrefix("$") }) {
            throw HubError(
                .invalidDigitalTwinPatchPath, "Error in path: \(text). What begins with '$' is the hub's own.")
        }
        guard names.allSatisfy(DigitalTwinNames.isName) else {
            throw HubError(
                .invalidDigitalTwinPatchPath,
                "Error in path: \(text). A name has 1 to \(DigitalTwinNames.maximumLength) letters, digits and '_', begins with a "
                    + "letter and does not end with '_'.")
        }
        switch names.count {
        case 1: return .root(names[0])
        case 2: return .member(component: names[0], names[1])
        default:
            throw HubError(
                .invalidDigitalTwinPatchPath,
                "Error in path: \(text). A path names a component, a property, or a property of a component.")
        }
    }

    /// At the root, an object with an empty `$metadata` is a component.
    private static func change(_ value: JSONValue, at target: Target) throws(HubError) -> Change {
        guard case .root(let name) = target, let metadata = value["$metadata"] else {
            try DigitalTwinValue.check(value, of: target.name)
            return .property(value)
        }
        guard metadata.kind == .object, metadata.count == 0 else {
            throw HubError(
                .invalidDigitalTwinPatch,
                "Error in component '\(name)': '$metadata' marks it and has to be an empty object.")
        }
        var members: [(name: String, value: JSONValue)] = []
        for member in value.members where member.key != "$metadata" {
            guard DigitalTwinNames.isName(member.key) else { throw DigitalTwinValue.badName(member.key, in: name) }
            try DigitalTwinValue.check(member.value, of: member.key)
            members.append((member.key, member.value))
        }
        return .component(members)
    }
}
