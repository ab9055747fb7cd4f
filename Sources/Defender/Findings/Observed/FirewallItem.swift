import JSON

/// One rule or policy of a firewall chain.
struct FirewallItem {
    let isEnabled: Bool
    let allows: Bool
    let chain: String?
    let direction: String?
    let priority: Int64
    let sourceAddress: String
    let sourcePort: String
    let destinationAddress: String
    let destinationPort: String

    init(_ item: JSONValue) {
        // A firewall that says nothing of it is taken for one in force.
        isEnabled = item["Enabled"]?.bool ?? true
        allows = item["Action"]?.string == "Allow"
        chain = item["ChainName"]?.string
        direction = item["Direction"]?.string
        priority = item["Priority"]?.int ?? 0
        sourceAddress = item["SourceAddress"]?.string ?? ""
        sourcePort = item["SourcePort"]?.string ?? ""
        destinationAddress = item["DestinationAddress"]?.string ?? ""
        destinationPort = item["DestinationPort"]?.string ?? ""
    }

    /// A policy names neither addresses nor ports (defender.md section 5.3, FirewallConfiguration detail).
    var namesNothing: Bool {
        sourceAddress.isEmpty && sourcePort.isEmpty && destinationAddress.isEmpty && destinationPort.isEmpty
    }

    /// The items as their chains' rules and policies: a policy is the last item of its chain and names nothing.
    static func split(_ items: [FirewallItem]) -> (rules: [FirewallItem], policies: [FirewallItem]) {
        var last: [String: Int] = [:]
        for (place, item) in items.enumerated() {
            guard let chain = item.chain else { continue }
            if let earlier = last[chain], items[earlier].priority > item.priority { continue }
            last[chain] = place
        }
        var rules: [FirewallItem] = []
        var policies: [FirewallItem] = []
        for (place, item) in items.enumerated() {
            if let chain = item.chain, last[chain] == place, item.namesNothing {
                policies.append(item)
            } else {
                rules.append(item)
            }
        }
        return (rules, policies)
    }
}
