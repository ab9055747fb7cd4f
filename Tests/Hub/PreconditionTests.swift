import JSON
import Testing
import Twins
import Vocabulary

@testable import Hub

/// Conditional requests: the matrix of rest.md section 3.1 and the texts of 3.3.
struct PreconditionTests {
    /// What an `If-Match` header says of what stands there.
    private enum Header: CaseIterable {
        case absent, empty, star, quotedStar, matching, quotedMatching, weakMatching, oneOfSeveral, stale

        func text(_ etag: String) -> String? {
            switch self {
            case .absent: nil
            case .empty: "\"\""
            case .star: "*"
            case .quotedStar: "\"*\""
            case .matching: etag
            case .quotedMatching: "\"\(etag)\""
            case .weakMatching: "W/\"\(etag)\""
            case .oneOfSeveral: "\"MQ==\", \"\(etag)\""
            case .stale: "\"MQ==\""
            }
        }

        /// The matrix's columns.
        var isAbsent: Bool { self == .absent || self == .empty }
    }

    private enum Request: CaseIterable {
        case put, delete, patchTwin, replaceTwin

        func command(_ id: TwinID, _ precondition: Precondition) throws -> Command {
            let body = try JSONDocument(parsing: #"{"tags":{"a":1}}"#)
            return switch self {
            case .put: .putIdentity(id, IdentityDraft(), precondition)
            case .delete: .deleteIdentity(id, precondition)
            case .patchTwin: .patchTwin(id, try ServicePatch(body: body), precondition)
            case .replaceTwin: .replaceTwin(id, try ServiceReplacement(body: body), precondition)
            }
        }

        /// The numbers of rest.md section 3.1: nil is success.
        func refusal(_ header: Header, exists: Bool, isModule: Bool) -> Int? {
            switch (self, exists) {
            case (.put, false) where header.isAbsent: nil
            case (.put, false), (.delete, false): isModule ? 404010 : 404001
            // A module's twin that is not there is answered as its device's.
            case (.patchTwin, false), (.replaceTwin, false): 404001
            case (.put, true) where header.isAbsent: isModule ? 409301 : 409001
            case (.delete, true) where header.isAbsent: 412001
            case (_, true): header == .stale ? 412001 : nil
            }
        }

        func etag(_ entity: Entity) -> String {
            switch self {
            case .put, .delete: entity.identity.etag
            case .patchTwin, .replaceTwin: entity.twin.etag
            }
        }
    }

    @Test(arguments: [false, true])
    func `If-Match decides as the service's own matrix says`(isModule: Bool) throws {
        for request in Request.allCases {
            for header in Header.allCases {
                for exists in [false, true] {
                    let it = try HubOnALog()
                    let device = it.make("d")
                    let id = isModule ? TwinID(trusted: "d/m") : TwinID(trusted: exists ? "d" : "other")
                    if isModule, exists { it.make("d/m") }
                    let etag = request.etag(try it.hub.entity(id) ?? it.entity(device))
                    let before = it.hub.lastSequence
                    let precondition = Precondition(header: header.text(etag))
                    let refusal = it.refusal(of: try request.command(id, precondition))
                    let expected = request.refusal(header, exists: exists, isModule: isModule)
                    #expect(
                        refusal?.code.number == expected,
                        "\(request) \(header), \(exists ? "exists" : "is missing"): \(refusal as Any)")
                    // A refusal leaves no trace.
                    #expect((it.hub.lastSequence == before) == (expected != nil))
                }
            }
        }
    }

    @Test(arguments: ["d", "d/m"])
    func `A refused identity write names both versions, and what it could not read`(key: String) throws {
        let it = try HubOnALog()
        it.make("d")
        if key != "d" { it.make(key) }
        let id = TwinID(trusted: key)
        let counter = try it.entity(id).identity.etagCounter
        let texts: [(Precondition, String)] = [
            (
                .matching([ETag.decimal(343_060_356)]),
                "Precondition failed: Device version did not match, existingVersion:\(counter) newVersion:343060356"
            ),
            (.matching(["%%"]), "Precondition failed: Invalid ETag"),
        ]
        for (precondition, text) in texts {
            for command in [Command.putIdentity(id, IdentityDraft(), precondition), .deleteIdentity(id, precondition)] {
                let refusal = try #require(it.refusal(of: command))
                #expect(refusal.code == .preconditionFailed && refusal.text == text)
                #expect(refusal.envelope == .registry)
            }
        }
        let refusal = try #require(it.refusal(of: .deleteIdentity(id, .none)))
        #expect(refusal.code == .preconditionFailed && refusal.text.contains("Etag missing"))
    }

    @Test(arguments: ["d", "d/m"])
    func `A refused twin write names the device, of a module as well`(key: String) throws {
        let it = try HubOnALog()
        it.make("d")
        if key != "d" { it.make(key) }
        for request in [Request.patchTwin, .replaceTwin] {
            let command = try request.command(TwinID(trusted: key), .matching([ETag.twin(99)]))
            let refusal = try #require(it.refusal(of: command))
            #expect(refusal.code == .preconditionFailed && refusal.text == "ETag mismatch for device ID 'd'")
            #expect(refusal.envelope == .twin)
        }
    }

    @Test func `What is missing or there already is said in the service's words`() throws {
        let it = try HubOnALog()
        let (device, module) = (it.make("d"), it.make("d/m"))
        func refusal(_ command: Command) throws -> HubError { try #require(it.refusal(of: command)) }
        let missing = try refusal(.deleteIdentity(TwinID(trusted: "x"), .any))
        #expect(missing.text == "x" && missing.envelope == .registry)
        let second = try refusal(.putIdentity(device, IdentityDraft(), .none))
        #expect(second.text == "A device with ID 'd' is already registered." && second.envelope == .registry)
        let again = try refusal(.putIdentity(module, IdentityDraft(), .none))
        #expect(again.text == "Device d in IotHub twinhub already contains Module m." && again.envelope == .numeric)
    }

    @Test func `Each successful identity write adds one to its ETag, and its twin shows it at once`() throws {
        let it = try HubOnALog()
        let device = it.make("d")
        let first = try it.entity(device).identity.etagCounter
        // Eight to ten digits below 2^30 (rest.md section 3.2).
        #expect((10_000_000..<(1 << 30)).contains(first))
        for step in 1...3 {
            it.execute(.putIdentity(device, IdentityDraft(), .matching([try it.entity(device).identity.etag])))
            let entity = try it.entity(device)
            #expect(entity.identity.etagCounter == first + UInt64(step))
            let twin = try JSONDocument(parsing: entity.document.bytes).root
            #expect(twin["deviceEtag"]?.string == entity.identity.etag)
            #expect(twin["etag"]?.string == "AAAAAAAAAAE=")
        }
    }

    @Test func `A device's own report may name the reported version that it believes to stand`() throws {
        let it = try HubOnALog()
        let device = it.make("d")
        let patch = try ReportedPatch(body: JSONDocument(parsing: #"{"a":1}"#))
        #expect(it.refusal(of: .report(device, patch, expecting: 2))?.code == .preconditionFailed)
        #expect(it.refusal(of: .report(device, patch, expecting: 1)) == nil)
        #expect(it.refusal(of: .report(device, patch, expecting: 1))?.code == .preconditionFailed)
        #expect(try it.entity(device).twin.reportedVersion == 2)
    }
}
