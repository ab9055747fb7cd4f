import CZlib

/// The gzip content coding (RFC 9110 section 8.4.1.3, RFC 1952).
public enum Gzip {
    private static let piece = 64 << 10

    /// The compressed form; nil where zlib has no memory for it, and the plain form is sent.
    public static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // The fastest level: answers are small and made while a client waits.
        guard czlib_deflate_init_gzip(&stream, 1) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return input.withUnsafeMutableBufferPointer { input -> [UInt8]? in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            var isComplete = false
            let output = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = output.count - Int(stream.avail_out)
            }
            return isComplete ? output : nil
        }
    }

    /// The plain form of a request's body, which may be no more than `limits.inflationFactor` times its compressed form:
    /// 413 where it would be longer than that or than `limit`, 400 where it is not gzip.
    public static func decompress(
        _ compressed: [UInt8], limit: Int, _ limits: HTTPLimits
    ) throws(HTTPFailure) -> [UInt8] {
        try decompress(compressed, limit: min(limit, max(compressed.count, 1) * limits.inflationFactor))
    }

    /// The plain form of a request's body. 413 where it would be longer than `limit`, 400 where it is not gzip.
    public static func decompress(_ compressed: [UInt8], limit: Int) throws(HTTPFailure) -> [UInt8] {
        var stream = z_stream()
        guard czlib_inflate_init_gzip(&stream) == Z_OK else {
            throw HTTPFailure(503, "There is no memory to decompress.")
        }
        defer { inflateEnd(&stream) }
        var input = compressed
        let outcome = input.withUnsafeMutableBufferPointer { input -> Result<[UInt8], HTTPFailure> in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            return Result { () throws(HTTPFailure) in try inflateAll(&stream, limit: limit) }
        }
        return try outcome.get()
    }

    private static func inflateAll(_ stream: inout z_stream, limit: Int) throws(HTTPFailure) -> [UInt8] {
        let damaged = HTTPFailure(400, "The body is not valid gzip.")
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: piece)
        while true {
            let (status, count) = buffer.withUnsafeMutableBufferPointer { buffer -> (Int32, Int) in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                let status = inflate(&stream, Z_NO_FLUSH)
                return (status, buffer.count - Int(stream.avail_out))
            }
            guard output.count + count <= limit else {
                throw HTTPFailure(413, "The body is longer than \(limit) bytes.")
            }
            output.append(contentsOf: buffer[..<count])
            if status == Z_STREAM_END {
                guard stream.avail_in == 0 else { throw damaged }
                return output
            }
            guard status == Z_OK, count > 0 || stream.avail_in > 0 else { throw damaged }
        }
    }
}
