import Foundation
import TestSupport
import Testing

@testable import HTTP

/// Mutated and random input. Runs as many rounds as `TWINHUB_FUZZ_ROUNDS` says, a few thousand where it says nothing, from
/// the seed `TWINHUB_FUZZ_SEED`; a failure names its input.
@Suite struct FuzzTests {
    private static func number(_ name: String, or other: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? other
    }

    private static let rounds = number("TWINHUB_FUZZ_ROUNDS", or: 3000)
    private static let seed = UInt64(number("TWINHUB_FUZZ_SEED", or: 1))

    /// Bounds small enough for short inputs to meet.
    private static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.targetBytes = 40
        limits.headerFields = 6
        limits.headBytes = 200
        limits.chunkLineBytes = 24
        limits.trailerBytes = 48
        return limits
    }()

    private static let heads = [
        "GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST http://a:80/b HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 12\r\nConnection: close\r\n\r\n",
        "\r\nPUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost:\r\nContent-Encoding: gzip\r\nX: \t y \r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let bodies = [
        "5\r\nhello\r\n0\r\n\r\n", "A;x=y\r\n0123456789\r\n1 ;z\r\n!\r\n0\r\nX: y\r\nZ: \r\n\r\n",
        "0\r\n\r\nGET / HTTP/1.1\r\n",
        "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n000\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let pieces = [
        "\r\n", "\r", "\n", "\r\n\r\n", " ", "\t", ":", ": ", "\0", ",", ";", "0", "5", "F", "g", "-", "/", "?", "#",
        "%",
        "HTTP/1.1", "Host: a\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "chunked", "é", "\u{7F}",
        "0123456789012345678901234567890123456789",
    ].map { Array($0.utf8) }

    /// One of the samples after a few changes, or now and then noise.
    private static func input(from samples: [[UInt8]], using random: inout SeededRandom) -> [UInt8] {
        if Int.random(in: 0..<10, using: &random) == 0 {
            return (0..<Int.random(in: 0..<64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        var bytes = samples.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(place + Int.random(in: 0..<6, using: &random), bytes.count)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
            case 1: bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
            case 2: bytes.removeSubrange(place..<end)
            default: bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }

    private static func cuts(of count: Int, using random: inout SeededRandom) -> [Int] {
        ((0..<Int.random(in: 0..<6, using: &random)).map { _ in Int.random(in: 0...count, using: &random) } + [count])
            .sorted()
    }

    private enum Outcome<Value: Hashable>: Hashable {
        case found(Value)
        case waiting
        case refused

        init(_ body: () throws(HTTPFailure) -> Value?) {
            do throws(HTTPFailure) {
                self = try body().map { .found($0) } ?? .waiting
            } catch {
                self = .refused
            }
        }
    }

    @Test("No head upsets the parser, and none is read differently when it comes in pieces")
    func parsesAnything() {
        var random = SeededRandom(seed: Self.seed)
        let limits = Self.limits
        for _ in 0..<Self.rounds {
            let bytes = Self.input(from: Self.heads, using: &random)
            let ends = Self.cuts(of: bytes.count, using: &random)
            let shown = Comment(rawValue: "\(String(decoding: bytes, as: UTF8.self).debugDescription), cut at \(ends)")
            let whole = Outcome { () throws(HTTPFailure) in try ParsedHead.parse(bytes, limits) }
            let cut = Outcome { () throws(HTTPFailure) in try ParsedHead.parse(bytes, ends: ends, limits) }
            #expect(whole == cut, shown)
            switch whole {
            case .waiting: #expect(bytes.count <= limits.headBytes, shown)
            case .refused: break
            case .found(let head):
                #expect(head.count <= min(bytes.count, limits.headBytes), shown)
                #expect(bytes[..<head.count].suffix(4) == [13, 10, 13, 10], shown)
                #expect(head.path.utf8.count + head.query.utf8.count <= limits.targetBytes, shown)
                #expect(head.path.hasPrefix("/") || head.path == "*", shown)
                #expect(head.fields.count <= limits.headerFields, shown)
                let names = head.fields.map(\.name)
                #expect(names.count { $0 == "host" } <= 1, shown)
                #expect(names.count { $0 == "content-length" || $0 == "transfer-encoding" } <= 1, shown)
                #expect(head.fields.allSatisfy { !$0.value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 } }, shown)
                // Nothing behind the head has a say in it.
                let alone = Outcome { () throws(HTTPFailure) in
                    try ParsedHead.parse(Array(bytes[..<head.count]), limits)
                }
                #expect(alone == whole, shown)
            }
        }
    }

    @Test("No chunked body upsets the decoder, and none is read differently when it comes in pieces")
    func decodesAnything() {
        var random = SeededRandom(seed: Self.seed &+ 1)
        let limits = Self.limits
        let bodyLimit = 24
        for _ in 0..<Self.rounds {
            let bytes = Self.input(from: Self.bodies, using: &random)
            let ends = Self.cuts(of: bytes.count, using: &random)
            let shown = Comment(rawValue: "\(String(decoding: bytes, as: UTF8.self).debugDescription), cut at \(ends)")
            let whole = Outcome { () throws(HTTPFailure) in
                try ChunkedDecoderTests.decode(bytes, bodyLimit: bodyLimit, limits)
            }
            let cut = Outcome { () throws(HTTPFailure) in
                try ChunkedDecoderTests.decode(bytes, ends: ends, bodyLimit: bodyLimit, limits)
            }
            #expect(whole == cut, shown)
            guard case .found(let decoded) = whole else { continue }
            #expect(decoded.body.count <= bodyLimit, shown)
            #expect(decoded.taken <= bytes.count, shown)
            // What is kept for later is less than a line.
            if !decoded.isDone {
                #expect(bytes.count - decoded.taken <= max(limits.chunkLineBytes, limits.trailerBytes) + 2, shown)
            }
            let alone = Outcome { () throws(HTTPFailure) in
                try ChunkedDecoderTests.decode(Array(bytes[..<decoded.taken]), bodyLimit: bodyLimit, limits)
            }
            #expect(alone == whole, shown)
        }
    }

    private static let frames: [[UInt8]] = {
        let data: [UInt8] = [0x82, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        let fragments: [UInt8] = [
            0x02, 0x81, 1, 2, 3, 4, 5, 0x89, 0x82, 9, 8, 7, 6, 5, 4, 0x80, 0x80, 0, 0, 0, 0,
        ]
        var long: [UInt8] = [0x82, 0xFE, 0, 126, 1, 2, 3, 4]
        long += [UInt8](repeating: 7, count: 126)
        let close: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]
        long += close
        let controls: [UInt8] = [0x8A, 0x80, 1, 1, 1, 1, 0x88, 0x80, 0, 0, 0, 0, 0x81]
        return [data, fragments, long, controls]
    }()

    private enum Heard: Hashable {
        case data(UInt8)
        case ping([UInt8])
        case pong
        case close(UInt16?)
        case failure(WebSocketFailure)

        var isClose: Bool {
            if case .close = self { true } else { false }
        }

        /// Longer than a control frame may be.
        var isTooLong: Bool {
            if case .ping(let payload) = self { payload.count > 125 } else { false }
        }
    }

    /// What a reader makes of bytes that arrive up to each of these ends in turn, data byte by byte.
    private static func hear(
        _ bytes: [UInt8], ends: [Int], as role: WebSocketReader.Role, limit: Int
    ) -> [Heard] {
        var reader = WebSocketReader(role: role, limit: limit)
        var heard: [Heard] = []
        var start = 0
        do throws(WebSocketFailure) {
            for end in ends {
                let piece = Array(bytes[start..<end])
                start = end
                let outcome = piece.withUnsafeBytes { piece in
                    Result { () throws(WebSocketFailure) in
                        try reader.receive(piece) { event in
                            switch event {
                            case .data(let data): heard += data.map { .data($0) }
                            case .ping(let payload): heard.append(.ping(payload))
                            case .pong: heard.append(.pong)
                            case .close(let code): heard.append(.close(code))
                            }
                        }
                    }
                }
                try outcome.get()
            }
        } catch {
            heard.append(.failure(error))
        }
        return heard
    }

    @Test("No frame upsets the WebSocket reader, and none is read differently when it comes in pieces")
    func hearsAnything() {
        var random = SeededRandom(seed: Self.seed &+ 2)
        for _ in 0..<Self.rounds {
            var bytes = Self.input(from: Self.frames, using: &random)
            if !bytes.isEmpty, Bool.random(using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let ends = Self.cuts(of: bytes.count, using: &random)
            for role in [.server, .client] as [WebSocketReader.Role] {
                let whole = Self.hear(bytes, ends: [bytes.count], as: role, limit: 130)
                let shown = Comment(rawValue: "\(bytes), cut at \(ends)")
                #expect(whole == Self.hear(bytes, ends: ends, as: role, limit: 130), shown)
                // Nothing comes behind a Close, and no control frame is longer than it may be.
                #expect(!whole.dropLast().contains { $0.isClose }, shown)
                #expect(!whole.contains { $0.isTooLong }, shown)
            }
        }
    }
}
