import Foundation
import JSON
import Testing
import Vocabulary

@testable import Twins

/// Runs TwinVectors.json: the vectors of twins.md section 12, and more in the same form.
@Suite struct TwinVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let value: JSONValue
        var testDescription: String { value["name"]?.string ?? "?" }
    }

    static let vectors: [Vector] = {
        guard let url = Bundle.module.url(forResource: "TwinVectors", withExtension: "json"),
            var text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        for number in 1...6 { text = text.replacingOccurrences(of: "\"T\(number)\"", with: "\"\(time(number))\"") }
        return (try? JSONDocument(parsing: text))?.root.elements.map(Vector.init) ?? []
    }()

    static func time(_ number: Int) -> Timestamp {
        Timestamp(unixSeconds: 1_790_000_000 + Int64(number), nanoseconds: 270_492_500)
    }

    @Test("The vectors are there")
    func findsVectors() { #expect(Self.vectors.count >= 20) }

    @Test("Twins change as the vectors say", arguments: vectors)
    func changes(_ vector: Vector) throws {
        let kind: Twin.Kind = vector.value["kind"]?.string == "module" ? .module : .device
        var twin = Twin.fresh(at: Self.time(1), kind: kind)
        for step in try #require(vector.value["steps"]).elements {
            var change: TwinChange?
            var failure: HubError?
            do throws(HubError) {
                change = try run(step, on: twin, kind)
                twin = change?.twin ?? twin
            } catch {
                failure = error
            }
            if let expected = step["expect"]?["event"] {
                try #expect(Tree(event(of: step, try #require(change), kind)) == Tree(expected))
            }
            try check(step["expect"], twin, change, failure, kind)
        }
    }

    private func run(_ step: JSONValue, on twin: Twin, _ kind: Twin.Kind) throws(HubError) -> TwinChange? {
        let time = step["at"]?.string.flatMap { Timestamp($0) } ?? .never
        let body = step["body"].flatMap { try? JSONDocument(parsing: Array($0.raw)) }
        switch (step["do"]?.string, body) {
        case ("patch", let body?):
            let configuration = step["by"].map {
                ConfigurationStamp(id: $0["id"]?.string ?? "", digest: $0["digest"]?.string ?? "")
            }
            return try twin.patched(ServicePatch(body: body), at: time, by: configuration)
        case ("put", let body?): return try twin.replaced(ServiceReplacement(body: body), at: time)
        case ("report", let body?): return try twin.reported(ReportedPatch(body: body), at: time)
        case ("create", _):
            return TwinChange(previous: twin, twin: .fresh(at: time, kind: kind))
        default: return nil
        }
    }

    /// The body of the twin change event.
    private func event(of step: JSONValue, _ change: TwinChange, _ kind: Twin.Kind) throws -> [UInt8] {
        let time = try #require(step["at"]?.string.flatMap { Timestamp($0) })
        let body = try JSONDocument(parsing: Array(try #require(step["body"]).raw))
        let twin = change.twin
        switch step["do"]?.string {
        case "patch":
            return TwinChangeBody.patch(
                try ServicePatch(body: body), version: twin.version,
                desiredVersion: change.desiredPatch.map { _ in twin.desiredVersion }, at: time)
        case "report":
            return TwinChangeBody.report(
                try ReportedPatch(body: body), version: twin.version, reportedVersion: twin.reportedVersion, at: time)
        default: return twin.eventBody(of: Self.id(kind))
        }
    }

    private static func id(_ kind: Twin.Kind) -> TwinID { TwinID(trusted: kind == .device ? "d1" : "d1/m1") }

    private func check(
        _ expected: JSONValue?, _ twin: Twin, _ change: TwinChange?, _ failure: HubError?, _ kind: Twin.Kind
    ) throws {
        #expect(failure == nil || expected?["error"] != nil, "\(String(describing: failure))")
        for (name, value) in expected?.members.map({ $0 }) ?? [] {
            switch name {
            case "version": #expect(Int64(twin.version) == value.int)
            case "desiredVersion": #expect(Int64(twin.desiredVersion) == value.int)
            case "reportedVersion": #expect(Int64(twin.reportedVersion) == value.int)
            case "updates": #expect(Int64(twin.updates) == value.int)
            case "counters":
                let counters = [twin.version, twin.desiredVersion, twin.reportedVersion, twin.updates].map { Int64($0) }
                #expect(counters == value.elements.map { $0.int ?? -1 })
            case "etag": #expect(twin.etag == value.string)
            case "allows":
                for (header, allowed) in value.members {
                    #expect(Precondition(header: header).allows(twin.etag) == allowed.bool)
                }
            case "unchanged": #expect(change?.isUnchanged == value.bool)
            case "tags": try #expect(Tree(twin.tags) == Tree(value))
            case "desired": try #expect(Tree(twin.desired) == Tree(value))
            case "reported": try #expect(Tree(twin.reported) == Tree(value))
            case "desiredSection": try #expect(Tree(twin.desiredSection) == Tree(value))
            case "reportedSection": try #expect(Tree(twin.reportedSection) == Tree(value))
            case "notice": try #expect(change?.desiredPatch.map { try Tree($0) } ?? .null == Tree(value))
            case "before": try #expect(change.map { try Tree($0.before) } == Tree(value))
            case "after": try #expect(change.map { try Tree($0.after) } == Tree(value))
            case "state": try #expect(Tree(twin.eventBody(of: Self.id(kind))) == Tree(value))
            case "event": break
            case "deviceView":
                var view: [UInt8] = []
                twin.writeDeviceView(to: &view)
                try #expect(Tree(view) == Tree(value))
            case "error":
                #expect(failure?.code.number == value["number"]?.int.map { Int($0) })
                #expect(failure?.code.name.description == value["name"]?.string)
                if let text = value["text"]?.string { #expect(failure?.text == text) }
            default: Issue.record("the vector expects \(name), which nobody checks")
            }
        }
    }
}
