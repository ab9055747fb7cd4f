import CSystem
import Glibc

extension Connection {
    /// Tries the next address. A connection for which none is left ends as unreachable.
    func dialNext(after failure: Int32 = 0) {
        var failure = failure
        while let address = dial?.addresses.popFirst() {
            descriptor = Socket.make(address.family)
            guard descriptor >= 0 else {
                failure = errno
                continue
            }
            Socket.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            if address.withPointer({ connect(descriptor, $0, address.length) }) == 0 || errno == EINPROGRESS {
                flags.insert(.armedOut)
                shard.watch(self, adding: true)
                return
            }
            failure = errno
            Glibc.close(descriptor)
            descriptor = -1
        }
        end(.unreachable, systemError: failure)
    }

    func finishConnecting() {
        let error = socketError()
        guard error == 0 else {
            Glibc.close(descriptor)
            descriptor = -1
            return dialNext(after: error)
        }
        cancelDeadline()
        flags.remove(.connecting)
        let tls = dial?.tls
        if let tls { startTLS(tls) }
        dial = nil
        updateInterest()
        if tls != nil {
            beginHandshake(with: UnsafeRawBufferPointer(start: nil, count: 0))
        } else {
            handler?.established(self)
        }
    }
}
