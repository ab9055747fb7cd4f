import TestSupport
import Testing
import Vocabulary

@testable import HTTP

@Suite struct GzipTests {
    /// Made by Python's `gzip`, the second with a file name in its head.
    static let vectors: [(compressed: String, plain: String)] = [
        (
            "H4sIAAAAAAACA6tWKijKL0gtKslMLVayqlZKSS3OLEpNATETlawMa2trAaXTidciAAAA",
            "{\"properties\":{\"desired\":{\"a\":1}}}"
        ),
        ("H4sICAAAAAAC/3R3aW4uanNvbgDLSM3JyVfIQCcB41E9jRcAAAA=", "hello hello hello hello"),
        ("H4sIAAAAAAACAwMAAAAAAAAAAAA=", ""),
    ]

    @Test("What another implementation has compressed is read", arguments: vectors)
    func decompresses(_ sample: (compressed: String, plain: String)) throws {
        let compressed = try #require(Base64.decode(sample.compressed))
        #expect(try Gzip.decompress(compressed, limit: 100) == Array(sample.plain.utf8))
    }

    @Test("Text and noise of any length come back as they went, in gzip's own form")
    func roundTrips() throws {
        var random = SeededRandom(seed: 1)
        for count in [0, 1, 100, 1024, 65_535, 65_536, 65_537, 1_000_000] {
            for mask in [0x07, 0xFF] as [UInt8] {
                let plain = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) & mask }
                let compressed = try #require(Gzip.compress(plain))
                #expect(compressed.starts(with: [0x1F, 0x8B, 8]))
                #expect(try Gzip.decompress(compressed, limit: count) == plain)
                if mask == 0x07, count > 100 { #expect(compressed.count < count * 3 / 4) }
            }
        }
    }

    @Test("A body longer than its limit is refused with 413, a bomb too")
    func boundsBodies() throws {
        let compressed = try #require(Gzip.compress([UInt8](repeating: 0, count: 1 << 24)))
        #expect(compressed.count < 1 << 18)
        for limit in [0, 1, 1 << 16, 1 << 20, (1 << 24) - 1] {
            let failure = #expect(throws: HTTPFailure.self) { try Gzip.decompress(compressed, limit: limit) }
            #expect(failure?.status == 413)
        }
        #expect(try Gzip.decompress(compressed, limit: 1 << 24).count == 1 << 24)
    }

    @Test("Damage, a cut and bytes behind the end are refused with 400")
    func refusesDamage() throws {
        let compressed = try #require(Gzip.compress(Array("{\"tags\":{\"a\":1,\"b\":\"text\"}}".utf8)))
        var damaged = (0..<compressed.count).map { Array(compressed[..<$0]) }
        damaged += [compressed + [0], compressed + compressed, Array("plain text".utf8)]
        // The checksum and the length at the end.
        for index in compressed.count - 8..<compressed.count {
            var bytes = compressed
            bytes[index] ^= 1
            damaged.append(bytes)
        }
        // zlib's own form, which is not gzip.
        damaged.append(try #require(Base64.decode("eJzLSM3JyQcABiwCFQ==")))
        for bytes in damaged {
            let failure = #expect(throws: HTTPFailure.self, "\(bytes)") { try Gzip.decompress(bytes, limit: 1000) }
            #expect(failure?.status == 400)
        }
    }
}
