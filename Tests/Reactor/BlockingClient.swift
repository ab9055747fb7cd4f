import CSystem
import Glibc

/// A client of plain blocking sockets, which shares nothing with the reactor that it tests.
final class BlockingClient {
    let descriptor: Int32

    /// Fails the test's expectations by a descriptor of -1 where the connection is refused.
    init(port: UInt16, version6: Bool = false, receiveBuffer: Int32 = 0) {
        let family = version6 ? AF_INET6 : AF_INET
        let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        if receiveBuffer > 0 {
            var size = receiveBuffer
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, 4)
        }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var result: Int32
        if version6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, 28) }
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, 16) }
            }
        }
        if result != 0 {
            Glibc.close(socket)
            descriptor = -1
        } else {
            descriptor = socket
        }
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// False once the connection has been cut.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// What comes until `count` bytes are there, or the end.
    func receive(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let more = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + received, count - received, 0)
            }
            guard more > 0 else { break }
            received += more
        }
        return Array(bytes[..<received])
    }

    func text(_ count: Int) -> String { String(decoding: receive(count), as: UTF8.self) }

    /// Whether the peer has ended the connection, by FIN or reset, once everything before that is read.
    func reachesEnd() -> Bool {
        var byte = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &byte, byte.count, 0)
            if count > 0 { continue }
            return count == 0 || errno == ECONNRESET
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }
}
