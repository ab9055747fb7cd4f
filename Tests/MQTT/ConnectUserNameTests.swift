import Testing
import Vocabulary

@testable import MQTT

@Suite struct ConnectUserNameTests {
    static let valid: [(text: String, form: String)] = [
        ("h/d/?api-version=2021-04-12", "h d v=2021-04-12"),
        ("h/d/m/?api-version=2021-04-12", "h d/m v=2021-04-12"),
        ("h/d/api-version=2016-11-14", "h d v=2016-11-14"),
        ("h/d/m/DeviceClientType=x&api-version=1", "h d/m v=1 t=x"),
        ("h/d", "h d"), ("h/d/m", "h d/m"),
        ("h/d/?", "h d"), ("h/d/?a", "h d"), ("h/d/?&&", "h d"), ("h/d/?x=y&X=z", "h d"),
        // Ids hold what they like; none of it is decoded or taken for a query.
        ("h/a?b/?api-version=1", "h a?b v=1"), ("h/a?b/m?c/?api-version=1", "h a?b/m?c v=1"),
        ("h/a+b#c%20d/?api-version=1", "h a+b#c%20d v=1"), ("h/a?b", "h a?b"), ("h/?d", "h ?d"),
        ("h/d=1", "h d=1"), ("h/api-version=1", "h api-version=1"),
        // Values are decoded, a plus is a plus, the first of two counts.
        (
            "h/d/?api-version=2020-09-30&DeviceClientType=py%2F2.14.0%28x%3B+y%29&model-id=dtmi%3Acom%3Ax%3B1",
            "h d v=2020-09-30 t=py/2.14.0(x;+y) m=dtmi:com:x;1"
        ),
        ("h/d/?DeviceClientType=iothubclient%2f1.15.0%20x&api-version=1", "h d v=1 t=iothubclient/1.15.0 x"),
        ("h/d/?model-id=dtmi:com:x;1&api-version=1&model-id=other", "h d v=1 m=dtmi:com:x;1"),
        ("h/d/?api-version=&api-version=2", "h d v="),
        ("h/d/?auth-chain=edge%3Bother&api-version=1", "h d v=1 a=edge;other"),
        ("h/d/?api-version=1&model-id=a=b", "h d v=1 m=a=b"),
    ]

    @Test("A user name gives the host, the identity and what the query says", arguments: valid)
    func reads(_ sample: (text: String, form: String)) throws {
        let name = try sample.text.withBytes { try ConnectUserName($0) }
        var words = [name.host, name.identity.key]
        for (mark, value) in [
            ("v", name.apiVersion), ("t", name.clientType), ("m", name.modelID), ("a", name.authChain),
        ] {
            if let value { words.append("\(mark)=\(value)") }
        }
        #expect(words.joined(separator: " ") == sample.form)
    }

    static let refused = [
        "", "h", "h/", "/", "//", "/d", "/d/?api-version=1", "h//?api-version=1", "h/d//?api-version=1", "h/d/",
        "h/d/m/", "h/d/m/x", "h/d/m/x/?api-version=1", "h/?api-version=1/x/y/z", "h/d d/?api-version=1",
        "h/d&/?api-version=1", "h/é/?api-version=1", "h/d/?api-version=%zz", "h/d/?model-id=%FF&api-version=1",
        "h/" + String(repeating: "a", count: 129) + "/?api-version=1",
    ]

    @Test("Other texts are not IoT Hub's, and are answered like bad credentials", arguments: refused)
    func refuses(_ text: String) {
        #expect(throws: MQTTFailure.userName) { try text.withBytes { try ConnectUserName($0) } }
        #expect(MQTTFailure.userName.answer == .notAuthorized)
    }

    @Test("The client id is the identity, in the same letters")
    func comparesClientID() throws {
        let device = try "h/a+b%2F/?api-version=1".withBytes { try ConnectUserName($0) }
        let module = try "h/d/m/?api-version=1".withBytes { try ConnectUserName($0) }
        try "a+b%2F".withBytes { try device.check(clientID: $0) }
        try "d/m".withBytes { try module.check(clientID: $0) }
        for other in ["", "d", "D/m", "d/m/", "m", "d/m2"] {
            #expect(throws: MQTTFailure.clientIDForeign) { try other.withBytes { try module.check(clientID: $0) } }
        }
        #expect(throws: MQTTFailure.clientIDForeign) { try "a+b/".withBytes { try device.check(clientID: $0) } }
        #expect(MQTTFailure.clientIDForeign.answer == .notAuthorized)
    }
}
