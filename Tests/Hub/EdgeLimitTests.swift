import Testing
import Vocabulary

@testable import Hub

/// An edge device comes with modules of the hub's own, which count like all others (twins.md section 9, rest.md section 5.3).
struct EdgeLimitTests {
    private static let edge: IdentityDraft = {
        var draft = IdentityDraft()
        draft.iotEdge = true
        draft.deviceScope = ""
        return draft
    }()

    @Test func `A new edge device needs room in the hub for its modules too`() throws {
        var limits = HubLimits()
        limits.identities = 4
        let it = try HubOnALog(limits)
        let (first, second) = (it.make("a"), it.make("b"))
        let edge = TwinID(trusted: "e")
        #expect(it.refusal(of: .putIdentity(edge, Self.edge, .none))?.code == .tooManyDevices)
        #expect(it.hub.entity(edge) == nil)
        it.execute(.deleteIdentity(second, .any))
        #expect(it.refusal(of: .putIdentity(edge, Self.edge, .none)) == nil)
        #expect(try it.entity(edge).modules.count == 2 && it.entity(first).modules.isEmpty)
    }

    @Test func `A device becomes an edge device only where its modules find room in the hub`() throws {
        var limits = HubLimits()
        limits.identities = 3
        let it = try HubOnALog(limits)
        let (device, other) = (it.make("d"), it.make("o"))
        #expect(it.refusal(of: .putIdentity(device, Self.edge, .any))?.code == .tooManyDevices)
        #expect(try !it.entity(device).identity.iotEdge && it.entity(device).modules.isEmpty)
        it.execute(.deleteIdentity(other, .any))
        #expect(it.refusal(of: .putIdentity(device, Self.edge, .any)) == nil)
        #expect(try it.entity(device).modules.count == 2)
    }

    @Test func `A device becomes an edge device only where its modules find room beside its others`() throws {
        var limits = HubLimits()
        limits.modulesPerDevice = 3
        let it = try HubOnALog(limits)
        let device = it.make("d")
        it.make("d/one")
        let two = it.make("d/two")
        #expect(it.refusal(of: .putIdentity(device, Self.edge, .any))?.code == .tooManyModulesOnDevice)
        #expect(try !it.entity(device).identity.iotEdge && it.entity(device).modules.count == 2)
        it.execute(.deleteIdentity(two, .any))
        #expect(it.refusal(of: .putIdentity(device, Self.edge, .any)) == nil)
        #expect(try it.entity(device).modules.map(\.key) == ["d/one", "d/$edgeAgent", "d/$edgeHub"])
    }
}
