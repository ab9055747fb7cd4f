import Foundation
import JSON
import Testing

@testable import Defender

@Suite("The RTOS agent's FlatBuffers body (defender.md sections 5.6 and 8.8)")
struct MicroBodyTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        let json: String
        var testDescription: String { name }
    }

    /// Built once by MicroBodies/generate.py with the stock `flatbuffers` package.
    static let vectors: [Vector] = {
        guard let url = Bundle.module.url(forResource: "vectors", withExtension: "json", subdirectory: "MicroBodies"),
            let data = try? Data(contentsOf: url), let rows = try? JSONDocument(parsing: Array(data)).root
        else { return [] }
        return rows.elements.map { row in
            Vector(
                name: row["name"]?.string ?? "", body: bytes(row["body"]?.string ?? ""),
                json: String(decoding: row["json"]?.raw ?? [], as: UTF8.self))
        }
    }()

    @Test("every payload of the union is read as its builder was given it", arguments: vectors)
    func reads(vector: Vector) throws {
        #expect(String(decoding: try MicroBody(reading: vector.body).text, as: UTF8.self) == vector.json)
    }

    @Test("the vectors hold every payload of the union")
    func vectorsAreWhole() {
        #expect(Self.vectors.count == 10)
        for payload in MicroSchema.payloads {
            #expect(
                Self.vectors.contains { $0.json.contains(#""payload_type":"\#(payload.name)""#) }, "\(payload.name)")
        }
    }

    @Test("the heartbeat of section 8.8")
    func heartbeat() throws {
        let message = SecurityMessage(reading: Self.bytes(Examples.microHeartbeat), mti: "2.3-1-0-0", from: nil)
        #expect(message.kind == .flatBuffers && message.lint.kept.isEmpty)
        #expect(
            String(decoding: message.text, as: UTF8.self)
                == #"{"security_module_id":"defender-iot-micro-agent","security_module_version":50659332,"events":[{"#
                + #""id":{"value":[66,184,148,161,14,63,73,98,183,156,125,174,18,76,114,105]},"time":1577965166,"#
                + #""collection_interval":60,"payload_type":"Heartbeat","payload":{}}]}"#)
        #expect(message.agentID == "defender-iot-micro-agent" && message.agentVersion == "3.5.4")
        let event = try #require(message.events.first)
        #expect(event.id == "42b894a1-0e3f-4962-b79c-7dae124c7269" && event.name == "Heartbeat")
        #expect(event.timestampUTC == "2020-01-02T11:39:26Z")
        #expect(event.payload.map { String(decoding: message.text[$0], as: UTF8.self) } == ["{}"])
    }

    @Test("a body that ends anywhere too early is refused or read, never more", arguments: vectors)
    func truncated(vector: Vector) {
        for length in 0..<vector.body.count { hold(Array(vector.body.prefix(length))) }
        #expect(throws: FlatBufferError.self) { try MicroBody(reading: Array(vector.body.prefix(40))) }
    }

    @Test("a body changed in any byte, or in any four, is refused or read, never more", arguments: vectors)
    func mutated(vector: Vector) {
        for place in vector.body.indices {
            for byte: UInt8 in [0, 0x7F, 0xFF, vector.body[place] ^ 0x10] {
                var body = vector.body
                body[place] = byte
                hold(body)
            }
            for word: [UInt8] in [
                [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F],
            ] {
                var body = vector.body
                for (offset, byte) in word.enumerated() where place + offset < body.count {
                    body[place + offset] = byte
                }
                hold(body)
            }
        }
    }

    @Test("many elements that share one table are counted, and the counting ends")
    func shared() {
        let count = MicroBodyLimits.elements + 1
        // Root offset, a vtable of four slots with only the events, the message, its vector of events.
        var body: [UInt8] = [16, 0, 0, 0, 12, 0, 8, 0, 0, 0, 0, 0, 0, 0, 4, 0]
        body += [12, 0, 0, 0, 4, 0, 0, 0]
        let vector = body.count
        body += Self.word(count)
        // Every event is the message's own table, whose slots mean nothing there.
        for element in 0..<count { body += Self.word(4 * (count - element)) }
        body += [20, 0, 0, 0] + [UInt8](repeating: 0, count: 32)
        #expect(throws: FlatBufferError.self) { try MicroBody(reading: body) }
        let end = body.count - 36
        for (offset, byte) in Self.word(end - 4).enumerated() { body[end + offset] = byte }
        #expect(throws: FlatBufferError(reason: .tooManyElements, offset: vector)) { try MicroBody(reading: body) }
    }

    /// Whatever was read has to be JSON with its payloads inside; whatever was not has to say so in the lint.
    private func hold(_ body: [UInt8]) {
        let message = SecurityMessage(reading: body, mti: "2.3-1-0-0", from: nil)
        var json = JSONWriter()
        message.write(to: &json)
        #expect((try? JSONDocument(parsing: json.bytes)) != nil)
        if message.kind == .flatBuffers {
            #expect((try? JSONDocument(parsing: message.text)) != nil)
            #expect(message.events.allSatisfy { $0.payload.allSatisfy { $0.upperBound <= message.text.count } })
        } else {
            #expect(message.lint.kept.map(\.rule) == [.notFlatBuffers] && message.body == body)
        }
    }

    private static func word(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

    static func bytes(_ hex: String) -> [UInt8] {
        var rest = Substring(hex)
        var bytes: [UInt8] = []
        while rest.count >= 2 {
            bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
