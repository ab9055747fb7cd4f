import JSON
import Testing
import Twins
import Vocabulary

@testable import Hub

/// Many identities in one request (rest.md section 6).
struct BulkTests {
    /// Applies items written as the wire has them; answers `id: number` for each that was refused.
    private static func apply(_ items: [String], to it: HubOnALog) throws -> [String] {
        let items = try items.map { try RegistryItem(JSONDocument(parsing: $0).root) }
        guard case .bulk(let result) = it.execute(.bulk(items)) else { throw HubOnALog.Unexpected() }
        #expect(result.isSuccessful == result.errors.isEmpty)
        return result.errors.map { "\($0.id): \($0.error.code.number)" }
    }

    /// A mode, on what exists and on what does not, with an `eTag` that matches, one that is stale, and without one.
    private struct Case: CustomStringConvertible {
        var mode: String
        var missing: Int?
        var withoutETag: Int?
        var matching: Int?
        var stale: Int?
        /// Which of the two ETags the mode looks at.
        var member = "eTag"
        var description: String { mode }
    }

    private static let cases: [Case] = [
        Case(mode: "create", withoutETag: 409001, matching: 409001, stale: 409001),
        // Without `IfMatchETag` an ETag in the item decides nothing.
        Case(mode: "update", missing: 404001),
        Case(mode: "updateIfMatchETag", missing: 404001, stale: 412001),
        Case(mode: "createOrUpdate"),
        Case(mode: "createOrUpdateIfMatchETag", stale: 412001),
        Case(mode: "delete", missing: 404001),
        // `deleteIfMatchETag` without `eTag` succeeded, as recorded from the service.
        Case(mode: "deleteIfMatchETag", missing: 404001, stale: 412001),
        Case(mode: "updateTwin", missing: 404001, member: "twinETag"),
        Case(mode: "updateTwinIfMatchETag", missing: 404001, stale: 412001, member: "twinETag"),
    ]

    @Test func `Each mode is refused exactly where the reference says`() throws {
        #expect(Set(Self.cases.map(\.mode)) == Set(RegistryItem.ImportMode.allCases.map(\.rawValue)))
        for sample in Self.cases {
            func outcome(_ etag: String?, exists: Bool) throws -> Int? {
                let it = try HubOnALog()
                if exists { it.make("d") }
                let member = etag.map { ",\"\(sample.member)\":\"\($0)\"" } ?? ""
                let errors = try Self.apply(
                    [#"{"id":"d","importMode":"\#(sample.mode)","tags":{"a":1}\#(member)}"#], to: it)
                return errors.first.flatMap { Int($0.dropFirst("d: ".count)) }
            }
            #expect(try outcome(nil, exists: false) == sample.missing, "\(sample), missing")
            #expect(try outcome(nil, exists: true) == sample.withoutETag, "\(sample), without ETag")
            #expect(try outcome("*", exists: true) == sample.matching, "\(sample), any")
            #expect(try outcome("MQ==", exists: true) == sample.stale, "\(sample), stale")
        }
    }

    @Test func `An ETag matches bare or quoted, as clients send back what they read`() throws {
        for quote in ["", "\\\""] {
            let it = try HubOnALog()
            let id = it.make("d")
            let etag = try it.entity(id).identity.etag
            #expect(
                try Self.apply(
                    [#"{"id":"d","importMode":"updateIfMatchETag","eTag":"\#(quote)\#(etag)\#(quote)"}"#], to: it
                ).isEmpty)
            let twin = try it.entity(id).twin.etag
            let item =
                #"{"id":"d","importMode":"updateTwinIfMatchETag","twinETag":"\#(quote)\#(twin)\#(quote)","tags":{"a":1}}"#
            #expect(try Self.apply([item], to: it).isEmpty)
            // The twin has moved on.
            #expect(try Self.apply([item], to: it) == ["d: 412001"])
        }
    }

    @Test func `A mode is read in any case, and createOrUpdate where it is not said`() throws {
        let modes: [(String, RegistryItem.ImportMode)] = [
            (#","importMode":"CREATE""#, .create), (#","importMode":"updateifmatchetag""#, .updateIfMatchETag),
            (#","importMode":"UpdateTwinIfMatchETag""#, .updateTwinIfMatchETag), ("", .createOrUpdate),
            (#","importMode":null"#, .createOrUpdate),
        ]
        for (member, mode) in modes {
            #expect(try RegistryItem(JSONDocument(parsing: #"{"id":"d"\#(member)}"#).root).mode == mode)
        }
    }

    @Test(arguments: [
        "[]", "1", "{}", #"{"deviceId":"d"}"#, #"{"id":1}"#, #"{"id":""}"#, #"{"id":"a b"}"#,
        #"{"id":"d","moduleId":1}"#,
        #"{"id":"d","moduleId":"a/b"}"#, #"{"id":"d","importMode":"upsert"}"#, #"{"id":"d","importMode":1}"#,
        #"{"id":"d","status":"off"}"#, #"{"id":"d","authentication":{"type":"password"}}"#,
        #"{"id":"d","importMode":"create","tags":1}"#, #"{"id":"d","importMode":"updateTwin","tags":{"a.b":1}}"#,
    ])
    func `An item that cannot be read is refused`(text: String) throws {
        let body = try JSONDocument(parsing: text).root
        let refusal = #expect(throws: HubError.self) { try RegistryItem(body) }
        #expect(refusal?.code == .argumentInvalid)
    }

    @Test func `Good items stay applied beside bad ones, and those are named in order`() throws {
        let it = try HubOnALog()
        it.make("old")
        let errors = try Self.apply(
            [
                #"{"id":"a","importMode":"create"}"#, #"{"id":"old","importMode":"create"}"#,
                #"{"id":"a","moduleId":"m","importMode":"create"}"#,
                #"{"id":"x","moduleId":"m","importMode":"create"}"#,
                #"{"id":"a","moduleId":"n","importMode":"update"}"#, #"{"id":"b","importMode":"createOrUpdate"}"#,
            ], to: it)
        #expect(errors == ["old: 409001", "x/m: 404001", "a/n: 404010"])
        #expect(it.hub.devices(limit: 10).map(\.id.key) == ["a", "b", "old"])
        #expect(try it.entity(TwinID(trusted: "a")).modules.map(\.key) == ["a/m"])
    }

    @Test func `Items are applied one after the other`() throws {
        let it = try HubOnALog()
        it.make("d")
        it.make("d/m")
        let errors = try Self.apply(
            [
                #"{"id":"d","importMode":"delete"}"#,
                #"{"id":"d","moduleId":"m","importMode":"updateTwin","tags":{"a":1}}"#,
                #"{"id":"d","moduleId":"n","importMode":"create"}"#,
            ], to: it)
        #expect(errors == ["d/m: 404001", "d/n: 404001"])
        #expect(it.hub.registry.identities == 0)
    }

    @Test func `What is created has its content from the first, with a fresh twin's counters`() throws {
        let it = try HubOnALog()
        let items = [
            #"{"id":"d","importMode":"create","tags":{"t":1,"gone":null},"properties":{"desired":{"a":{"b":2}}}}"#,
            #"{"id":"d","moduleId":"m","importMode":"createOrUpdate","properties":{"desired":{"c":3}}}"#,
        ]
        #expect(try Self.apply(items, to: it).isEmpty)
        for (key, desired) in [("d", #"{"a":{"b":2}"#), ("d/m", #"{"c":3"#)] {
            let entity = try it.entity(TwinID(trusted: key))
            #expect(entity.twin.version == 2 && entity.twin.etag == "AAAAAAAAAAE=")
            #expect(entity.twin.desiredVersion == 1 && entity.twin.reportedVersion == 1)
            let twin = try JSONDocument(parsing: entity.document.bytes).root
            let text = String(decoding: twin["properties"]?["desired"]?.raw ?? [], as: UTF8.self)
            #expect(
                text.hasPrefix(
                    desired
                        + #","$metadata":{"$lastUpdated":"0001-01-01T00:00:00Z","$lastUpdatedVersion":1,"#), "\(text)")
            #expect(text.hasSuffix(#""$version":1}"#))
        }
        let tags = try JSONDocument(parsing: try it.entity(TwinID(trusted: "d")).document.bytes).root["tags"]
        #expect(tags.map { String(decoding: $0.raw, as: UTF8.self) } == #"{"t":1}"#)
    }

    @Test func `Content that is too large is its sender's fault, and nothing of the item is made`() throws {
        let it = try HubOnALog()
        let text = String(repeating: "x", count: 4_000)
        let members = (0..<9).map { #""k\#($0)":"\#(text)""# }.joined(separator: ",")
        for (sections, name) in [
            (#""tags":{\#(members)}"#, "Tags"), (#""properties":{"desired":{\#(members)}}"#, "Properties.Desired"),
        ] {
            let item = try RegistryItem(
                JSONDocument(parsing: #"{"id":"d","importMode":"create",\#(sections)}"#).root)
            guard case .bulk(let result) = it.execute(.bulk([item])) else { throw HubOnALog.Unexpected() }
            let error = try #require(result.errors.first).error
            #expect(error.code == .deviceModelMaxPropertiesExceeded, "\(error)")
            #expect(error.text.hasPrefix("'\(name)' size"))
            #expect(it.refusal(of: .seed([item], isComplete: true))?.code == .deviceModelMaxPropertiesExceeded)
        }
        #expect(it.hub.lastSequence == 0 && it.hub.registry.identities == 0)
    }

    @Test func `A twin's item merges like a PATCH, and leaves the identity alone`() throws {
        let it = try HubOnALog()
        let id = it.make("d")
        let before = try it.entity(id).identity
        for (body, versions) in [
            (#""tags":{"a":1},"properties":{"desired":{"x":1,"y":2}}"#, [3, 2]),
            (#""properties":{"desired":{"x":null}}"#, [4, 3]), (#""tags":{"a":null}"#, [5, 3]),
            (#""tags":{}"#, [5, 3]),
        ] as [(String, [UInt64])] {
            #expect(
                try Self.apply([#"{"id":"d","importMode":"updateTwin","status":"disabled",\#(body)}"#], to: it).isEmpty)
            let twin = try it.entity(id).twin
            #expect([twin.version, twin.desiredVersion] == versions, "\(body)")
        }
        #expect(try it.entity(id).identity == before)
    }

    @Test func `An identity's update leaves its twin alone, whatever the item says of it`() throws {
        let it = try HubOnALog()
        let id = it.make("d")
        #expect(
            try Self.apply(
                [#"{"id":"d","importMode":"createOrUpdate","status":"disabled","tags":{"a":1}}"#], to: it
            ).isEmpty)
        let entity = try it.entity(id)
        #expect(entity.identity.status == .disabled)
        #expect(entity.twin.version == 2 && !String(decoding: entity.document.bytes, as: UTF8.self).contains("\"a\""))
    }

    @Test func `An identity that stands twice refuses the whole request`() throws {
        let it = try HubOnALog()
        let items = try [#"{"id":"a"}"#, #"{"id":"b"}"#, #"{"id":"a","importMode":"delete"}"#].map {
            try RegistryItem(JSONDocument(parsing: $0).root)
        }
        #expect(it.refusal(of: .bulk(items))?.code == .deviceDefinedMultipleTimes)
        #expect(it.hub.lastSequence == 0)
        // A device and its module are two.
        #expect(try Self.apply([#"{"id":"a"}"#, #"{"id":"a","moduleId":"a"}"#], to: it).isEmpty)
    }

    @Test func `A request holds up to a hundred items, and one more is refused whole`() throws {
        let it = try HubOnALog()
        let items = try (0...100).map { try RegistryItem(JSONDocument(parsing: #"{"id":"d\#($0)"}"#).root) }
        #expect(it.refusal(of: .bulk(items))?.code == .argumentInvalid)
        #expect(it.hub.registry.identities == 0)
        #expect(it.refusal(of: .bulk(Array(items.dropLast()))) == nil)
        #expect(it.hub.registry.identities == 100)
    }
}
