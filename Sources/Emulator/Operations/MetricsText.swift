import Vocabulary

/// Prometheus' text exposition format 0.0.4.
struct MetricsText {
    private(set) var bytes: [UInt8] = []

    mutating func gauge(_ name: String, _ help: String, _ value: Int) { add("gauge", name, help, value) }
    mutating func counter(_ name: String, _ help: String, _ value: Int) { add("counter", name, help, value) }

    private mutating func add(_ type: String, _ name: String, _ help: String, _ value: Int) {
        bytes.append("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n")
    }
}
