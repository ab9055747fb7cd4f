import Endpoints
import HTTP

/// A request's body on its way to a sink: takes its framing off, and keeps it within the sink's limit.
final class StreamedBody {
    private enum Framing {
        case length(left: Int)
        case chunked(ChunkedDecoder, taken: Int)
        /// The framing is the connection's, which says when the body ends.
        case connection(taken: Int)
    }

    let sink: any BodySink
    private var framing: Framing
    /// Nothing more is read until the sink has caught up.
    var isPaused = false

    init(_ framing: HTTP1Parser.Framing, into sink: any BodySink) {
        self.sink = sink
        if case .length(let length) = framing { isTooLarge = length > sink.limit } else { isTooLarge = false }
        switch framing {
        case .none: self.framing = .length(left: 0)
        case .length(let length): self.framing = .length(left: length)
        case .chunked: self.framing = .chunked(ChunkedDecoder(), taken: 0)
        }
    }

    /// A body that comes without framing of its own, perhaps with its length announced.
    init(announced length: Int?, into sink: any BodySink) {
        self.sink = sink
        framing = .connection(taken: 0)
        isTooLarge = length.map { $0 > sink.limit } ?? false
    }

    /// Whether it is known to be longer than the sink takes.
    let isTooLarge: Bool

    /// Whether its own framing says that it has ended.
    var isComplete: Bool {
        switch framing {
        case .length(let left): left == 0
        case .chunked(let decoder, _): decoder.isDone
        case .connection: false
        }
    }

    /// Takes what belongs to the body; answers how many bytes that was. Throws 413 where the body turns out to be longer
    /// than the sink's limit.
    func take(_ bytes: UnsafeRawBufferPointer, _ limits: HTTPLimits) throws(HTTPFailure) -> Int {
        switch framing {
        case .length(let left):
            let count = min(left, bytes.count)
            framing = .length(left: left - count)
            pass(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            return count
        case .chunked(var decoder, let taken):
            var piece: [UInt8] = []
            let used = try decoder.decode(bytes, into: &piece, bodyLimit: sink.limit - taken, limits)
            framing = .chunked(decoder, taken: taken + piece.count)
            piece.withUnsafeBytes { pass($0) }
            return used
        case .connection(let taken):
            guard bytes.count <= sink.limit - taken else { throw .tooLarge(sink.limit) }
            framing = .connection(taken: taken + bytes.count)
            pass(bytes)
            return bytes.count
        }
    }

    private func pass(_ piece: UnsafeRawBufferPointer) {
        guard !piece.isEmpty else { return }
        isPaused = !sink.take(piece) && !isComplete
    }
}
