import CSystem
import Glibc

extension Connection {
    /// From here on the bytes of the connection are TLS records. A handler calls it from
    /// ``ConnectionHandler/received(_:on:)`` when the first bytes look like a handshake (RFC 8446 section 5.1: type 22);
    /// those that it does not consume are the first records, and the decrypted bytes are offered to it again.
    public func startTLS(_ context: TLSContext) {
        precondition(tls == nil, "TLS within TLS")
        guard isOpen, let session = TLSSession(context, engine: shard.engine, serverName: dial?.serverName) else {
            return end(.tls)
        }
        tls = session
        startDeadline(.handshake, afterMilliseconds: shard.limits.handshakeMilliseconds)
        guard input != nil else { return }
        // Called at another time than from `received`: what was kept until now are records.
        flags.insert(.offersAgain)
        markDirty()
    }

    /// Takes records in; before the first of them, with none, a client's session says hello.
    func decrypt(_ records: UnsafeRawBufferPointer) {
        guard isOpen, let tls else { return }
        let engine = shard.engine
        engine.input = records
        defer { engine.input = UnsafeRawBufferPointer(start: nil, count: 0) }
        if !tls.isEstablished {
            switch tls.handshake() {
            case .wantsMore: return takeRecords(engine)
            case .failed: return failTLS(engine)
            case .established:
                cancelDeadline()
                if flags.contains(.blocked) {
                    startDeadline(.output, afterMilliseconds: shard.limits.slowReaderMilliseconds)
                }
                markDirty()
                handler?.established(self)
            }
        }
        reading: while isOpen {
            switch tls.read(into: engine.plain) {
            case .bytes(let count, let isAll):
                deliver(UnsafeRawBufferPointer(rebasing: engine.plain[..<count]))
                if isAll { break reading }
            case .wantsMore: break reading
            case .finished:
                receivedEnd()
                break reading
            case .failed: return failTLS(engine)
            }
        }
        takeRecords(engine)
    }

    /// Records that were written while reading (handshake, tickets, key updates) wait in the queue for the turn's write.
    private func takeRecords(_ engine: TLSEngine) {
        guard !engine.output.isEmpty else { return }
        if isOpen {
            let output = outputQueue()
            output.records.append(engine.output.bytes)
            // A peer can ask for as many answers as it likes without reading any (key updates).
            if output.count > shard.limits.outputBytes { cut(.outputLimit) }
            markDirty()
        }
        engine.clearOutput()
    }

    /// The alert is sent if the socket takes it; there is nothing to wait for.
    private func failTLS(_ engine: TLSEngine) {
        takeRecords(engine)
        if let output, !output.records.isEmpty, !flags.contains(.blocked) {
            _ = write(descriptor, output.records.bytes.baseAddress, output.records.count)
        }
        end(.tls)
    }

    /// Encrypts a turn's worth of the plain bytes and writes the records, those already waiting first.
    ///
    /// - Returns: what the socket took of how much, or a negative errno.
    func writeRecords(_ output: OutputQueue) -> (Int, Int) {
        guard let tls else { return (0, 0) }
        let engine = shard.engine
        if tls.isEstablished, output.plainCount > 0, output.records.count < TLSEngine.bytesPerTurn {
            let encrypted = output.withPlain(upTo: TLSEngine.bytesPerTurn, scratch: engine.gather) { bytes in
                tls.write(bytes) ? bytes.count : -1
            }
            guard encrypted > 0 else {
                engine.clearOutput()
                end(.tls)
                return (0, 0)
            }
            output.consumePlain(encrypted)
            if output.plainCount == 0, !flags.isDisjoint(with: [.closing, .finishing]),
                !flags.contains(.sentCloseNotify)
            {
                flags.insert(.sentCloseNotify)
                tls.finish()
            }
        }
        defer { engine.clearOutput() }
        if output.records.isEmpty {
            let records = engine.output.bytes
            guard records.count > 0 else { return (0, 0) }
            let written = write(descriptor, records.baseAddress, records.count)
            let result = written < 0 ? -Int(errno) : written
            output.records.append(UnsafeRawBufferPointer(rebasing: records[max(written, 0)...]))
            return (result, records.count)
        }
        output.records.append(engine.output.bytes)
        let attempted = output.records.count
        let written = write(descriptor, output.records.bytes.baseAddress, attempted)
        guard written >= 0 else { return (-Int(errno), attempted) }
        output.records.consume(written)
        return (written, attempted)
    }

    /// Queues close_notify.
    func finishRecords(_ tls: TLSSession) {
        flags.insert(.sentCloseNotify)
        tls.finish()
        takeRecords(shard.engine)
    }
}
