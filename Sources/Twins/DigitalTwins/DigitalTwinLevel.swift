import JSON

/// One level of a digital twin, the root or a component: what is desired of it and what is reported.
struct DigitalTwinLevel {
    let desired: Side
    let reported: Side

    /// Of the sections as a twin document has them, metadata and all.
    init(desired: JSONValue?, reported: JSONValue?) {
        self.init(
            desired: Side(desired, metadata: desired?["$metadata"]),
            reported: Side(reported, metadata: reported?["$metadata"]))
    }

    private init(desired: Side, reported: Side) {
        self.desired = desired
        self.reported = reported
    }

    /// Reported ones first, in their order; then those that are only desired.
    var names: [String] { reported.names + desired.names.filter { reported.values[$0] == nil } }

    /// The component of that name, which at least one side marks as one.
    func component(_ name: String) -> DigitalTwinLevel? {
        let sides = [desired.values[name], reported.values[name]].compactMap { $0 }
        guard sides.contains(where: DigitalTwinNames.isComponent), sides.allSatisfy({ $0.kind == .object }) else {
            return nil
        }
        return DigitalTwinLevel(desired: desired.child(name), reported: reported.child(name))
    }

    /// An object among the properties of one section, with its metadata node. Members are looked up by name, since a section may
    /// have thousands.
    struct Side {
        /// In their order, without the hub's own and the mark of a component.
        let names: [String]
        let values: [String: JSONValue]
        let stamps: [String: JSONValue]

        init(_ object: JSONValue?, metadata: JSONValue?) {
            let members = object.map { Array($0.members) } ?? []
            names = members.map(\.key).filter { !$0.hasPrefix("$") && $0 != DigitalTwinNames.marker }
            values = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
            let nodes = metadata.map { Array($0.members) } ?? []
            stamps = Dictionary(nodes.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        }

        func child(_ name: String) -> Side { Side(values[name], metadata: stamps[name]) }
    }
}
