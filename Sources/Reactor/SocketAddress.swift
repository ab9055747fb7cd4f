import CSystem
import Glibc

/// An IPv4 or IPv6 address with a port.
struct SocketAddress {
    var storage: sockaddr_storage
    var length: socklen_t

    /// An IPv4 or IPv6 literal, the latter also in brackets.
    init?(literal: String, port: UInt16) {
        storage = sockaddr_storage()
        var text = literal
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { bytes in
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr = four
                bytes.storeBytes(of: address, as: sockaddr_in.self)
            }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { bytes in
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                address.sin6_addr = six
                bytes.storeBytes(of: address, as: sockaddr_in6.self)
            }
        } else {
            return nil
        }
    }

    private init(storage: sockaddr_storage, length: socklen_t) {
        self.storage = storage
        self.length = length
    }

    /// The addresses of a literal, or of `localhost` and the names below it, which mean the loopback interface
    /// whatever a resolver says (RFC 6761 section 6.3). Empty for any other name: TwinHub asks no resolver.
    static func addresses(of host: String, port: UInt16) -> [SocketAddress] {
        if let literal = SocketAddress(literal: host, port: port) { return [literal] }
        let name = host.lowercased()
        guard name == "localhost" || name.hasSuffix(".localhost") else { return [] }
        return ["127.0.0.1", "::1"].compactMap { SocketAddress(literal: $0, port: port) }
    }

    /// What a socket is bound to.
    init?(boundTo descriptor: Int32) {
        self.init(of: descriptor, asking: getsockname)
    }

    /// What a socket is connected to.
    init?(peerOf descriptor: Int32) {
        self.init(of: descriptor, asking: getpeername)
    }

    private init?(
        of descriptor: Int32,
        asking call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutableBytes(of: &storage) { bytes in
            call(descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard result == 0 else { return nil }
        self.init(storage: storage, length: length)
    }

    var family: Int32 { Int32(storage.ss_family) }

    var port: UInt16 {
        // The port lies at the same place in both families.
        withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        withUnsafeBytes(of: storage) { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self)) }
    }

    /// `127.0.0.1:8443`, `[::1]:8443`.
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isFour = family == AF_INET
        let offset =
            isFour
            ? MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)! : MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)!
        withUnsafeBytes(of: storage) { bytes in
            _ = inet_ntop(family, bytes.baseAddress! + offset, &text, socklen_t(text.count))
        }
        let host = text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        return isFour ? "\(host):\(port)" : "[\(host)]:\(port)"
    }
}
