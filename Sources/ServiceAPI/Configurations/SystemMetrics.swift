import Hub

extension Configuration {
    /// The queries of the metrics that every configuration has, as the hub shows them (rest.md section 11.1, query.md section 9).
    var systemQueries: [(name: String, text: String)] {
        let applied = "configurations.[[\(id)]].status = 'Applied'"
        switch content.kind {
        case .device:
            return [
                ("targetedCount", "select deviceId from devices" + condition()),
                ("appliedCount", "select deviceId from devices where \(applied)"),
            ]
        case .module:
            let targeted = target.targets == .nothing ? "from devices.modules where false" : target.text
            return [
                ("targetedCount", "select deviceId \(targeted)"),
                ("appliedCount", "select deviceId from devices.modules where \(applied)"),
            ]
        case .modules:
            let agents = "select deviceId from devices.modules where moduleId = '$edgeAgent' and \(applied)"
            let current = "properties.desired.$version = properties.reported.lastDesiredVersion"
            let code = "properties.reported.lastDesiredStatus.code"
            return [
                // Only edge devices are targeted, whatever the condition says.
                ("targetedCount", "select deviceId from devices" + condition("capabilities.iotEdge = true")),
                ("appliedCount", agents),
                ("reportedSuccessfulCount", "\(agents) and \(current) and \(code) = 200"),
                ("reportedFailedCount", "\(agents) and \(current) and \(code) != 200"),
            ]
        }
    }

    /// ` where …`, or nothing where everything is targeted.
    private func condition(_ always: String? = nil) -> String {
        if target.targets == .nothing { return " where false" }
        if target.isEverything { return always.map { " where \($0)" } ?? "" }
        return always.map { " where \($0) and (\(target.text))" } ?? " where \(target.text)"
    }
}
