/// Takes the chunk framing off a body, piece by piece (RFC 9112 section 7.1). Extensions and trailers are read and
/// dropped, within bounds.
public struct ChunkedDecoder {
    private enum State {
        case size
        case data(Int)
        case dataEnd
        case trailers(Int)
        case done
    }

    private var state = State.size

    public init() {}

    public var isDone: Bool { if case .done = state { true } else { false } }

    /// Decodes as much as it can, appending to `body`; answers how many bytes are done with.
    public mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into body: inout [UInt8], bodyLimit: Int, _ limits: HTTPLimits
    ) throws(HTTPFailure) -> Int {
        var offset = 0
        while !isDone {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            switch state {
            case .size:
                guard
                    let line = try line(
                        rest, limits.chunkLineBytes, HTTPFailure(400, "A chunk's size line is too long."))
                else {
                    return offset
                }
                let size = try Self.size(UnsafeRawBufferPointer(rebasing: rest[..<line]))
                guard size <= bodyLimit - body.count else {
                    throw HTTPFailure(413, "The body is longer than \(bodyLimit) bytes.")
                }
                state = size == 0 ? .trailers(0) : .data(size)
                offset += line + 2
            case .data(let left):
                guard !rest.isEmpty else { return offset }
                let count = min(left, rest.count)
                body.append(contentsOf: rest[..<count])
                state = count == left ? .dataEnd : .data(left - count)
                offset += count
            case .dataEnd:
                guard rest.count >= 2 else { return offset }
                guard rest[0] == 13, rest[1] == 10 else { throw HTTPFailure(400, "A chunk is longer than its size.") }
                state = .size
                offset += 2
            case .trailers(let sofar):
                let tooLong = HTTPFailure(431, "The trailer section is longer than \(limits.trailerBytes) bytes.")
                guard let line = try line(rest, limits.trailerBytes - sofar, tooLong) else { return offset }
                try Self.checkTrailer(UnsafeRawBufferPointer(rebasing: rest[..<line]))
                state = line == 0 ? .done : .trailers(sofar + line + 2)
                offset += line + 2
            case .done: break
            }
        }
        return offset
    }

    /// Bytes before the next CRLF; nil where it has not arrived.
    private func line(
        _ bytes: UnsafeRawBufferPointer, _ limit: Int, _ tooLong: HTTPFailure
    ) throws(HTTPFailure) -> Int? {
        for index in 0..<bytes.count {
            guard index <= limit else { throw tooLong }
            if bytes[index] == 10 { throw HTTPFailure(400, "A line of a chunked body ends in a bare LF.") }
            guard bytes[index] == 13 else { continue }
            guard index + 1 < bytes.count else { return nil }
            guard bytes[index + 1] == 10 else { throw HTTPFailure(400, "A line of a chunked body holds a bare CR.") }
            return index
        }
        return nil
    }

    /// `1*HEXDIG *( BWS ";" … )`.
    private static func size(_ line: UnsafeRawBufferPointer) throws(HTTPFailure) -> Int {
        var size = 0
        var digits = 0
        for byte in line {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
            default:
                let extensionStart = line[digits...].drop { $0 == 0x20 || $0 == 0x09 }.first
                guard digits > 0, extensionStart == UInt8(ascii: ";"), line.allSatisfy(HTTPCharacters.isFieldValue)
                else {
                    throw HTTPFailure(400, "A chunk has no size.")
                }
                return size
            }
            digits += 1
            // 15 digits fit an Int.
            guard digits <= 15 else { throw HTTPFailure(400, "A chunk's size is not a number.") }
            size = size << 4 | Int(value)
        }
        guard digits > 0 else { throw HTTPFailure(400, "A chunk has no size.") }
        return size
    }

    private static func checkTrailer(_ line: UnsafeRawBufferPointer) throws(HTTPFailure) {
        guard !line.isEmpty else { return }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy({ HTTPCharacters.isToken[Int($0)] }),
            line[colon...].allSatisfy(HTTPCharacters.isFieldValue)
        else { throw HTTPFailure(400, "A trailer is not a header field.") }
    }
}
