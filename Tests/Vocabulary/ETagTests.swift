import Testing

@testable import Vocabulary

@Suite struct ETagTests {
    /// twins.md section 4.
    static let twins: [(counter: UInt64, text: String)] = [
        (1, "AAAAAAAAAAE="), (2, "AAAAAAAAAAI="), (7, "AAAAAAAAAAc="), (11, "AAAAAAAAAAs="), (20, "AAAAAAAAABQ="),
        (332, "AAAAAAAAAUw="), (.max, "//////////8="),
    ]

    @Test("A twin's is its counter as eight bytes", arguments: twins)
    func writesTwins(_ sample: (counter: UInt64, text: String)) { #expect(ETag.twin(sample.counter) == sample.text) }

    static let identities: [(counter: UInt64, text: String)] = [
        (1, "MQ=="), (2, "Mg=="), (580_089_003, "NTgwMDg5MDAz"), (1_065_550_363, "MTA2NTU1MDM2Mw=="),
    ]

    @Test("An identity's is its counter in digits, and is read back", arguments: identities)
    func writesIdentities(_ sample: (counter: UInt64, text: String)) {
        #expect(ETag.decimal(sample.counter) == sample.text)
        #expect(ETag.decimalCounter(sample.text) == sample.counter)
    }

    @Test("What holds no counter gives none", arguments: ["", "MQ", "YQ==", "AAAAAAAAAAE=", "LTE=", "*", "not base64"])
    func refuses(_ text: String) { #expect(ETag.decimalCounter(text) == nil) }

    static let preconditions: [(header: String?, precondition: Precondition)] = [
        (nil, .none), ("", .none), ("\"\"", .none), (" ", .none), (",", .none),
        ("*", .any), ("\"*\"", .any), (" * ", .any), ("W/\"*\"", .any), ("\"a\", *", .any),
        ("MQ==", .matching(["MQ=="])), ("\"MQ==\"", .matching(["MQ=="])), ("W/\"MQ==\"", .matching(["MQ=="])),
        ("\"a\",\"b\"", .matching(["a", "b"])), ("\"a\" ,\tW/b", .matching(["a", "b"])), ("\"", .matching(["\""])),
    ]

    @Test("If-Match is read as clients send it (rest.md section 3.1)", arguments: preconditions)
    func readsPreconditions(_ sample: (header: String?, precondition: Precondition)) {
        #expect(Precondition(header: sample.header) == sample.precondition)
    }

    @Test("A write is allowed where nothing is asked, anything matches, or one value does")
    func allows() {
        #expect(Precondition.none.allows("a"))
        #expect(Precondition.any.allows("a"))
        #expect(Precondition.matching(["b", "a"]).allows("a"))
        #expect(!Precondition.matching(["A"]).allows("a"))
        #expect(!Precondition.matching([]).allows("a"))
    }
}
