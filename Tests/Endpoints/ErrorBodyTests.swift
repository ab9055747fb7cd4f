import HTTP
import JSON
import Testing
import Vocabulary

@testable import Endpoints

/// The envelopes of rest.md section 4.1, byte for byte.
@Suite struct ErrorBodyTests {
    private static let id = RequestID(high: 0x0123_4567_89AB_CDEF, low: 0x8123_4567_89AB_CDEF)
    private static let time = Timestamp(unixSeconds: 1_613_238_983, nanoseconds: 270_492_500)
    private static let tracking = "0123456789ab4def8123456789abcdef-G:0-TimeStamp:02/13/2021 17:56:23"

    private static func response(_ error: HubError) -> HTTPResponse {
        ErrorBody.response(error, requestID: id, at: time)
    }

    private static func body(_ error: HubError) -> String { String(decoding: response(error).body, as: UTF8.self) }

    @Test("E1 names the error before a semicolon, and the request behind it")
    func writesRegistryErrors() {
        let error = HubError(.deviceNotFound, "Dev1")
        #expect(
            Self.body(error)
                == "{\"Message\":\"ErrorCode:DeviceNotFound;Dev1\",\"ExceptionMessage\":\"Tracking ID:\(Self.tracking)\"}"
        )
        // The refusal that rest.md section 4.4 has measured.
        #expect(Self.body(HubError(.iotHubUnauthorizedAccess, "Unauthorized")).utf8.count == 161)
    }

    @Test("A twin's E1 has no group")
    func writesTwinErrors() {
        let error = HubError(.preconditionFailed, "ETag mismatch for device ID 'd\"1'", envelope: .twin)
        #expect(
            Self.body(error) == "{\"Message\":\"ErrorCode:PreconditionFailed;ETag mismatch for device ID 'd\\\"1'\","
                + "\"ExceptionMessage\":\"Tracking ID:0123456789ab4def8123456789abcdef-TimeStamp:02/13/2021 17:56:23\"}"
        )
    }

    @Test("E2 has the number")
    func writesNumericErrors() {
        let error = HubError(
            .moduleAlreadyExistsOnDevice, "Device d in IotHub h already contains Module m.", envelope: .numeric)
        #expect(
            Self.body(error) == "{\"errorCode\":409301,\"trackingId\":\"\(Self.tracking)\","
                + "\"message\":\"Device d in IotHub h already contains Module m.\",\"timestampUtc\":\"2021-02-13T17:56:23.2704925Z\"}"
        )
    }

    @Test("E3 is E2 as a string inside E1's message")
    func writesNestedErrors() throws {
        let error = HubError(
            .deviceNotOnline, "Timed out waiting for device to connect.", envelope: .nested,
            info: "{\"timeout\":\"00:00:00\"}")
        let inner =
            "{\"errorCode\":404103,\"trackingId\":\"\(Self.tracking)\",\"message\":\"Timed out waiting for device to connect.\","
            + "\"info\":{\"timeout\":\"00:00:00\"},\"timestampUtc\":\"2021-02-13T17:56:23.2704925Z\"}"
        #expect(
            Self.body(error) == "{\"Message\":\"\(inner.replacing("\"", with: "\\\""))\",\"ExceptionMessage\":\"\"}")
        let outer = try JSONDocument(parsing: Self.response(error).body).root
        #expect(outer["Message"]?.string == inner)
        #expect(try JSONDocument(parsing: inner).root["errorCode"]?.int == 404103)
    }

    @Test("The status, the name and the request stand in the head as well, in every envelope", arguments: ErrorCode.all)
    func saysItInTheHead(_ code: ErrorCode) throws {
        for envelope in [.registry, .twin, .numeric, .nested] as [HubError.Envelope] {
            let response = Self.response(HubError(code, "a\n\u{1}\\é", envelope: envelope))
            #expect(response.status == code.status)
            #expect(response.requestID == Self.id)
            var bytes: [UInt8] = []
            HTTP1Serializer.append(response, HTTP1Serializer.Context(date: []), to: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("\r\niothub-errorcode: \(code.name)\r\n"))
            #expect(text.contains("\r\nContent-Type: application/json; charset=utf-8\r\n"))
            _ = try JSONDocument(parsing: response.body)
        }
    }
}
