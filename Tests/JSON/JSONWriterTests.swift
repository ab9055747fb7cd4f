import TestSupport
import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    @Test("The writer sets commas and escapes by itself")
    func writes() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.value(1)
        writer.key("key \"\(1)\"\n")
        writer.beginArray()
        writer.value("x\u{1F}é")
        writer.value(nil)
        writer.value(true)
        writer.beginObject()
        writer.endObject()
        writer.raw("[1, 2]".utf8)
        writer.endArray()
        writer.key("n")
        writer.null()
        writer.key("u")
        writer.value(UInt64.max)
        writer.endObject()
        let expected =
            #"{"a":1,"key \"1\"\n":["x\u001fé",null,true,{},[1, 2]],"n":null,"u":18446744073709551615}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
        _ = try JSONDocument(parsing: writer.bytes)
    }

    @Test("A document written from its values reads the same again")
    func roundTrips() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let text = RandomText.value(depth: 4, using: &random)
            var first = JSONWriter()
            write(try JSONDocument(parsing: text).root, to: &first)
            var second = JSONWriter()
            write(try JSONDocument(parsing: first.bytes).root, to: &second)
            #expect(first.bytes == second.bytes)
        }
    }

    private func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .string: writer.value(value.string)
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for (key, member) in value.members {
                writer.key(key)
                write(member, to: &writer)
            }
            writer.endObject()
        default: writer.raw(value.raw)
        }
    }
}
