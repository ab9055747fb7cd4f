import Testing
import Vocabulary

@testable import Journal

@Suite struct LogLineTests {
    /// crc32c bit by bit (RFC 3720 section 12.1), as an oracle.
    static func checksum(_ text: String) -> String {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        let digits = String(~crc, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    @Test(arguments: [
        (Int64(0), "2026-01-02T03:04:05Z"), (1_000_000, "2026-01-02T03:04:05.1Z"),
        (1_234_567, "2026-01-02T03:04:05.1234567Z"), (10, "2026-01-02T03:04:05.000001Z"),
    ])
    func `A line is JSON with its members in one order and its checksum last`(ticks: Int64, time: String) throws {
        let second = try #require(Timestamp("2026-01-02T03:04:05Z"))
        var batch = LogBatch(mark: SyncMark(6))
        batch.add(
            sequence: 8, time: Timestamp(ticks: second.ticks + ticks), kind: "twin.patched",
            event: Array("{\"a\":\n1}".utf8), continues: true)
        batch.add(
            sequence: 9, time: Timestamp(ticks: second.ticks + ticks), kind: "twin.deleted", event: Array("{}".utf8))
        let first =
            "{\"seq\":8,\"batch\":7,\"time\":\"\(time)\",\"kind\":\"twin.patched\",\"more\":true,\"event\":{\"a\": 1}"
        let last = "{\"seq\":9,\"batch\":7,\"time\":\"\(time)\",\"kind\":\"twin.deleted\",\"event\":{}"
        let expected = [first, last].map { "\($0),\"crc\":\"\(Self.checksum($0))\"}\n" }.joined()
        #expect(String(decoding: batch.bytes, as: UTF8.self) == expected)

        let owner = batch.bytes.withUnsafeBytes { LogBytes(copying: $0) }
        let records = Array(LineScanner.records(in: owner))
        #expect(records.map(\.sequence) == [8, 9] && records.map(\.batch) == [7, 7])
        #expect(records.map(\.kind) == ["twin.patched", "twin.deleted"] && records[0].isKind("twin.patched"))
        #expect(records.map(\.continues) == [true, false] && records[1].time.ticks == second.ticks + ticks)
        #expect(records.map(\.event.text) == ["{\"a\": 1}", "{}"])
    }

    @Test(arguments: [
        "", "{}", "{\"seq\":1,\"batch\":2,\"time\":\"\",\"kind\":\"k\",\"event\":{}",
        "{\"seq\":1,\"batch\":0,\"time\":\"\",\"kind\":\"k\",\"event\":{}",
        "{\"seq\":x,\"batch\":1,\"time\":\"\",\"kind\":\"k\",\"event\":{}",
        "{\"seq\":1,\"batch\":1,\"time\":\"\",\"kind\":\"k\",\"event\":",
        "{\"seq\":1,\"batch\":1,\"time\":\"\",\"kind\":\"k",
        "{\"seq\":12345678901234567890123,\"batch\":1,\"time\":\"\",\"kind\":\"k\",\"event\":{}",
    ])
    func `A line with a good checksum and other members is no record`(text: String) {
        let line = Array("\(text),\"crc\":\"\(Self.checksum(text))\"}".utf8)
        line.withUnsafeBytes { #expect(LogLine.fields(of: $0) == nil) }
    }

    @Test func `Zeros are told from text wherever either begins`() {
        for count in [0, 1, 7, 8, 9, 100, 4104, 9000] {
            for start in [0, 1, 5, 8] {
                for end in [nil, 0, 3] as [Int?] {
                    var bytes = [UInt8](repeating: 7, count: start) + [UInt8](repeating: 0, count: count)
                    if let end { bytes += [1] + [UInt8](repeating: 0, count: end) }
                    bytes.withUnsafeBytes {
                        #expect(Zeros.end($0, from: start) == start + count)
                        #expect(Zeros.fill($0, from: start) == (end == nil))
                        #expect(Zeros.textCount($0, from: 0) == (end == nil ? start : start + count + 1))
                    }
                }
            }
        }
    }
}
