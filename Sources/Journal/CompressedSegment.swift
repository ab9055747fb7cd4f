import CZlib
import Glibc

/// A segment that a snapshot covers, compressed for those who read history.
///
/// The file is a row of gzip members (RFC 1952 section 2.2), each about a mebibyte of whole lines, so that `zcat` reads
/// it and a reader in the middle unpacks no more than it needs. An extra field in each member's header (section 2.3.1.1),
/// `TH`, says which sequence the member begins with and how long it is, packed and unpacked: three little-endian
/// 64-bit numbers.
struct CompressedSegment {
    struct Member {
        var firstSequence: UInt64
        var offset: Int
        var packedCount: Int
        var count: Int
    }

    static let memberBytes = 1 << 20
    /// Fixed header, XLEN, subfield id and length, three numbers.
    static let headerBytes = 10 + 2 + 4 + 24
    /// No member unpacks to more than this; a longer one was not written by us.
    static let memberLimit = 1 << 30

    let name: String
    let file: LogBytes

    init(_ number: Int, in folder: LogFolder) throws(LogFailure) {
        name = LogFolder.compressed(number)
        file = try folder.map(name)
    }

    /// The member whose header is at `offset`; nil at the end. Throws where no header of ours is there.
    func member(at offset: Int) throws(LogFailure) -> Member? {
        guard offset < file.bytes.count else { return nil }
        guard offset + Self.headerBytes <= file.bytes.count, file.bytes[offset] == 0x1F, file.bytes[offset + 1] == 0x8B,
            file.bytes[offset + 3] == 4, file.bytes[offset + 12] == UInt8(ascii: "T"),
            file.bytes[offset + 13] == UInt8(ascii: "H")
        else { throw damage("no compressed member begins at byte \(offset)") }
        func number(_ index: Int) -> UInt64 {
            UInt64(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset + 16 + 8 * index, as: UInt64.self))
        }
        guard let packed = Int(exactly: number(1)), let count = Int(exactly: number(2)), packed > Self.headerBytes,
            packed <= file.bytes.count - offset, count <= Self.memberLimit
        else { throw damage("the member at byte \(offset) is cut off") }
        return Member(firstSequence: number(0), offset: offset, packedCount: packed, count: count)
    }

    /// All members' places.
    func members() throws(LogFailure) -> [Member] {
        var found: [Member] = []
        var offset = 0
        while let member = try member(at: offset) {
            found.append(member)
            offset += member.packedCount
        }
        return found
    }

    /// A member's text. zlib checks the member's own checksum.
    func text(of member: Member) throws(LogFailure) -> LogBytes {
        var written = -1
        let text = LogBytes(capacity: member.count) { memory in
            var stream = z_stream()
            guard czlib_inflate_init_gzip(&stream) == Z_OK else { return 0 }
            defer { inflateEnd(&stream) }
            let packed = file.bytes.baseAddress! + member.offset
            stream.next_in = UnsafeMutablePointer(mutating: packed.assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(clamping: member.packedCount)
            stream.next_out = memory.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(clamping: member.count)
            if inflate(&stream, Z_FINISH) == Z_STREAM_END { written = Int(stream.total_out) }
            return max(written, 0)
        }
        guard written == member.count else { throw damage("the member at byte \(member.offset) does not unpack") }
        return text
    }

    /// zlib's fastest: a busy hub fills segments by the second, and what the thorough levels save costs it as much as the writing.
    private static let level: Int32 = 1

    /// Packs whole lines into one member and appends it.
    static func pack(
        _ text: UnsafeRawBufferPointer, firstSequence: UInt64, to output: inout [UInt8]
    ) throws(LogFailure) {
        var stream = z_stream()
        guard czlib_deflate_init_gzip(&stream, Self.level) == Z_OK else {
            throw .unusable(path: "zlib", reason: "cannot be started")
        }
        defer { deflateEnd(&stream) }
        var extra: [UInt8] = [UInt8(ascii: "T"), UInt8(ascii: "H"), 24, 0]
        for number in [firstSequence, 0, UInt64(text.count)] {
            withUnsafeBytes(of: number.littleEndian) { extra.append(contentsOf: $0) }
        }
        let start = output.count
        let bound = Int(deflateBound(&stream, UInt(text.count))) + extra.count + 64
        var outcome = Z_OK
        let packed = [UInt8](unsafeUninitializedCapacity: bound) { memory, count in
            extra.withUnsafeMutableBufferPointer { extra in
                var header = gz_header()
                header.extra = extra.baseAddress
                header.extra_len = UInt32(extra.count)
                header.os = 3
                withUnsafeMutablePointer(to: &header) { header in
                    deflateSetHeader(&stream, header)
                    stream.next_in = UnsafeMutablePointer(
                        mutating: text.baseAddress?.assumingMemoryBound(to: UInt8.self))
                    stream.avail_in = UInt32(clamping: text.count)
                    stream.next_out = memory.baseAddress
                    stream.avail_out = UInt32(clamping: bound)
                    outcome = deflate(&stream, Z_FINISH)
                }
            }
            count = Int(stream.total_out)
        }
        guard outcome == Z_STREAM_END else { throw .unusable(path: "zlib", reason: "cannot pack \(text.count) bytes") }
        output.append(contentsOf: packed)
        withUnsafeBytes(of: UInt64(packed.count).littleEndian) {
            output.replaceSubrange(start + 24..<start + 32, with: $0)
        }
    }

    func damage(_ reason: String, line: Int = 1) -> LogFailure {
        .damaged(LogDamage(file: name, line: line, reason: reason))
    }
}
