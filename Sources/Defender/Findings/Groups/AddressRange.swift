import Glibc

/// An address, or a network in CIDR notation (RFC 4632 section 3.1), of either family.
struct AddressRange: Hashable, Sendable {
    let bytes: [UInt8]
    /// Bits of the network's part; all of them for a single address.
    let prefix: Int

    /// Bytes of the longest text that is one.
    private static let maximumLength = 50

    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.address(String(first)) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefix = bytes.count * 8
            return
        }
        guard parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let prefix = Int(parts[1]), prefix <= bytes.count * 8
        else { return nil }
        self.prefix = prefix
    }

    func contains(_ address: AddressRange) -> Bool {
        guard address.bytes.count == bytes.count, address.prefix >= prefix else { return false }
        return (0..<bytes.count).allSatisfy { place in
            let bits = min(max(prefix - place * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return bytes[place] & mask == address.bytes[place] & mask
        }
    }

    /// The numbers of an address; nil for any other text.
    private static func address(_ text: String) -> [UInt8]? {
        for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: size)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
