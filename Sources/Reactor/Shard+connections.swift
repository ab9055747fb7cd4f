import CSystem
import Glibc

extension Shard {
    /// Takes a listening socket into the shard's own epoll set.
    func add(_ listener: Listener) {
        listeners.append(listener)
        watch(listener.descriptor, EPOLLIN.rawValue, UInt64(listeners.count - 1), adding: true)
    }

    /// Closes the listening sockets; connections stay. Once: the second time finds nothing.
    func stopAccepting() {
        guard !hasStoppedAccepting else { return }
        hasStoppedAccepting = true
        for listener in listeners {
            if let pause = listener.pause { cancel(pause) }
            close(listener.descriptor)
        }
        listeners = []
        budget.stoppedAccepting()
    }

    func acceptConnections(_ listener: Listener) {
        for _ in 0..<max(limits.acceptsPerTurn, 1) {
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = csystem_accept(listener.descriptor, &address, &length)
            if descriptor >= 0 {
                admit(descriptor, from: listener)
                continue
            }
            switch errno {
            case EAGAIN: return
            case EMFILE, ENFILE:
                guard refuseWithReserve(listener) else { return pause(listener) }
            case ENOBUFS, ENOMEM: return pause(listener)
            // The connection failed before it was accepted (accept(2)): the next may be better.
            default: continue
            }
        }
    }

    private func admit(_ descriptor: Int32, from listener: Listener) {
        guard openCount.load(ordering: .relaxed) < limits.connectionsPerShard, budget.admit(accepted: true) else {
            refusedCount.wrappingAdd(1, ordering: .relaxed)
            close(descriptor)
            return
        }
        acceptedCount.wrappingAdd(1, ordering: .relaxed)
        let connection = place(descriptor, [.accepted, .armedIn])
        watch(connection, adding: true)
        connection.handler = listener.accept(connection)
        // The request is often there already: no need to go through epoll for it.
        connection.handle(EPOLLIN.rawValue)
    }

    /// Without a descriptor to accept it with, a connection would stay in the kernel's queue, and the listening socket
    /// ready for ever. The reserve is given up for a moment, so that the peer is told instead of left waiting.
    private func refuseWithReserve(_ listener: Listener) -> Bool {
        guard reserve >= 0 else {
            reserve = Shard.openReserve()
            return reserve >= 0
        }
        close(reserve)
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = csystem_accept(listener.descriptor, &address, &length)
        if descriptor >= 0 {
            refusedCount.wrappingAdd(1, ordering: .relaxed)
            close(descriptor)
        }
        reserve = Shard.openReserve()
        return reserve >= 0
    }

    /// Somebody else took the reserve's place: trying again at once would only burn the processor.
    private func pause(_ listener: Listener) {
        guard let number = listeners.firstIndex(where: { $0 === listener }) else { return }
        watch(listener.descriptor, 0, UInt64(number), adding: false)
        let timer =
            listener.pause
            ?? ShardTimer { [unowned self, unowned listener] in
                watch(listener.descriptor, EPOLLIN.rawValue, UInt64(number), adding: false)
            }
        listener.pause = timer
        schedule(timer, afterMilliseconds: limits.acceptPauseMilliseconds)
    }

    /// A connection in a free slot, under a generation that no event of this batch can bear.
    private func place(_ descriptor: Int32, _ flags: Connection.Flags) -> Connection {
        let slot: UInt32
        if let free = freeSlots.popLast() {
            slot = free
        } else {
            slot = UInt32(connections.count)
            connections.append(nil)
        }
        let connection = Connection(
            shard: self, descriptor: descriptor, slot: slot, generation: nextGeneration, flags: flags)
        nextGeneration = nextGeneration == .max ? 1 : nextGeneration + 1
        connections[Int(slot)] = connection
        openCount.wrappingAdd(1, ordering: .relaxed)
        return connection
    }

    /// Dials out. The handler hears ``ConnectionHandler/established(_:)`` when bytes can flow, or
    /// ``ConnectionHandler/closed(_:)`` with the reason `unreachable`; what is sent before is queued.
    ///
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 literal, `localhost`, or a name below it.
    ///   - tls: a client's context, for TLS.
    ///   - serverName: whom the certificate has to be made out to, where it is not `host`.
    @discardableResult
    public func connect(
        to host: String, port: UInt16, tls: TLSContext? = nil, serverName: String? = nil,
        handler: any ConnectionHandler
    ) throws(ReactorError) -> Connection {
        assertCurrent()
        let addresses = SocketAddress.addresses(of: host, port: port)
        guard !addresses.isEmpty else { throw ReactorError(call: "parse", errno: EINVAL, address: "\(host):\(port)") }
        _ = budget.admit(accepted: false)
        dialledCount.wrappingAdd(1, ordering: .relaxed)
        let connection = place(-1, .connecting)
        connection.handler = handler
        connection.dial = Dial(addresses: addresses, tls: tls, serverName: serverName ?? host)
        connection.startDeadline(.connecting, afterMilliseconds: limits.connectMilliseconds)
        connection.dialNext()
        return connection
    }
}
