import JSON
import Testing
import Vocabulary

@testable import Twins

/// What a change tells of itself: the changed paths, as they were and as they are.
@Suite struct TwinDifferenceTests {
    struct Case: Sendable {
        let old: String
        let patch: String
        let before: String
        let after: String
    }

    private static let time = Timestamp(unixSeconds: 1_790_000_000)

    static let cases = [
        // A leaf that changes, beside one that does not and one that is written with an equal value.
        Case(old: #"{"a":1,"b":2,"c":3}"#, patch: #"{"c":4,"b":2}"#, before: #"{"c":3}"#, after: #"{"c":4}"#),
        // Removed and added, in the order of the old members and then of the patch.
        Case(
            old: #"{"a":1,"b":[1]}"#, patch: #"{"d":"x","c":{},"b":null}"#, before: #"{"b":[1],"d":null,"c":null}"#,
            after: #"{"b":null,"d":"x","c":{}}"#),
        // Only the path, not the object around it.
        Case(
            old: #"{"a":{"b":{"c":1,"d":2},"e":3}}"#, patch: #"{"a":{"b":{"c":5}}}"#, before: #"{"a":{"b":{"c":1}}}"#,
            after: #"{"a":{"b":{"c":5}}}"#),
        // An object in which everything is written as it was is not told, whatever stands beside it.
        Case(
            old: #"{"a":{"b":{"c":1}},"x":{"y":1},"z":1}"#, patch: #"{"a":{"b":{"c":1}},"x":{"y":1,"w":null},"z":2}"#,
            before: #"{"z":1}"#, after: #"{"z":2}"#),
        Case(
            old: #"{"z":1,"a":{"b":{"c":1},"d":1},"x":1}"#, patch: #"{"a":{"d":2,"b":{"c":1}},"x":2}"#,
            before: #"{"a":{"d":1},"x":1}"#, after: #"{"a":{"d":2},"x":2}"#),
        // Objects and other values in each other's place; nulls inside a new object say nothing.
        Case(
            old: #"{"a":{"b":1},"c":1}"#, patch: #"{"a":"{","c":{"d":{"e":null,"f":1}}}"#,
            before: #"{"a":{"b":1},"c":1}"#, after: #"{"a":"{","c":{"d":{"f":1}}}"#),
        // Emptied, not removed.
        Case(
            old: #"{"a":{"b":1}}"#, patch: #"{"a":{"b":null}}"#, before: #"{"a":{"b":1}}"#, after: #"{"a":{"b":null}}"#),
        // Numbers are compared as they were written.
        Case(old: #"{"a":1,"b":1}"#, patch: #"{"a":1.0,"b":1}"#, before: #"{"a":1}"#, after: #"{"a":1.0}"#),
    ]

    @Test("A merge tells the changed paths, and only them", arguments: cases)
    func merges(_ example: Case) throws {
        let desired = try twin(#"{"properties":{"desired":\#(example.old)}}"#)
            .patched(patch(#"{"properties":{"desired":\#(example.patch)}}"#), at: Self.time)
        expect(
            desired, #"{"properties":{"desired":\#(example.before)}}"#, #"{"properties":{"desired":\#(example.after)}}"#
        )
        let tags = try twin(#"{"tags":\#(example.old)}"#).patched(patch(#"{"tags":\#(example.patch)}"#), at: Self.time)
        expect(tags, #"{"tags":\#(example.before)}"#, #"{"tags":\#(example.after)}"#)
        let reported = try twin(#"{"properties":{"reported":\#(example.old)}}"#)
            .reported(ReportedPatch(body: JSONDocument(parsing: example.patch)), at: Self.time)
        expect(
            reported, #"{"properties":{"reported":\#(example.before)}}"#,
            #"{"properties":{"reported":\#(example.after)}}"#)
    }

    @Test("Tags and desired properties that change together are told together")
    func tellsBothSections() throws {
        let change = try twin(#"{"tags":{"a":1},"properties":{"desired":{"b":1}}}"#)
            .patched(patch(#"{"tags":{"a":2},"properties":{"desired":{"b":null}}}"#), at: Self.time)
        expect(
            change, #"{"tags":{"a":1},"properties":{"desired":{"b":1}}}"#,
            #"{"tags":{"a":2},"properties":{"desired":{"b":null}}}"#)
    }

    @Test("A write of equal values counts as a change and tells of none", arguments: [#"{"b":1}"#, #"{"c":{"d":1}}"#])
    func tellsNothing(_ written: String) throws {
        let change = try twin(#"{"properties":{"desired":{"b":1,"c":{"d":1}}}}"#)
            .patched(patch(#"{"properties":{"desired":\#(written)}}"#), at: Self.time)
        #expect(!change.isUnchanged)
        expect(change, "{}", "{}")
    }

    @Test("A replacement tells what differs, not what it wrote")
    func replaces() throws {
        let replacement = try ServiceReplacement(
            body: JSONDocument(parsing: #"{"tags":{"a":1},"properties":{"desired":{"c":{"d":1},"e":1}}}"#))
        let change = try twin(#"{"tags":{"a":1},"properties":{"desired":{"b":1,"c":{"d":1},"e":0}}}"#)
            .replaced(replacement, at: Self.time)
        expect(
            change, #"{"properties":{"desired":{"b":1,"e":0}}}"#, #"{"properties":{"desired":{"b":null,"e":1}}}"#)
    }

    private func twin(_ text: String) throws -> Twin {
        try .seeded(TwinSeed(body: JSONDocument(parsing: text)), at: Self.time, kind: .device)
    }

    private func patch(_ text: String) throws -> ServicePatch { try ServicePatch(body: JSONDocument(parsing: text)) }

    private func expect(_ change: TwinChange, _ before: String, _ after: String) {
        #expect(String(decoding: change.before, as: UTF8.self) == before)
        #expect(String(decoding: change.after, as: UTF8.self) == after)
    }
}
