import CNGHTTP2
import Glibc

/// Memory for libnghttp2's objects in the sessions of one shard. The library makes and ends several for every request,
/// all of a turn's at once, which is more than the C library sets aside for a thread: pieces that come back wait here by
/// their size, and are given out again without locks and without a look at their neighbours.
///
/// As dense as the C library's: 8 bytes beside a piece, sizes in steps of 16. What the busiest moment took is kept.
final class HTTP2Memory {
    /// Longer pieces are the C library's: tables and buffers, which are made once for a connection.
    private static let longest = 1024
    private static let step = 16
    private static let slabBytes = 64 << 10
    /// In front of each piece: how many steps it takes, 0 where it is the C library's.
    private static let headerBytes = 8

    /// The first of each size that waits; each holds the address of the next.
    private let waiting: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private var slabs: [UnsafeMutableRawPointer] = []
    /// What of the newest slab has never been given out.
    private var rest = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init() {
        let sizes = Self.longest / Self.step + 1
        waiting = .allocate(capacity: sizes)
        waiting.initialize(repeating: nil, count: sizes)
    }

    deinit {
        for slab in slabs { Glibc.free(slab) }
        waiting.deallocate()
    }

    /// What the library calls; valid as long as this is.
    var functions: nghttp2_mem {
        nghttp2_mem(
            mem_user_data: Unmanaged.passUnretained(self).toOpaque(),
            malloc: { bytes, memory in HTTP2Memory.with(memory) { $0.allocate(bytes) } },
            free: { piece, memory in HTTP2Memory.with(memory) { $0.free(piece) } },
            calloc: { count, size, memory in
                let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: size)
                guard !isTooMuch else { return nil }
                return HTTP2Memory.with(memory) { $0.allocate(bytes) }.map { memset($0, 0, bytes) }
            },
            realloc: { piece, bytes, memory in HTTP2Memory.with(memory) { $0.reallocate(piece, bytes) } })
    }

    /// The session that asks holds the memory.
    @inline(__always)
    private static func with<Result>(_ memory: UnsafeMutableRawPointer?, _ body: (HTTP2Memory) -> Result) -> Result {
        Unmanaged<HTTP2Memory>.fromOpaque(memory!)._withUnsafeGuaranteedRef(body)
    }

    func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
        guard bytes <= Self.longest - Self.headerBytes else {
            // Two headers' length, so that the piece begins where the C library's would (at a multiple of 16).
            guard let made = malloc(bytes + 2 * Self.headerBytes) else { return nil }
            return Self.piece(in: made + Self.headerBytes, steps: 0)
        }
        let steps = (bytes + Self.headerBytes + Self.step - 1) / Self.step
        guard let piece = waiting[steps] else { return cut(steps) }
        waiting[steps] = piece.load(as: UnsafeMutableRawPointer?.self)
        return piece
    }

    func free(_ piece: UnsafeMutableRawPointer?) {
        guard let piece else { return }
        let steps = Self.steps(of: piece)
        guard steps > 0 else { return Glibc.free(piece - 2 * Self.headerBytes) }
        piece.storeBytes(of: waiting[steps], as: UnsafeMutableRawPointer?.self)
        waiting[steps] = piece
    }

    func reallocate(_ piece: UnsafeMutableRawPointer?, _ bytes: Int) -> UnsafeMutableRawPointer? {
        guard let piece else { return allocate(bytes) }
        let steps = Self.steps(of: piece)
        guard steps > 0 else {
            guard let made = realloc(piece - 2 * Self.headerBytes, bytes + 2 * Self.headerBytes) else { return nil }
            return made + 2 * Self.headerBytes
        }
        let room = steps * Self.step - Self.headerBytes
        guard bytes > room else { return piece }
        guard let made = allocate(bytes) else { return nil }
        made.copyMemory(from: piece, byteCount: room)
        free(piece)
        return made
    }

    /// A piece that has never been given out.
    private func cut(_ steps: Int) -> UnsafeMutableRawPointer? {
        let bytes = steps * Self.step
        if rest.count < bytes {
            guard let slab = malloc(Self.slabBytes) else { return nil }
            slabs.append(slab)
            // A piece begins behind its header, at a multiple of 16.
            rest = UnsafeMutableRawBufferPointer(start: slab, count: Self.slabBytes)
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[Self.headerBytes...])
        }
        let piece = Self.piece(in: rest.baseAddress!, steps: steps)
        rest = UnsafeMutableRawBufferPointer(rebasing: rest[bytes...])
        return piece
    }

    private static func piece(in memory: UnsafeMutableRawPointer, steps: Int) -> UnsafeMutableRawPointer {
        memory.storeBytes(of: steps, as: Int.self)
        return memory + headerBytes
    }

    private static func steps(of piece: UnsafeMutableRawPointer) -> Int {
        (piece - headerBytes).load(as: Int.self)
    }
}
