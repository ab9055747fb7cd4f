import COpenSSL
import Glibc

/// One shard's side of OpenSSL: the window from which its sessions read records, and the block into which they write
/// them, one session at a time. A session therefore owns no buffers of its own.
///
/// Memory BIOs with the memory taken out: OpenSSL reads the socket's bytes where they lie, and what a whole turn
/// encrypts lies in one piece for one write.
final class TLSEngine {
    /// Ciphertext that the current session has not read yet.
    var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Records that the current session wrote.
    let output = ByteQueue()
    /// Decrypted bytes of the current session.
    let plain = UnsafeMutableRawBufferPointer.allocate(byteCount: 96 << 10, alignment: 16)
    /// Where pieces of output are put together before they are encrypted.
    let gather = UnsafeMutableRawBufferPointer.allocate(byteCount: TLSEngine.bytesPerTurn, alignment: 16)
    private let method: OpaquePointer

    /// Plain bytes encrypted for one connection in one turn: four records of the largest size.
    static let bytesPerTurn = 64 << 10
    private static let outputMemoryKept = 256 << 10

    init() {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "TwinHub shard")!
        BIO_meth_set_write(method) { bio, bytes, count in
            guard let bio, let bytes, count > 0 else { return 0 }
            TLSEngine.of(bio).output.append(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_read(method) { bio, bytes, count in
            guard let bio, let bytes, count > 0 else { return 0 }
            copenssl_bio_clear_retry(bio)
            return TLSEngine.of(bio).read(into: bytes, count: Int(count), bio: bio)
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }

    deinit {
        plain.deallocate()
        gather.deallocate()
        BIO_meth_free(method)
    }

    /// A BIO for a session's both directions, owned by the session.
    func makeBIO() -> OpaquePointer {
        let bio = BIO_new(method)!
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    func clearOutput() { output.clear(keeping: TLSEngine.outputMemoryKept) }

    private static func of(_ bio: OpaquePointer) -> TLSEngine {
        // The shard owns the engine and outlives its sessions.
        Unmanaged<TLSEngine>.fromOpaque(BIO_get_data(bio)!).takeUnretainedValue()
    }

    private func read(into bytes: UnsafeMutableRawPointer, count: Int, bio: OpaquePointer) -> Int32 {
        let length = min(count, input.count)
        guard length > 0 else {
            copenssl_bio_retry_read(bio)
            return -1
        }
        bytes.copyMemory(from: input.baseAddress!, byteCount: length)
        input = UnsafeRawBufferPointer(rebasing: input[length...])
        return Int32(length)
    }
}
