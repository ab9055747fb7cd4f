import TestSupport
import Testing

@testable import MQTT

@Suite struct PropertyBagTests {
    static let bags: [(text: String, form: String)] = [
        ("", ""), ("?", ""), ("/", ""), ("?/", ""), ("&&", ""), ("a=b", "a=b"), ("?a=b", "a=b"), ("??a=b", "?a=b"),
        ("a=b/", "a=b"), ("a=b//", "a=b/"), ("a=b&c=d", "a=b c=d"), ("a", "a:null"), ("a=", "a="),
        ("a&b=", "a:null b="),
        ("a=b=c", "a=b=c"), ("=b", "=b"), ("a+b=c+d", "a+b=c+d"), ("a%20b=c%2Bd%26", "a b=c+d&"),
        ("%C3%A9=%c3%a9", "é=é"),
        // The name is decoded before anyone looks for `$.`.
        ("$.mid=1&%24.cid=2&%24%2Euid=3", "[messageID]=1 [correlationID]=2 [userID]=3"),
        (
            "%24.on=o&$.ctime=t&$.zz=1&$x=2&iothub-ack=full",
            "[outputName]=o [creationTime]=t $.zz=1 $x=2 iothub-ack=full"
        ),
        ("a=1&b=2&a=3", "a=3 b=2"), ("%61=1&a=2", "a=2"), ("a=1&a", "a:null"),
        // What is not encoded well stands as it is.
        ("a=50%&b=%zz", "a=50% b=%zz"), ("a=%FF", "a=%FF"), ("a=x/y", "a=x/y"),
        (
            "%24.mid=2c2d&%24.to=%2Fdevices%2Fpubsub%2Fmessages%2Fdevicebound&%24.ce=utf-8&iothub-ack=none",
            "[messageID]=2c2d [to]=/devices/pubsub/messages/devicebound [contentEncoding]=utf-8 iothub-ack=none"
        ),
    ]

    private func form(_ bag: PropertyBag) -> String {
        bag.properties.map { property in
            let name = property.system.map { "[\($0)]" } ?? property.name
            return property.value.map { "\(name)=\($0)" } ?? "\(name):null"
        }.joined(separator: " ")
    }

    @Test("A bag is read as IoT Hub reads it", arguments: bags)
    func reads(_ sample: (text: String, form: String)) {
        #expect(form(sample.text.withBytes { PropertyBag(parsing: $0) }) == sample.form)
    }

    @Test("Every system property is known by its short name, encoded or not", arguments: SystemProperty.allCases)
    func knowsSystemProperties(_ property: SystemProperty) {
        let short = property.rawValue.dropFirst(2)
        for text in ["$.\(short)=v", "%24.\(short)=v", "?$.\(short)=v/"] {
            let bag = text.withBytes { PropertyBag(parsing: $0) }
            #expect(bag[property] == "v")
            #expect(Array(bag.applicationProperties).isEmpty)
        }
    }

    @Test("A written bag encodes all but the unreserved characters, `$` too, and leaves nulls out")
    func writes() {
        var bag = PropertyBag()
        bag.set(.to, to: "/devices/pubsub/messages/devicebound")
        bag.set("null", to: nil)
        bag.set("a b", to: "c+d&é~")
        bag.set("empty", to: "")
        var bytes: [UInt8] = []
        bag.append(to: &bytes)
        let text = "%24.to=%2Fdevices%2Fpubsub%2Fmessages%2Fdevicebound&a%20b=c%2Bd%26%C3%A9~&empty="
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        bag = bytes.withUnsafeBytes { PropertyBag(parsing: $0) }
        #expect(bag[.to] == "/devices/pubsub/messages/devicebound" && bag["a b"] == "c+d&é~" && bag["empty"] == "")
    }

    /// As many as a topic has room for, few and many names alike, beside a dictionary and an array.
    @Test(
        "Of repeated names each stands where it first came with the value that came last",
        arguments: [10, 16, 17, 9000])
    func repeatedNames(_ count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        var names: [String] = []
        var values: [String: String] = [:]
        let pairs = (0..<count).map { index in
            let name = String(Int.random(in: 0..<count, using: &random), radix: 36)
            if values.updateValue("\(index)", forKey: name) == nil { names.append(name) }
            return "\(name)=\(index)"
        }
        let bag = Array(pairs.joined(separator: "&").utf8).withUnsafeBytes { PropertyBag(parsing: $0) }
        #expect(bag.properties == names.map { PropertyBag.Property(name: $0, value: values[$0]) })
    }

    @Test("What is written reads the same again, whatever it holds")
    func roundTrips() {
        var random = SeededRandom(seed: 9)
        let pieces = ["a", "=", "&", "%", "+", " ", "/", "?", "$.", "é", "😀", "#", "%20", "\n"]
        for _ in 0..<500 {
            var bag = PropertyBag()
            for _ in 0..<Int.random(in: 0..<5, using: &random) {
                func text(_ least: Int) -> String {
                    (0..<Int.random(in: least..<4, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                        .joined()
                }
                bag.set(text(1), to: text(0))
            }
            var bytes: [UInt8] = []
            bag.append(to: &bytes)
            #expect(bytes.withUnsafeBytes { PropertyBag(parsing: $0) } == bag)
        }
    }

    @Test("A bag counts values, and names of application properties")
    func measures() {
        let bag = "%24.mid=123&key=%C3%A9&null&$.zz=1".withBytes { PropertyBag(parsing: $0) }
        #expect(bag.measuredBytes == 3 + (3 + 2) + 4 + (4 + 1))
    }
}
