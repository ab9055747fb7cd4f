import Foundation
import TestSupport
import Testing

@testable import HTTP

/// Conversations of frames that are right, wrong and cut anywhere. As many rounds as `TWINHUB_FUZZ_ROUNDS` says, from the seed
/// `TWINHUB_FUZZ_SEED`.
@Suite struct HTTP2FuzzTests {
    typealias Frame = HTTP2Frame
    typealias Kind = HTTP2Frame.Kind

    private static func number(_ name: String, or other: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? other
    }

    private static let rounds = number("TWINHUB_FUZZ_ROUNDS", or: 1000)
    private static let seed = UInt64(number("TWINHUB_FUZZ_SEED", or: 1))

    private static func frame(_ number: Int, using random: inout SeededRandom) -> Frame {
        let stream = UInt32.random(in: 0...9, using: &random)
        let next = UInt32(number * 2 + 1)
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2: return .get(next)
        case 3: return .post(next, [("content-length", "3")])
        case 4: return .data(stream, [1, 2, 3], ends: Bool.random(using: &random))
        case 5: return .reset(stream)
        case 6: return .windowUpdate(stream, UInt32.random(in: 0...1 << 16, using: &random))
        case 7: return .settings([(4, UInt32.random(in: 0...100_000, using: &random))])
        case 8: return .ping()
        case 9: return .headers(next, [("a", "b")] + HPACKLiteral.request("GET", "/"), ends: false)
        case 10: return Frame(kind: Kind.continuation, flags: Frame.Flag.endHeaders, stream: next)
        default:
            return Frame(
                kind: UInt8.random(in: 0...12, using: &random), flags: UInt8.random(in: 0...255, using: &random),
                stream: stream,
                payload: (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                })
        }
    }

    private static func input(using random: inout SeededRandom) -> [UInt8] {
        var bytes = HTTP2Conversation.preface + Frame.settings().bytes
        for number in 0..<Int.random(in: 1..<20, using: &random) { bytes += frame(number, using: &random).bytes }
        if Int.random(in: 0..<4, using: &random) == 0 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return bytes
    }

    /// What a conversation has come to, told in one way however it was cut.
    private struct Outcome: Equatable {
        var ended: [Int32: UInt32?]
        var bodies: [Int32: [UInt8]]
        var goAway: UInt32?
        var isOver: Bool
    }

    private static func outcome(of bytes: [UInt8], in pieces: [Int]) -> Outcome {
        let conversation = HTTP2Conversation()
        conversation.answer = .text(200, String(repeating: "a", count: 100))
        let session = conversation.session!
        var rest = bytes[...]
        // Nothing is sent in between: what had left before an error would depend on it.
        for piece in pieces + [rest.count] {
            Array(rest.prefix(piece)).withUnsafeBytes { session.receive($0, at: 0) }
            rest = rest.dropFirst(piece)
        }
        let sent = conversation.sent()
        #expect(session.heldBytes == session.streams.reduce(0) { $0 + $1.unsentBytes })
        #expect(session.streams.allSatisfy { $0.isOpen && conversation.streams[$0.id] === $0 })
        let outcome = Outcome(
            ended: conversation.streams.mapValues(\.closedWith), bodies: conversation.streams.mapValues(\.body),
            goAway: sent.last { $0.kind == Kind.goAway }?.word(at: 4), isOver: session.isOver)
        session.abandon()
        #expect(session.heldBytes == 0 && session.streams.isEmpty)
        #expect(conversation.streams.values.allSatisfy { $0.closedWith != nil && !$0.isOpen })
        return outcome
    }

    @Test("However the bytes are cut, they come to the same, and every stream hears of its end")
    func comesToTheSame() {
        var random = SeededRandom(seed: Self.seed)
        for _ in 0..<Self.rounds {
            let bytes = Self.input(using: &random)
            // Who has said goodbye is not read any further than what came with it.
            guard !Frame.all(in: Array(bytes.dropFirst(24))).contains(where: { $0.kind == Kind.goAway }) else {
                continue
            }
            let whole = Self.outcome(of: bytes, in: [])
            let cuts = (0..<Int.random(in: 1..<8, using: &random)).map { _ in Int.random(in: 1..<40, using: &random) }
            let cut = Self.outcome(of: bytes, in: cuts)
            #expect(whole == cut, "\(bytes) in \(cuts)")
        }
    }
}
