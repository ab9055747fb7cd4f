import Glibc

/// The addresses of a host by the system's own means. It waits, so nobody asks on a shard.
enum HostAddresses {
    /// What the reactor can dial, in the system's order of preference; none where there is no such host.
    static func of(_ host: String) -> [String] {
        // The reactor tries all addresses of these by itself.
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return [host] }
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &wanted, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var addresses: [String] = []
        var next = found
        while let entry = next?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(text.count)
            if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 {
                addresses.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.ai_next
        }
        return addresses
    }
}
