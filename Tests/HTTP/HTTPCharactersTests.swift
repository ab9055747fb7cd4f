import Testing

@testable import HTTP

@Suite struct HTTPCharactersTests {
    @Test("A field value ends where its first foreign byte stands, whatever stands around that")
    func endsFieldValues() {
        let fillers: [UInt8] = [UInt8(ascii: "a"), 0x09, 0x20, 0x7E, 0x80, 0xFF]
        for length in 0...19 {
            for (place, filler) in (0..<length).flatMap({ place in fillers.map { (place, $0) } }) {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: filler, count: length)
                    bytes[place] = byte
                    let end = bytes.firstIndex { !HTTPCharacters.isFieldValue($0) } ?? length
                    let found = bytes.withUnsafeBytes { HTTPCharacters.endOfFieldValue($0, from: 0) }
                    #expect(found == end, "\(byte) at \(place) of \(length)")
                }
            }
        }
        let two: [UInt8] = [0x61, 0x0D, 0x0A, 0x7F, 0x61, 0x61, 0x61, 0x61, 0x61]
        #expect(
            two.withUnsafeBytes { bytes in (0...9).map { HTTPCharacters.endOfFieldValue(bytes, from: $0) } } == [
                1, 1, 2, 3, 9, 9, 9, 9, 9, 9,
            ])
    }
}
