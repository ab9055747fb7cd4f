@testable import HTTP

/// What the client's side makes of a connection's bytes.
struct ReadAnswers {
    struct Answer: Hashable {
        var status = 0
        var fields: [String: String] = [:]
        var body = ""
        var isComplete = false
    }

    /// The answers that the bytes hold, which arrive in pieces of this size; where the peer closes behind them, it says so.
    static func read(
        _ bytes: [UInt8], pieces size: Int = .max, expectsNoBody: Bool = false, closes: Bool = false
    ) throws(HTTP1ResponseReader.Malformed) -> [Answer] {
        var reader = HTTP1ResponseReader()
        reader.expectsNoBody = expectsNoBody
        var answers: [Answer] = []
        func hear(_ event: HTTP1ResponseReader.Event) {
            switch event {
            case .head(let head):
                let fields = Dictionary(head.fields.map { ($0.name, $0.value) }) { first, _ in first }
                answers.append(Answer(status: head.status, fields: fields))
            case .body(let piece): answers[answers.count - 1].body += String(decoding: piece, as: UTF8.self)
            case .end: answers[answers.count - 1].isComplete = true
            }
        }
        var kept: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            kept += rest.prefix(size)
            rest = rest.dropFirst(size)
            let outcome = kept.withUnsafeBytes { kept in
                Result { () throws(HTTP1ResponseReader.Malformed) in try reader.receive(kept, hear) }
            }
            kept.removeFirst(try outcome.get())
        }
        if closes { reader.finish(hear) }
        return answers
    }
}
