import JSON
import Vocabulary

/// What the operations of a patch have come to so far, name by name, and the merge patch of desired properties that this is.
struct DesiredEdits {
    private let desired: DigitalTwinLevel.Side
    private let reported: DigitalTwinLevel.Side
    private var edits: [String: Edit] = [:]

    private enum Edit {
        case removed
        case property(JSONValue)
        /// Members that are set, or cleared where nil. A component that is set as a whole loses what is not among them.
        case component([String: JSONValue?], isWhole: Bool)
    }

    init(desired: JSONDocument, reported: JSONDocument) {
        self.desired = DigitalTwinLevel.Side(desired.root, metadata: nil)
        self.reported = DigitalTwinLevel.Side(reported.root, metadata: nil)
    }

    mutating func apply(_ operation: DigitalTwinOperation) throws(HubError) {
        switch (operation.target, operation.change) {
        case (.root(let name), .removal): edits[name] = .removed
        case (.root(let name), .property(let value)):
            guard sides(name).allSatisfy({ !DigitalTwinNames.isComponent($0) }) else { throw Self.notConformant(name) }
            edits[name] = .property(value)
        case (.root(let name), .component(let members)):
            try checkComponent(name)
            let values = members.map { ($0.name, JSONValue?.some($0.value)) }
            edits[name] = .component(Dictionary(values, uniquingKeysWith: { $1 }), isWhole: true)
        case (.member(let component, let name), .property(let value)): try edit(component, name, value)
        case (.member(let component, let name), .removal): try edit(component, name, nil)
        // A component stands at the root only: `DigitalTwinOperation` makes no other.
        case (.member(let component, _), .component): throw Self.notConformant(component)
        }
    }

    private mutating func edit(_ component: String, _ name: String, _ value: JSONValue?) throws(HubError) {
        try checkComponent(component)
        switch edits[component] {
        case nil: edits[component] = .component([name: value], isWhole: false)
        case .removed: if let value { edits[component] = .component([name: value], isWhole: true) }
        case .component(var members, let isWhole):
            members.updateValue(value, forKey: name)
            edits[component] = .component(members, isWhole: isWhole)
        case .property: throw Self.notConformant(component)
        }
    }

    private func sides(_ name: String) -> [JSONValue] {
        [desired.values[name], reported.values[name]].compactMap { $0 }
    }

    private func checkComponent(_ name: String) throws(HubError) {
        guard sides(name).allSatisfy(DigitalTwinNames.isComponent) else { throw Self.notConformant(name) }
    }

    /// The service's own words.
    private static func notConformant(_ name: String) -> HubError {
        HubError(
            .argumentInvalid,
            "'\(name)' exists within the device twin and is not digital twin conformant property. "
                + "Please refer to aka.ms/dtpatch to update this to be conformant.")
    }

    // MARK: The merge patch

    /// Its names are in order, so that one patch always comes to the same text.
    func mergePatch() -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, edit) in edits.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            switch edit {
            case .removed: json.null()
            case .property(let value): json.raw(Self.change(of: desired.values[name], to: value))
            case .component(let members, let isWhole): write(members, of: name, isWhole, to: &json)
            }
        }
        json.endObject()
        return json.bytes
    }

    /// The device hears of a component with its mark, and of each property that is cleared.
    private func write(
        _ members: [String: JSONValue?], of name: String, _ isWhole: Bool, to json: inout JSONWriter
    ) {
        let old = desired.child(name)
        var changes = members
        if isWhole {
            for name in old.names where changes[name] == nil { changes.updateValue(nil, forKey: name) }
        }
        // Nothing is desired of it, and nothing is to be.
        if !isWhole, desired.values[name] == nil, changes.values.allSatisfy({ $0 == nil }) { return json.null() }
        json.beginObject()
        json.key("__t")
        json.value(DigitalTwinNames.componentMark)
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            if let value { json.raw(Self.change(of: old.values[name], to: value)) } else { json.null() }
        }
        json.endObject()
    }

    /// A value that replaces another one: an object in an object's place names what it takes out.
    private static func change(of old: JSONValue?, to new: JSONValue) -> [UInt8] {
        guard let old, old.kind == .object, new.kind == .object else { return Array(new.raw) }
        var bytes: [UInt8] = []
        old.withTape { before in
            new.withTape { after in
                ReplacementNotice.append(from: old.index, of: before, to: new.index, of: after, to: &bytes)
            }
        }
        return bytes
    }
}
