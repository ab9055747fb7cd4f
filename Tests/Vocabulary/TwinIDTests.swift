import Testing

@testable import Vocabulary

@Suite struct TwinIDTests {
    /// rest.md section 19.
    private static let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:.+%_#*?!(),=@;$'"

    @Test("Each byte may stand in an id, or may not, as the rule says")
    func knowsItsCharacters() {
        for byte in UInt8.min...UInt8.max {
            let isAllowed = Self.allowed.utf8.contains(byte)
            #expect(IdentifierRule.allows([byte]) == isAllowed)
            #expect(IdentifierRule.allows([0x61, byte, 0x61]) == isAllowed)
        }
    }

    @Test("An id has 1 to 128 characters")
    func hasALength() {
        #expect(!IdentifierRule.allows([]))
        #expect(IdentifierRule.allows([UInt8](repeating: 0x61, count: 128)))
        #expect(!IdentifierRule.allows([UInt8](repeating: 0x61, count: 129)))
    }

    static let refused = [
        "", "a/b", "a b", "é", "a\n", "a\0", "\"a\"", "a\\b", "{a}", "a&b", "a~b", String(repeating: "x", count: 129),
    ]

    @Test("An id that is none is an invalid argument, of a device and of a module", arguments: refused)
    func refuses(_ text: String) {
        let errors = [
            #expect(throws: HubError.self) { try TwinID(device: text) },
            #expect(throws: HubError.self) { try TwinID(device: text, module: "m") },
            #expect(throws: HubError.self) { try TwinID(device: "d", module: text) },
        ]
        #expect(errors.map { $0?.code } == [.argumentInvalid, .argumentInvalid, .argumentInvalid])
    }

    @Test("A device and its module know each other")
    func namesBoth() throws {
        let device = try TwinID(device: "Dev+1")
        let module = try device.module("$edgeAgent")
        #expect(device.device == "Dev+1" && device.module == nil && !device.isModule)
        #expect(module.device == "Dev+1" && module.module == "$edgeAgent" && module.isModule)
        #expect(module.owner == device && device.owner == device)
        #expect("\(module)" == "Dev+1/$edgeAgent")
        #expect(try module == TwinID(device: "Dev+1", module: "$edgeAgent"))
        #expect(TwinID(trusted: module.key) == module)
    }

    @Test("Ids sort by their bytes, whatever characters they have and however long they are")
    func sortsByBytes() {
        let characters = Array(Self.allowed).map(String.init)
        let stems = ["", "a", "a-device-with-a-name-of-more-than-fifteen-bytes", "a/", "a/m"]
        let keys = stems.flatMap { stem in characters.flatMap { [stem + $0, stem + $0 + $0] } }
        let byBytes = keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        #expect(keys.shuffled().map(TwinID.init(trusted:)).sorted().map(\.key) == byBytes)
    }

    @Test("Ids are told apart by case, and a device sorts before its modules")
    func sorts() throws {
        let keys = ["D", "a", "a/$m", "a/b", "a0", "b"]
        #expect(keys.shuffled().map(TwinID.init(trusted:)).sorted().map(\.key) == ["D", "a", "a/$m", "a/b", "a0", "b"])
        #expect(try TwinID(device: "a") != TwinID(device: "A"))
    }
}
