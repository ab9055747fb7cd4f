import Foundation
import TestSupport
import Testing

@testable import MQTT

@Suite struct PacketFuzzTests {
    /// `TWINHUB_FUZZ_ROUNDS` makes the run longer.
    static let rounds = ProcessInfo.processInfo.environment["TWINHUB_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 20_000

    @Test("Damaged packets are read, waited for or refused; what is read can be written and read again")
    func survives() throws {
        var random = SeededRandom(seed: 20_141_029)
        var read = 0
        var refused = 0
        for _ in 0..<Self.rounds {
            let bytes = Self.damaged(using: &random)
            do throws(MQTTFailure) {
                guard let (form, count) = try firstForm(of: bytes) else { continue }
                read += 1
                #expect((2...bytes.count).contains(count))
                // What follows a packet does not change it.
                let alone = try firstForm(of: Array(bytes[..<count]))
                #expect(alone.map { $0 == (form, count) } == true)
                let written = bytes.withUnsafeBytes { (try? PacketReader().read($0))?.packet.bytes } ?? []
                #expect(written.count <= count)
                #expect(try firstForm(of: written)?.0 == form)
                // No beginning of it is refused or taken for the whole.
                let prefix = Int.random(in: 0..<count, using: &random)
                let part = try firstForm(of: Array(bytes[..<prefix]))
                #expect(part == nil)
            } catch {
                refused += 1
            }
        }
        #expect(read > Self.rounds / 20)
        #expect(refused > Self.rounds / 20)
    }

    @Test("Whatever a client sends, the server's side answers or closes, and is not led astray")
    func serverSurvives() {
        var random = SeededRandom(seed: 8883)
        for _ in 0..<Self.rounds / 20 {
            var link = Link()
            link.connect()
            for _ in 0..<20 where link.failure == nil {
                link.send(Self.damaged(using: &random))
                let session = link.server.session
                #expect(session.map { $0.subscriptions.count <= MQTTLimits.standard.subscriptions } ?? true)
                #expect(link.output.count < 1 << 16)
            }
        }
    }

    /// A valid packet with some bytes changed, cut out, or put in; now and then nothing but noise.
    static func damaged(using random: inout SeededRandom) -> [UInt8] {
        var bytes = PacketReaderTests.valid.randomElement(using: &random)!.bytes
        if Int.random(in: 0..<20, using: &random) == 0 {
            bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: index)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            }
        }
        return bytes
    }
}
