import JSON

/// Firewall recommendations (defender.md section 6.2).
enum FirewallRules {
    static func judge(_ items: [FirewallItem], _ reference: EvidenceReference) -> [Judgement] {
        let (rules, policies) = FirewallItem.split(items.filter(\.isEnabled))
        let open = policies.filter { $0.allows && ["INPUT", "OUTPUT"].contains($0.chain) }.compactMap(\.chain)
        let input = rules.filter { $0.allows && $0.direction == "In" && isWide($0.sourceAddress) }
        let output = rules.filter { $0.allows && $0.direction == "Out" && isWide($0.destinationAddress) }
        return [
            .judge(
                .permissiveFirewallPolicy,
                open.isEmpty ? nil : "the policy of \(open.joined(separator: " and ")) is to allow", reference),
            judge(.permissiveInputRules, input, "from", reference),
            judge(.permissiveOutputRules, output, "to", reference),
        ]
    }

    private static func judge(
        _ type: FindingType, _ rules: [FirewallItem], _ way: String, _ reference: EvidenceReference
    ) -> Judgement {
        let text = "\(rules.count) rule\(rules.count == 1 ? " allows" : "s allow") traffic \(way) very many addresses"
        return .judge(
            type, rules.isEmpty ? nil : text,
            EvidenceReference(reference.source, eventID: reference.eventID, data: data(rules)))
    }

    /// No address, any address, or a network of a 256th of all or more. What the service counts as wide is not published but
    /// for the empty source.
    private static func isWide(_ address: String) -> Bool {
        ["", "*", "any"].contains(address.lowercased()) || AddressRange(address).map { $0.prefix <= widest } ?? false
    }

    private static let widest = 8

    /// The service's own form: an object whose one member is JSON as a text.
    private static func data(_ rules: [FirewallItem]) -> [UInt8] {
        var list = JSONWriter()
        list.beginArray()
        for rule in rules {
            list.beginObject()
            list.key("SourceAddress")
            list.value(rule.sourceAddress)
            list.key("SourcePort")
            list.value(rule.sourcePort)
            list.key("DestinationAddress")
            list.value(rule.destinationAddress)
            list.key("DestinationPort")
            list.value(rule.destinationPort)
            list.endObject()
        }
        list.endArray()
        var json = JSONWriter()
        json.beginObject()
        json.key("Rules")
        json.value(String(decoding: list.bytes, as: UTF8.self))
        json.endObject()
        return json.bytes
    }
}
