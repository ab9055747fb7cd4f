import Testing
import Vocabulary

@testable import MQTT

@Suite struct SessionTests {
    private let commands = "devices/d/messages/devicebound/#"

    private func session(_ filters: (String, QoS)...) -> Session {
        var session = Session(of: TwinID(trusted: "d"))
        for (filter, qos) in filters { _ = filter.withBytes { session.subscribe($0, qos, limit: 64) } }
        return session
    }

    @Test("QoS 2 is granted as 1, what opens nothing is not granted, and neither is one filter too many")
    func grants() {
        var session = Session(of: TwinID(trusted: "d"))
        #expect(commands.withBytes { session.subscribe($0, .exactlyOnce, limit: 2) } == .atLeastOnce)
        #expect("$iothub/twin/res/#".withBytes { session.subscribe($0, .atMostOnce, limit: 2) } == .atMostOnce)
        #expect("x".withBytes { session.subscribe($0, .atMostOnce, limit: 9) } == nil)
        #expect("#".withBytes { session.subscribe($0, .atMostOnce, limit: 2) } == nil)
        #expect(session.feeds == [.commands, .twinResponses])
    }

    @Test("The same filter again replaces the QoS and counts once")
    func replaces() {
        var session = session((commands, .atLeastOnce))
        #expect(commands.withBytes { session.subscribe($0, .atMostOnce, limit: 1) } == .atMostOnce)
        #expect(session.subscriptions.count == 1)
        #expect(session.qos(of: .commands) == .atMostOnce)
    }

    @Test("Where filters overlap the highest QoS counts, until its filter is gone")
    func overlaps() {
        var session = session((commands, .atLeastOnce), ("#", .atMostOnce))
        #expect(session.qos(of: .commands) == .atLeastOnce)
        #expect(commands.withBytes { session.unsubscribe($0) })
        #expect(session.qos(of: .commands) == .atMostOnce)
        #expect(!commands.withBytes { session.unsubscribe($0) })
        #expect("#".withBytes { session.unsubscribe($0) })
        #expect(session.qos(of: .commands) == nil && session.feeds.isEmpty)
    }

    @Test("A filter for one method lets no other through")
    func names() {
        let session = session(("$iothub/methods/POST/a/#", .atMostOnce))
        #expect(session.qos(of: .methods, named: "a") == .atMostOnce)
        #expect(session.qos(of: .methods, named: "b") == nil)
    }

    @Test("A session is kept as text and comes back the same")
    func persists() throws {
        let session = session((commands, .atLeastOnce), ("$iothub/twin/res/#", .atMostOnce))
        #expect(session.text == "1 devices/d/messages/devicebound/#\n0 $iothub/twin/res/#\n")
        let back = try #require(Session(text: session.text, of: session.identity))
        #expect(back.subscriptions == session.subscriptions)
        #expect(back.feeds == session.feeds)
        #expect(Session(text: "", of: session.identity)?.subscriptions.isEmpty == true)
    }

    @Test(
        "Text that holds no subscriptions of this client is no session",
        arguments: ["x", "1", "2 #", "1#", "1 devices/e/#", "- #", "1 #\n\n1 nothing"])
    func refusesText(_ text: String) { #expect(Session(text: text, of: TwinID(trusted: "d")) == nil) }
}
