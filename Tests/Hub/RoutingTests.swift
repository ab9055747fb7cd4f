import Testing

@testable import Hub

/// Where events for back ends go is a part of the hub's state.
struct RoutingTests {
    private let one = RoutingDeclaration(Array(#"{"routes":[{"name":"hot"}]}"#.utf8))
    private let two = RoutingDeclaration(Array(#"{"routes":[]}"#.utf8))

    @Test func `Nothing is declared unless somebody does`() throws {
        #expect(try HubOnALog().hub.routing == nil)
    }

    @Test(arguments: Restart.allCases)
    func `A declaration outlives restarts and resets, and so does its end`(way: Restart) throws {
        let it = try HubOnALog()
        #expect(it.refusal(of: .putRouting(one)) == nil)
        #expect(it.hub.routing == one)
        try it.restart(way)
        #expect(it.hub.routing == one)
        #expect(it.refusal(of: .putRouting(two)) == nil)
        #expect(it.refusal(of: .reset(.empty)) == nil)
        try it.restart(way)
        #expect(it.hub.routing == two)
        #expect(it.refusal(of: .putRouting(nil)) == nil)
        try it.restart(way)
        #expect(it.hub.routing == nil)
    }

    @Test func `What is so already is not written`() throws {
        let it = try HubOnALog()
        for declaration in [nil, one, one, two, nil, nil] { #expect(it.refusal(of: .putRouting(declaration)) == nil) }
        #expect(try it.records().count == 3)
    }

    @Test func `A declaration that cannot be written is not the hub's`() throws {
        let it = try HubOnALog()
        it.refuseWrites(.refused(reason: "the disk is full"))
        #expect(it.refusal(of: .putRouting(one)) != nil)
        it.refuseWrites(nil)
        #expect(it.hub.routing == nil)
        it.make("d")
        #expect(it.hub.routing == nil)
    }
}
