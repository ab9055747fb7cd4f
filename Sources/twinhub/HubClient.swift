import Access
import Dispatch
import Emulator
import HTTP
import JSON
import Reactor
import Synchronization
import Vocabulary

/// Talks to a running server for one command: a request, an answer; blocking, since the command has nothing else to do.
struct HubClient {
    let report: ServerReport
    private let reactor: Reactor
    private let tls: TLSContext?

    struct Answer {
        var status: Int
        var body: [UInt8]
        var fields: [(name: String, value: String)] = []
        var json: JSONValue? { try? JSONDocument(parsing: body).root }

        /// A header field; nil where there is none.
        func field(_ name: String) -> String? {
            fields.first { $0.name.lowercased() == name }?.value
        }

        /// What the server says is wrong, for a person.
        var message: String { HubClient.message(in: body) ?? "the server answered \(status)" }
    }

    /// The sentence in a body that tells of an error; nil where it does not.
    static func message(in body: some Sequence<UInt8>) -> String? {
        guard let text = try? JSONDocument(parsing: Array(body)).root["Message"]?.string else { return nil }
        guard text.hasPrefix("ErrorCode:"), let semicolon = text.firstIndex(of: ";") else { return text }
        let sentence = text[text.index(after: semicolon)...]
        // Some of the real hub's say no more than whom they are about (`DeviceNotFound;d1`).
        return sentence.contains(" ") ? String(sentence) : "\(text[..<semicolon].dropFirst(10)): \(sentence)"
    }

    init(_ report: ServerReport) throws {
        self.report = report
        reactor = try Reactor(shards: 1)
        if let file = report.authorityFile {
            tls = try TLSContext(clientTrusting: file)
        } else {
            tls = report.tlsOnly ? try TLSContext(clientTrusting: nil) : nil
        }
    }

    /// The owner's token, where the server says what its keys are.
    var ownerToken: String? {
        guard let text = report.connectionString, let fields = ConnectionString(text) else { return nil }
        return fields.policyToken(lifetime: 3600, now: Environment.system.now())
    }

    /// How long a whole answer may take, in seconds.
    static let answerSeconds = 60

    /// Sends a request with the owner's token and waits for the whole answer.
    func send(
        _ method: String, _ path: String, fields: [(name: String, value: String)] = [], body: [UInt8] = [],
        within seconds: Int = answerSeconds
    ) throws -> Answer {
        let collected = Mutex<Answer>(Answer(status: 0, body: []))
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<String?>(nil)
        exchange(method, path, accept: "application/json", fields: fields, body: body) { event in
            switch event {
            case .head(let head): collected.withLock { ($0.status, $0.fields) = (head.status, head.fields) }
            case .body(let piece): collected.withLock { $0.body += piece }
            case .end: done.signal()
            }
        } failed: { reason in
            failure.withLock { $0 = reason }
            done.signal()
        }
        let isLate = done.wait(timeout: .now() + .seconds(seconds)) == .timedOut
        if let reason = isLate ? "no answer within \(seconds) s" : failure.withLock({ $0 }) {
            throw StartFailure("\(report.host):\(report.httpsPort): \(reason)")
        }
        return collected.withLock { $0 }
    }

    /// What stands at a path; throws the server's own words where nothing can be had.
    func get(_ path: String) throws -> JSONValue {
        let answer = try send("GET", path)
        guard answer.status == 200, let json = answer.json else { throw StartFailure(answer.message) }
        return json
    }

    /// As above; nil where there is nothing.
    func getIfThere(_ path: String) throws -> JSONValue? {
        let answer = try send("GET", path)
        if answer.status == 404 { return nil }
        guard answer.status == 200, let json = answer.json else { throw StartFailure(answer.message) }
        return json
    }

    /// The value of a metric without labels; 0 where there is none.
    func count(_ metric: String) throws -> UInt64 {
        let answer = try send("GET", "/metrics")
        guard answer.status == 200 else { throw StartFailure(answer.message) }
        for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix(metric + " ") { return UInt64(line.dropFirst(metric.count + 1)) ?? 0 }
        }
        return 0
    }

    /// A server that is there and will not serve this request however often it is asked.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// Follows a stream of server-sent events until it ends; each event goes to the callback.
    ///
    /// - Throws: `Refusal` where the request is wrong (a status of 400 to 499), `StartFailure` for what may pass.
    func follow(
        _ path: String, opened: @escaping @Sendable () -> Void = {},
        _ receive: @escaping @Sendable (EventLines.Event) -> Void
    ) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<String?>(nil)
        let refused = Mutex<Answer?>(nil)
        let lines = Mutex(EventLines())
        exchange("GET", path, accept: "text/event-stream", fields: [], body: []) { event in
            switch event {
            case .head(let head):
                if head.status == 200 {
                    opened()
                } else {
                    refused.withLock { $0 = Answer(status: head.status, body: []) }
                }
            case .body(let piece):
                let isRefused = refused.withLock { answer in
                    answer?.body += piece
                    return answer != nil
                }
                if isRefused { return }
                for event in lines.withLock({ $0.take(piece) }) { receive(event) }
            case .end: done.signal()
            }
        } failed: { reason in
            failure.withLock { $0 = $0 ?? reason }
            done.signal()
        }
        done.wait()
        if let answer = refused.withLock({ $0 }) {
            if (400..<500).contains(answer.status) { throw Refusal(description: answer.message) }
            throw StartFailure(answer.message)
        }
        if let reason = failure.withLock({ $0 }) { throw StartFailure("\(report.host):\(report.httpsPort): \(reason)") }
    }

    private func exchange(
        _ method: String, _ path: String, accept: String, fields: [(name: String, value: String)], body: [UInt8],
        event: @escaping @Sendable (HTTP1ResponseReader.Event) -> Void, failed: @escaping @Sendable (String) -> Void
    ) {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(report.host):\(report.httpsPort)\r\nAccept: \(accept)\r\n"
        if let ownerToken { head += "Authorization: \(ownerToken)\r\n" }
        for (name, value) in fields { head += "\(name): \(value.filter { !$0.isNewline })\r\n" }
        if !body.isEmpty || method != "GET" {
            head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        }
        head += "Connection: close\r\n\r\n"
        let request = Array(head.utf8) + body
        let (shard, tls, report) = (reactor.shards[0], tls, report)
        shard.post {
            let handler = ExchangeHandler(event: event, failed: failed)
            do throws(ReactorError) {
                try shard.connect(to: report.host, port: report.httpsPort, tls: tls, handler: handler).send(request)
            } catch {
                failed(error.description)
            }
        }
    }
}

/// One exchange on its connection.
private final class ExchangeHandler: ConnectionHandler {
    private var reader = HTTP1ResponseReader()
    private let event: (HTTP1ResponseReader.Event) -> Void
    private let failed: (String) -> Void
    private var isOver = false

    init(event: @escaping (HTTP1ResponseReader.Event) -> Void, failed: @escaping (String) -> Void) {
        self.event = event
        self.failed = failed
    }

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        do {
            return try reader.receive(bytes, pass)
        } catch {
            fail(error.description)
            connection.close()
            return bytes.count
        }
    }

    func peerFinished(_ connection: Connection) {
        reader.finish(pass)
        connection.close()
    }

    func closed(_ connection: Connection) {
        fail(
            connection.tlsFailure
                ?? (connection.systemError == 0
                    ? "the connection was closed" : SystemError.text(connection.systemError)))
    }

    private func pass(_ next: HTTP1ResponseReader.Event) {
        if case .end = next { isOver = true }
        event(next)
    }

    private func fail(_ reason: String) {
        guard !isOver else { return }
        isOver = true
        failed(reason)
    }
}
