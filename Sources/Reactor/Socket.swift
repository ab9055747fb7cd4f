import CSystem
import Glibc

/// The few socket calls that more than one place makes.
enum Socket {
    /// A non-blocking stream socket that children do not inherit; -1 with errno.
    static func make(_ family: Int32) -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        return socket(family, Int32(kind), 0)
    }

    @discardableResult
    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Listening sockets on one address, one a shard, among which the kernel spreads connections (SO_REUSEPORT).
    ///
    /// The first is bound and listens without SO_REUSEPORT, because with it a second server would share the port in
    /// silence, and gets the option only then, so that the others may join: Linux looks at it when they do.
    static func listen(
        on address: SocketAddress, count: Int, onlyVersion6: Bool, backlog: Int
    ) throws(ReactorError) -> [Int32] {
        var sockets: [Int32] = []
        var address = address
        do throws(ReactorError) {
            for index in 0..<count {
                sockets.append(
                    try open(address, shares: index > 0, onlyVersion6: onlyVersion6, backlog: backlog))
                if index == 0, count > 1 {
                    guard set(sockets[0], SOL_SOCKET, SO_REUSEPORT, 1), let bound = SocketAddress(boundTo: sockets[0])
                    else { throw ReactorError(call: "setsockopt", errno: errno, address: address.description) }
                    address = bound
                }
            }
        } catch {
            for socket in sockets { close(socket) }
            throw error
        }
        return sockets
    }

    private static func open(
        _ address: SocketAddress, shares: Bool, onlyVersion6: Bool, backlog: Int
    ) throws(ReactorError) -> Int32 {
        func failure(_ call: String) -> ReactorError {
            ReactorError(call: call, errno: errno, address: address.description)
        }
        let socket = make(address.family)
        guard socket >= 0 else { throw failure("socket") }
        // An address with connections in TIME_WAIT may be bound, one with a listener may not (socket(7)).
        set(socket, SOL_SOCKET, SO_REUSEADDR, 1)
        if shares { set(socket, SOL_SOCKET, SO_REUSEPORT, 1) }
        if address.family == AF_INET6 { set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, onlyVersion6 ? 1 : 0) }
        // Accepted sockets inherit it on Linux, which saves a call for each.
        set(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let call =
            address.withPointer { bind(socket, $0, address.length) } != 0
            ? "bind" : Glibc.listen(socket, Int32(backlog)) != 0 ? "listen" : nil
        if let call {
            let error = failure(call)
            close(socket)
            throw error
        }
        return socket
    }
}
