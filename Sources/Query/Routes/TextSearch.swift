/// Where a text stands in another one, in a time that goes with the sum of their lengths whatever they hold (Knuth, Morris and
/// Pratt), since both may come with a message. In UTF-8, where a whole character is found only where one begins.
struct TextSearch {
    private let wanted: [UInt8]
    /// For each beginning of what is wanted, how long the longest shorter beginning is with which it ends.
    private let restart: [Int]

    init(_ wanted: String) {
        let wanted = Array(wanted.utf8)
        var restart = [Int](repeating: 0, count: wanted.count)
        var length = 0
        for index in wanted.indices.dropFirst() {
            while length > 0, wanted[index] != wanted[length] { length = restart[length - 1] }
            if wanted[index] == wanted[length] { length += 1 }
            restart[index] = length
        }
        self.wanted = wanted
        self.restart = restart
    }

    /// In UTF-16 units, as .NET counts; nil where it is not there.
    func index(in text: String) -> Int? {
        if wanted.isEmpty { return 0 }
        var text = text
        return text.withUTF8 { text in
            guard let offset = offset(in: text) else { return nil }
            return text[..<offset].reduce(0) { units, byte in units + Self.units(beginningWith: byte) }
        }
    }

    private func offset(in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var length = 0
        for (index, byte) in text.enumerated() {
            while length > 0, byte != wanted[length] { length = restart[length - 1] }
            if byte == wanted[length] { length += 1 }
            if length == wanted.count { return index + 1 - length }
        }
        return nil
    }

    /// How many UTF-16 units a character is that this byte begins; 0 within one.
    private static func units(beginningWith byte: UInt8) -> Int { byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1 }
}
