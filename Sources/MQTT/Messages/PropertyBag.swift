import Vocabulary

/// The properties of a message as a topic carries them: `name=value` pairs joined by `&` (mqtt.md section 4).
public struct PropertyBag: Hashable, Sendable {
    public struct Property: Hashable, Sendable {
        /// Decoded, with the `$.` of a system property.
        public var name: String
        /// Nil where the name stands without `=`; the empty string where nothing follows it.
        public var value: String?

        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }

        /// What the service makes of the name; nil for an application's property, as all unknown `$.x` are.
        public var system: SystemProperty? { name.hasPrefix("$.") ? SystemProperty(rawValue: name) : nil }
    }

    /// In the order in which their names first came.
    public private(set) var properties: [Property] = []

    public init() {}

    /// Reads a bag; every text is one. One leading `?` and one trailing `/` are not part of it, since SDKs add them. Of
    /// repeated names the last counts. `+` is a plus.
    ///
    /// Names and values that are not well percent-encoded are taken as they stand: the C SDK encodes only when it is
    /// told to.
    public init(parsing text: UnsafeRawBufferPointer) {
        var start = text.first == UInt8(ascii: "?") ? 1 : 0
        let end = text.count > start && text.last == UInt8(ascii: "/") ? text.count - 1 : text.count
        var equals: Int?
        // A topic has room for thousands of names: beyond a few, each is looked up, not compared with all before it.
        var places: [String: Int] = [:]
        for index in start...max(start, end) {
            if index < end, text[index] != UInt8(ascii: "&") {
                if equals == nil, text[index] == UInt8(ascii: "=") { equals = index }
                continue
            }
            if index > start {
                let value = equals.map { Self.decode(text, $0 + 1..<index) }
                let name = Self.decode(text, start..<(equals ?? index))
                if properties.count < Self.fewNames {
                    set(name, to: value)
                } else {
                    if places.isEmpty { for (place, known) in properties.enumerated() { places[known.name] = place } }
                    if let place = places[name] {
                        properties[place].value = value
                    } else {
                        places[name] = properties.count
                        properties.append(Property(name: name, value: value))
                    }
                }
            }
            start = index + 1
            equals = nil
        }
    }

    private static let fewNames = 16

    private static func decode(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        let encoded = UnsafeRawBufferPointer(rebasing: text[range])
        guard encoded.contains(UInt8(ascii: "%")) else { return String(decoding: encoded, as: UTF8.self) }
        let decoded = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: encoded.count) { bytes -> String? in
            var count = 0
            var index = 0
            while index < encoded.count {
                var byte = encoded[index]
                if byte == UInt8(ascii: "%") {
                    guard index + 2 < encoded.count, let high = Hex.value(encoded[index + 1]),
                        let low = Hex.value(encoded[index + 2])
                    else { return nil }
                    byte = high << 4 | low
                    index += 2
                }
                bytes[count] = byte
                count += 1
                index += 1
            }
            return String(validating: UnsafeBufferPointer(rebasing: bytes[..<count]), as: UTF8.self)
        }
        return decoded ?? String(decoding: encoded, as: UTF8.self)
    }

    public var isEmpty: Bool { properties.isEmpty }

    /// Sets a property, in its old place where there is one.
    public mutating func set(_ name: String, to value: String?) {
        if let index = properties.firstIndex(where: { $0.name == name }) {
            properties[index].value = value
        } else {
            properties.append(Property(name: name, value: value))
        }
    }

    public mutating func set(_ property: SystemProperty, to value: String?) { set(property.rawValue, to: value) }

    /// The value of a property; nil where there is none, and where it is null.
    public subscript(name: String) -> String? { properties.first { $0.name == name }?.value }
    public subscript(property: SystemProperty) -> String? { self[property.rawValue] }

    /// What an application has set.
    public var applicationProperties: some Sequence<Property> { properties.lazy.filter { $0.system == nil } }

    /// What the properties count for in a message's size: values of system properties, names and values of all others
    /// (mqtt.md section 5.7).
    public var measuredBytes: Int {
        properties.reduce(0) { sum, property in
            sum + (property.value?.utf8.count ?? 0) + (property.system == nil ? property.name.utf8.count : 0)
        }
    }

    /// Appends the bag as the hub sends it: names and values percent-encoded, so that system properties begin with
    /// `%24.`, which is what the C SDK looks for. Properties that are null are left out; the Java SDK throws on them.
    public func append(to topic: inout [UInt8]) {
        var isFirst = true
        for property in properties {
            guard let value = property.value else { continue }
            if !isFirst { topic.append(UInt8(ascii: "&")) }
            isFirst = false
            topic.append(PercentCoding.encode(property.name))
            topic.append(UInt8(ascii: "="))
            topic.append(PercentCoding.encode(value))
        }
    }
}
