import Vocabulary

/// Prometheus' text exposition format 0.0.4.
struct MetricsText {
    private(set) var bytes: [UInt8] = []

    mutating func gauge(_ name: String, _ help: String, _ value: Int) { add("gauge", name, help, value) }
    mutating func counter(_ name: String, _ help: String, _ value: Int) { add("counter", name, help, value) }

    /// One for each value of a label; the values are words of this program.
    mutating func counter(_ name: String, _ help: String, by label: String, _ values: [(label: String, count: Int)]) {
        addHead("counter", name, help)
        for value in values { bytes.append("\(name){\(label)=\"\(value.label)\"} \(value.count)\n") }
    }

    private mutating func add(_ type: String, _ name: String, _ help: String, _ value: Int) {
        addHead(type, name, help)
        bytes.append("\(name) \(value)\n")
    }

    private mutating func addHead(_ type: String, _ name: String, _ help: String) {
        bytes.append("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
    }
}
