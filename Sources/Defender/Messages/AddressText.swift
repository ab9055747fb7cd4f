/// The schema's `ip`: format ipv4 or ipv6, asserted (defender.md section 5.2, validator note).
enum AddressText {
    /// Bytes of the longest address: six groups and an IPv4 address behind them.
    private static let maximumLength = 45

    static func holds(_ text: String) -> Bool {
        text.utf8.count <= maximumLength && (isIPv4(text[...]) || isIPv6(text))
    }

    static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { 0x30...0x39 ~= $0 } && UInt8(part) != nil
                    && (part.utf8.count == 1 || part.first != "0")
            }
    }

    /// RFC 4291 section 2.2: eight groups, `::` once for one or more of zero, IPv4 in place of the last two.
    static func isIPv6(_ text: String) -> Bool {
        guard let gap = text.firstRange(of: "::") else { return groups(text[...], mayEndInIPv4: true) == 8 }
        let before = text[..<gap.lowerBound]
        let after = text[gap.upperBound...]
        guard let head = before.isEmpty ? 0 : groups(before, mayEndInIPv4: false),
            let tail = after.isEmpty ? 0 : groups(after, mayEndInIPv4: true)
        else { return false }
        return head + tail < 8
    }

    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        for (place, part) in parts.enumerated() {
            if mayEndInIPv4, place == parts.count - 1, isIPv4(part) {
                count += 2
            } else {
                guard 1...4 ~= part.utf8.count, part.utf8.allSatisfy(isHexDigit) else { return nil }
                count += 1
            }
        }
        return count
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
