import Testing
import Vocabulary

@testable import Access

@Suite struct PolicyTableTests {
    @Test("The default policies allow what rest.md section 2.4 says")
    func hasDefaults() {
        let expected: [(String, Permissions)] = [
            ("iothubowner", .all), ("service", .serviceConnect), ("device", .deviceConnect),
            ("registryRead", .registryRead),
            ("registryReadWrite", [.registryRead, .registryWrite]),
        ]
        for table in [PolicyTable.wellKnown, .generated(.system)] {
            #expect(table.policies.map(\.name) == expected.map { $0.0 })
            #expect(table.policies.map(\.permissions) == expected.map { $0.1 })
            let keys = table.policies.flatMap { [$0.primary, $0.secondary] }
            #expect(Set(keys).count == 10)
            #expect(keys.allSatisfy { $0.bytes.count == 32 })
        }
        #expect(PolicyTable.wellKnown.policies != PolicyTable.generated(.system).policies)
    }

    @Test("A policy is found without case")
    func findsPolicies() {
        #expect(PolicyTable.wellKnown["IotHubOwner"]?.name == "iothubowner")
        #expect(PolicyTable.wellKnown["registryRead"]?.permissions == .registryRead)
        #expect(PolicyTable.wellKnown["owner"] == nil)
        #expect(PolicyTable.wellKnown[""] == nil)
    }

    @Test("A table is kept as text and read back, its lines in any order")
    func roundTrips() throws {
        let table = PolicyTable.generated(.system)
        #expect(try PolicyTable(text: table.text).policies == table.policies)
        let reversed = table.text.split(separator: "\n").reversed().joined(separator: "\n")
        #expect(try PolicyTable(text: reversed).policies == table.policies)
    }

    @Test("Text that lacks a policy, or has a key that is none, is refused")
    func refuses() {
        let lines = PolicyTable.wellKnown.text.split(separator: "\n").map(String.init)
        var texts = lines.indices.map { left in
            lines.indices.filter { $0 != left }.map { lines[$0] }.joined(separator: "\n")
        }
        texts += [
            "", lines.joined(separator: "\n").replacing("iothubowner ", with: "iothubowner x"),
            lines.joined(separator: " "),
        ]
        texts.append(
            lines.joined(separator: "\n").replacing(PolicyTable.wellKnown.policies[1].primary.base64, with: "AAAA"))
        for text in texts { #expect(throws: HubError.self, "\(text)") { try PolicyTable(text: text) } }
    }
}
