import Testing

@testable import Vocabulary

@Suite struct ErrorCodeTests {
    /// The catalogue's statuses, rest.md section 4.3; 501 is TwinHub's own.
    private static let statuses: Set = [400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 499, 500, 501, 502, 503, 504]

    @Test("A number's first three digits are its status", arguments: ErrorCode.all)
    func beginsWithItsStatus(_ code: ErrorCode) {
        #expect(code.number >= 100_000 && code.number <= 999_999)
        #expect(String(code.number).hasPrefix(String(code.status)))
        #expect(Self.statuses.contains(code.status), "\(code.name)")
    }

    @Test("No number and no name stands twice, and a name is one word")
    func isUnique() {
        #expect(Set(ErrorCode.all.map(\.number)).count == ErrorCode.all.count)
        #expect(Set(ErrorCode.all.map(\.name)).count == ErrorCode.all.count)
        for name in ErrorCode.all.map(\.name.description) {
            #expect(name.first?.isUppercase == true && name.allSatisfy { $0.isLetter })
        }
    }

    /// Those that clients tell apart by number.
    static let known: [(code: ErrorCode, number: Int, name: String)] = [
        (.argumentInvalid, 400004, "ArgumentInvalid"), (.argumentNull, 400005, "ArgumentNull"),
        (.invalidProtocolVersion, 400001, "InvalidProtocolVersion"),
        (.bulkRegistryOperationFailure, 400013, "BulkRegistryOperationFailure"),
        (.iotHubUnauthorizedAccess, 401002, "IotHubUnauthorizedAccess"), (.deviceNotFound, 404001, "DeviceNotFound"),
        (.moduleNotFound, 404010, "ModuleNotFound"), (.deviceNotOnline, 404103, "DeviceNotOnline"),
        (.deviceAlreadyExists, 409001, "DeviceAlreadyExists"),
        (.moduleAlreadyExistsOnDevice, 409301, "ModuleAlreadyExistsOnDevice"),
        (.preconditionFailed, 412001, "PreconditionFailed"), (.tooManyDevices, 413002, "TooManyDevices"),
        (.throttlingBacklogTimeout, 429003, "ThrottlingBacklogTimeout"),
        (.serviceUnavailable, 503001, "ServiceUnavailable"),
        (.gatewayTimeout, 504101, "GatewayTimeout"),
    ]

    @Test("The codes that clients look at are the service's", arguments: known)
    func isTheServices(_ sample: (code: ErrorCode, number: Int, name: String)) {
        #expect(sample.code.number == sample.number)
        #expect(sample.code.name.description == sample.name)
        #expect(ErrorCode.all.contains(sample.code))
    }

    @Test("An error always has a text, since clients split the message there (rest.md section 4.2)")
    func hasAText() {
        #expect(HubError(.deviceNotFound, "").text == "DeviceNotFound")
        #expect(HubError(.deviceNotFound, "d1").description == "DeviceNotFound (404001): d1")
    }
}
