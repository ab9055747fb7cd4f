import CSystem
import Glibc

extension Connection {
    /// Queues a copy of the bytes. They leave, with whatever else this turn queues, in one write.
    ///
    /// More than ``ReactorLimits/outputBytes`` waiting cut the connection: a handler that may produce much sends the next
    /// part when ``ConnectionHandler/drained(_:)`` says that the last has gone.
    public func send(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, let output = queue(adding: bytes.count) else { return }
        output.append(bytes)
    }

    /// Queues a copy of the bytes.
    public func send(_ bytes: [UInt8]) { bytes.withUnsafeBytes { send($0) } }

    /// Queues bytes that many connections share; they are not copied, except by encryption.
    public func send(_ shared: SharedBytes) {
        guard shared.count > 0, let output = queue(adding: shared.count) else { return }
        output.append(shared)
    }

    /// Whether bytes wait that the kernel has not taken yet.
    public var hasUnsentOutput: Bool { output != nil }

    private func queue(adding count: Int) -> OutputQueue? {
        shard.assertCurrent()
        guard isOpen, flags.isDisjoint(with: [.closing, .finishing]) else { return nil }
        let output = outputQueue()
        guard output.count + count <= shard.limits.outputBytes else {
            cut(.outputLimit)
            return nil
        }
        markDirty()
        return output
    }

    func outputQueue() -> OutputQueue {
        if let output { return output }
        let queue = shard.makeOutputQueue()
        output = queue
        return queue
    }

    /// One write of what is queued, as far as the socket takes it.
    func flush() {
        guard isOpen, flags.isDisjoint(with: [.connecting, .blocked]) else { return }
        guard let output else { return flushed() }
        let (written, attempted) = tls == nil ? writePlain(output) : writeRecords(output)
        guard isOpen else { return }
        if written < 0 {
            let error = Int32(-written)
            guard error == EAGAIN || error == EINTR else { return end(.failed, systemError: error) }
            return block(output)
        }
        if output.isEmpty {
            self.output = nil
            shard.recycle(output)
            if guarded == .output { cancelDeadline() }
            updateInterest()
            handler?.drained(self)
            flushed()
        } else if attempted > 0 {
            if guarded == .output { output.progressedAt = shard.uptimeMilliseconds }
            if written == attempted { markDirty() } else { block(output) }
        }
    }

    private func writePlain(_ output: OutputQueue) -> (Int, Int) {
        let result = output.writePlain(to: descriptor)
        guard result.written >= 0 else { return (-Int(errno), result.attempted) }
        output.consumePlain(result.written)
        return result
    }

    private func block(_ output: OutputQueue) {
        flags.insert(.blocked)
        updateInterest()
        output.progressedAt = shard.uptimeMilliseconds
        if guarded == .nothing { startDeadline(.output, afterMilliseconds: shard.limits.slowReaderMilliseconds) }
    }

    func outputDeadlinePassed() {
        guard let output else { return cancelDeadline() }
        let limit = shard.limits.slowReaderMilliseconds
        let idle = Int(shard.uptimeMilliseconds - output.progressedAt)
        if idle >= limit { cut(.slowReader) } else { startDeadline(.output, afterMilliseconds: limit - idle) }
    }

    /// Nothing is queued: what was to happen then.
    private func flushed() {
        guard output == nil, isOpen, !flags.isDisjoint(with: [.closing, .finishing]) else { return }
        if let tls, !flags.contains(.sentCloseNotify) {
            guard tls.isEstablished else { return flags.contains(.closing) ? end(.local) : () }
            finishRecords(tls)
            return flush()
        }
        let waitsForPeer = !flags.contains(.closing) || flags.contains(.discardsInput) && !flags.contains(.peerFinished)
        guard waitsForPeer else { return end(.local) }
        guard !flags.contains(.sentFIN) else { return }
        flags.insert(.sentFIN)
        shutdown(descriptor, Int32(SHUT_WR))
        if flags.contains(.closing) {
            startDeadline(.closing, afterMilliseconds: shard.limits.closingMilliseconds)
        }
    }
}
