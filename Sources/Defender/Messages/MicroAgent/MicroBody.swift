import JSON
import Vocabulary

/// An RTOS agent's body (defender.md section 5.6) written as JSON, with the schema's own names.
///
/// Words stand for enumerations, and a number that none of the schema's words stands for stays a number. A number of a
/// payload that was left out is written as its default, since builders leave out what is equal to it; a text, table or list that
/// was left out stays out, and so does `timezone`, which no agent sets.
struct MicroBody {
    let moduleID: String?
    /// `major.minor.patch`.
    let moduleVersion: String?
    /// The whole message.
    let text: [UInt8]
    /// The payloads are places in ``text``.
    let events: [SecurityEvent]

    init(reading body: [UInt8]) throws(FlatBufferError) {
        var writer = MicroBodyWriter(buffer: FlatBuffer(bytes: body))
        (moduleID, moduleVersion) = try writer.writeMessage()
        text = writer.json.bytes
        events = writer.events
    }
}

private struct MicroBodyWriter {
    let buffer: FlatBuffer
    var json = JSONWriter()
    var events: [SecurityEvent] = []
    private var elements = 0

    init(buffer: FlatBuffer) { self.buffer = buffer }

    mutating func writeMessage() throws(FlatBufferError) -> (id: String?, version: String?) {
        let message = try buffer.table(at: try buffer.target(of: 0))
        json.beginObject()
        var id: String?
        if let place = try message.target(MicroSchema.Message.moduleID) {
            id = try buffer.text(at: place)
            json.key("security_module_id")
            json.value(id)
        }
        let version = try message.number(MicroSchema.Message.moduleVersion, width: 4)
        if let version {
            json.key("security_module_version")
            json.value(version)
        }
        if let timezone = try message.number(MicroSchema.Message.timezone, width: 1) {
            json.key("timezone")
            json.value(Int8(truncatingIfNeeded: timezone))
        }
        json.key("events")
        json.beginArray()
        if let place = try message.target(MicroSchema.Message.events) {
            let (start, count) = try buffer.vector(at: place, elementSize: 4)
            for element in 0..<count {
                try countElement(at: place)
                try writeEvent(try buffer.table(at: try buffer.target(of: start + 4 * element)))
            }
        }
        json.endArray()
        json.endObject()
        return (id, version.map { "\($0 >> 24).\($0 >> 16 & 0xFF).\($0 & 0xFFFF)" })
    }

    private mutating func writeEvent(_ event: FlatTable) throws(FlatBufferError) {
        json.beginObject()
        var id: String?
        if let place = try event.field(MicroSchema.Event.id, size: MicroSchema.Event.idSize) {
            let value = buffer.bytes[place..<place + MicroSchema.Event.idSize]
            id = GUIDText.text(value)
            json.key("id")
            json.beginObject()
            json.key("value")
            json.beginArray()
            for byte in value { json.value(byte) }
            json.endArray()
            json.endObject()
        }
        let time = try event.number(MicroSchema.Event.time, width: 4)
        json.key("time")
        json.value(time ?? 0)
        json.key("collection_interval")
        json.value(try event.number(MicroSchema.Event.collectionInterval, width: 4) ?? 0)
        let tag = Int(try event.number(MicroSchema.Event.payloadType, width: 1) ?? 0)
        let known = tag < MicroSchema.payloads.count ? MicroSchema.payloads[tag] : nil
        json.key("payload_type")
        if let known { json.value(known.name) } else { json.value(tag) }
        json.key("payload")
        let start = json.bytes.count
        if tag > 0, let known, let place = try event.target(MicroSchema.Event.payload) {
            try write(known.fields, of: try buffer.table(at: place))
        } else {
            json.null()
        }
        let payload = start..<json.bytes.count
        json.endObject()
        events.append(
            SecurityEvent(
                id: id, timestampLocal: nil,
                timestampUTC: time.map { Timestamp(unixSeconds: Int64($0)).description }, category: nil,
                name: known?.name, type: nil, payload: [payload]))
    }

    private mutating func write(_ fields: [MicroField], of table: FlatTable) throws(FlatBufferError) {
        json.beginObject()
        for (slot, field) in fields.enumerated() {
            switch field.type {
            case .number(let width):
                json.key(field.name)
                json.value(try table.number(slot, width: width) ?? field.absent)
            case .word(let words):
                json.key(field.name)
                write(try table.number(slot, width: 1) ?? field.absent, as: words)
            case .text:
                guard let place = try table.target(slot) else { continue }
                json.key(field.name)
                json.value(try buffer.text(at: place))
            case .table(let inner):
                guard let place = try table.target(slot) else { continue }
                json.key(field.name)
                try write(inner, of: try buffer.table(at: place))
            case .structure(let structure):
                guard let place = try table.field(slot, size: structure.size) else { continue }
                json.key(field.name)
                try write(structure, at: place)
            case .tables(let inner):
                guard let place = try table.target(slot) else { continue }
                try writeList(field.name, at: place, elementSize: 4) { writer, element throws(FlatBufferError) in
                    let target = try writer.buffer.target(of: element)
                    try writer.write(inner, of: try writer.buffer.table(at: target))
                }
            case .structures(let structure):
                guard let place = try table.target(slot) else { continue }
                try writeList(field.name, at: place, elementSize: structure.size) {
                    writer, element throws(FlatBufferError) in try writer.write(structure, at: element)
                }
            }
        }
        json.endObject()
        guard json.bytes.count <= MicroBodyLimits.text else {
            throw FlatBufferError(reason: .tooLong, offset: table.position)
        }
    }

    private mutating func writeList(
        _ name: String, at place: Int, elementSize: Int,
        _ write: (inout MicroBodyWriter, Int) throws(FlatBufferError) -> Void
    ) throws(FlatBufferError) {
        let (start, count) = try buffer.vector(at: place, elementSize: elementSize)
        json.key(name)
        json.beginArray()
        for element in 0..<count {
            try countElement(at: place)
            try write(&self, start + elementSize * element)
        }
        json.endArray()
    }

    private mutating func write(_ structure: MicroField.Structure, at place: Int) throws(FlatBufferError) {
        json.beginObject()
        for member in structure.members {
            json.key(member.name)
            let start = place + member.offset
            switch member.type {
            case .number(let width): json.value(try buffer.number(at: start, width: width))
            case .word(let words): write(try buffer.number(at: start, width: 1), as: words)
            case .numbers(let count, let width):
                json.beginArray()
                for element in 0..<count { json.value(try buffer.number(at: start + width * element, width: width)) }
                json.endArray()
            }
        }
        json.endObject()
    }

    private mutating func write(_ number: UInt64, as words: [String]) {
        if number < UInt64(words.count) { json.value(words[Int(number)]) } else { json.value(number) }
    }

    private mutating func countElement(at place: Int) throws(FlatBufferError) {
        elements += 1
        guard elements <= MicroBodyLimits.elements else {
            throw FlatBufferError(reason: .tooManyElements, offset: place)
        }
    }
}
