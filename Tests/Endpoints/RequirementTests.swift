import Access
import Testing
import Vocabulary

@testable import Endpoints

/// Who may do what (rest.md section 2.4, auth.md sections 1.3 and 7).
@Suite struct RequirementTests {
    enum Caller: CaseIterable {
        case owner, service, device, reader, writer, itself, module, everybody

        var principal: Principal {
            switch self {
            case .owner: .init(.policy("iothubowner"), .all)
            case .service: .init(.policy("service"), .serviceConnect)
            case .device: .init(.policy("device"), .deviceConnect)
            case .reader: .init(.policy("registryRead"), .registryRead)
            case .writer: .init(.policy("registryReadWrite"), [.registryRead, .registryWrite])
            case .itself: .init(TwinID(trusted: "d"))
            case .module: .init(TwinID(trusted: "d/m"))
            case .everybody: .init(.everybody, .all)
            }
        }
    }

    static let table: [(requirement: Requirement, callers: Set<Caller>)] = [
        (.open, Set(Caller.allCases)),
        (.anyOf(.registryRead), [.owner, .reader, .writer, .everybody]),
        (.anyOf(.registryWrite), [.owner, .writer, .everybody]),
        // A policy that may write identities may not read twins.
        (.anyOf(.serviceConnect), [.owner, .service, .everybody]),
        (.anyOf([.registryRead, .serviceConnect]), [.owner, .service, .reader, .writer, .everybody]),
        (.anyOf([.registryWrite, .serviceConnect]), [.owner, .service, .writer, .everybody]),
        // No identity's own key opens what is for policies, not even with the permission that it has.
        (.anyOf(.deviceConnect), [.owner, .device, .everybody]),
        (.allOf([.registryRead, .registryWrite]), [.owner, .writer, .everybody]),
        (.device, [.owner, .device, .itself, .module, .everybody]),
        (.deviceOrService, [.owner, .service, .device, .itself, .module, .everybody]),
        (.moduleIdentityRead, [.owner, .reader, .writer, .itself, .module, .everybody]),
    ]

    @Test("A requirement lets in those who have what it asks for, and nobody else", arguments: table)
    func allows(_ row: (requirement: Requirement, callers: Set<Caller>)) {
        for caller in Caller.allCases {
            #expect(row.requirement.allows(caller.principal) == row.callers.contains(caller), "\(caller)")
        }
    }
}
