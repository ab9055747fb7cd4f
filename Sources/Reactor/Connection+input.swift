import CSystem
import Glibc

extension Connection {
    /// One read: level-triggered, so what does not fit comes in the next turn, and no second read asks for EAGAIN.
    func readSocket() {
        let scratch = shard.readBuffer
        // More of a message that is not complete yet is read to where it belongs.
        let kept = tls == nil && !flags.contains(.closing) ? input : nil
        let room = kept?.reserve(shard.limits.readBytes) ?? scratch
        let count = read(descriptor, room.baseAddress, min(room.count, max(shard.limits.readBytes, 1)))
        if count > 0 {
            if let kept {
                kept.filled(count)
                offerKept()
            } else {
                let bytes = UnsafeRawBufferPointer(start: room.baseAddress, count: count)
                if flags.contains(.closing) {
                    // The handler has said its last word; what still comes is read so that the peer can read ours.
                    return
                }
                if tls == nil { deliver(bytes) } else { decrypt(bytes) }
            }
        } else if count == 0 {
            receivedEnd()
        } else if errno != EAGAIN, errno != EINTR {
            end(.failed, systemError: errno)
        }
    }

    /// Bytes for the handler, behind those that it has not consumed yet.
    func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, !flags.contains(.closing) else { return }
        if let input {
            input.append(bytes)
            offerKept()
        } else {
            let consumed = offer(bytes)
            if consumed < bytes.count { keep(UnsafeRawBufferPointer(rebasing: bytes[consumed...])) }
        }
    }

    func offerKept() {
        // Taken out while it is offered: a handler that starts TLS has the kept bytes decrypted into a new queue.
        guard !flags.contains(.readingPaused), let kept = input else { return checkKept() }
        input = nil
        kept.consume(offer(kept.bytes))
        if !kept.isEmpty, !flags.contains(.closing) {
            input = kept
            checkKept()
        }
    }

    /// - Returns: how many bytes are done with.
    private func offer(_ bytes: UnsafeRawBufferPointer) -> Int {
        var consumed = 0
        while consumed < bytes.count, isOpen, !flags.contains(.closing), !flags.contains(.readingPaused) {
            guard let handler else { return bytes.count }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            let inClear = tls == nil
            let taken = handler.received(rest, on: self)
            precondition(0...rest.count ~= taken, "a handler consumed bytes that it was not given")
            consumed += taken
            if inClear, tls != nil {
                beginHandshake(with: UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
                return bytes.count
            }
            if self.handler === handler { break }
        }
        return flags.contains(.closing) ? bytes.count : consumed
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        let queue = ByteQueue()
        queue.append(bytes)
        input = queue
        checkKept()
    }

    private func checkKept() {
        if let input, input.count > shard.limits.keptInputBytes { cut(.inputLimit) }
    }

    /// The peer's FIN, or its close_notify.
    func receivedEnd() {
        guard isOpen, !flags.contains(.peerFinished) else { return }
        flags.insert(.peerFinished)
        updateInterest()
        if let tls, !tls.isEstablished { return end(.finished) }
        if flags.contains(.closing) {
            if flags.contains(.sentFIN) { end(.local) }
        } else {
            handler?.peerFinished(self)
        }
    }

    func cut(_ reason: CloseReason) {
        guard isOpen else { return }
        shard.countCut()
        end(reason)
    }
}
