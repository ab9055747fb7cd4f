import Access
import Events
import Hub
import Testing
import Vocabulary

@testable import Routing

@Suite struct TelemetryTests {
    private static let keys = Authentication.sas(
        primary: .generate(.system), secondary: .generate(.system))

    struct Case: Sendable {
        var id: String
        var authentication: Authentication
        var principal: Principal.Kind
        var scope: String
        var type: String
        var issuer: String
    }

    static let cases: [Case] = [
        Case(
            id: "d1", authentication: keys, principal: .device(TwinID(trusted: "d1")), scope: "device", type: "sas",
            issuer: "iothub"),
        Case(
            id: "d1/m1", authentication: keys, principal: .module(TwinID(trusted: "d1/m1")), scope: "module",
            type: "sas", issuer: "iothub"),
        Case(id: "d1", authentication: keys, principal: .policy("device"), scope: "hub", type: "sas", issuer: "iothub"),
        Case(
            id: "d1", authentication: .certificateAuthority, principal: .device(TwinID(trusted: "d1")), scope: "device",
            type: "x509", issuer: "external"),
        Case(
            id: "d1", authentication: .selfSigned(primary: nil, secondary: nil), principal: .policy("device"),
            scope: "hub", type: "sas", issuer: "iothub"),
    ]

    @Test(arguments: cases)
    func `A message says who sent it and how that was proven`(_ one: Case) {
        let id = TwinID(trusted: one.id)
        let identity = Identity(id: id, generation: 17, etagCounter: 1, authentication: one.authentication)
        let sender = Telemetry.Sender(identity, by: one.principal)
        var content = MessageContent(body: [1])
        content.set(.messageID, "m")
        content.set(.contentType, "text/plain")
        // The marks of a message to a module's input say nothing here.
        content.set(.connectionDeviceID, "other")
        content.set(.connectionModuleID, "other")
        content.set("k", "v")
        let event = Telemetry.event(content, from: sender, at: .never)
        let expected =
            "{\"scope\":\"\(one.scope)\",\"type\":\"\(one.type)\",\"issuer\":\"\(one.issuer)\",\"acceptingIpFilterRule\":null}"
        #expect(event.systemProperties["iothub-connection-auth-method"] == expected)
        #expect(event.systemProperties["iothub-connection-auth-generation-id"] == "17")
        #expect(event.systemProperties["iothub-connection-device-id"] == "d1")
        #expect(event.systemProperties["iothub-connection-module-id"] == id.module)
        #expect(event.systemProperties["iothub-message-source"] == "Telemetry")
        #expect(event.systemProperties["message-id"] == "m" && event.systemProperties["content-type"] == "text/plain")
        #expect(event.properties == ["k": "v"] && event.body == [1] && event.source == .deviceMessages)
    }

    @Test func `Every property has one name in each protocol, and is found by it`() {
        for property in MessageProperty.allCases {
            #expect(MessageProperty(mqttName: property.mqttName) == property)
            if let header = property.headerName { #expect(MessageProperty(headerName: header) == property) }
        }
        #expect(MessageProperty(mqttName: "$.unknown") == nil && MessageProperty(headerName: "iothub-app-x") == nil)
    }

    @Test func `Numbers of connection events rise as text`() {
        let bodies = [0, 9, 10, 255, 256, UInt64.max].map { number in
            ConnectionStateEvent.make(
                of: TwinID(trusted: "d"), isConnected: true, number: number, at: .never, correlation: "c"
            ).body
        }
        #expect(bodies.allSatisfy { $0.count == bodies[0].count })
        for (earlier, later) in zip(bodies, bodies.dropFirst()) { #expect(earlier.lexicographicallyPrecedes(later)) }
        #expect(
            String(decoding: bodies[3], as: UTF8.self)
                == "{\"sequenceNumber\":\"\(String(repeating: "0", count: 62))FF\"}")
    }
}
