import Glibc
import HTTP
import Reactor
import Vocabulary

/// One `POST` on a connection of its own. On its shard.
final class WebhookExchange: ConnectionHandler {
    private var reader = HTTP1ResponseReader()
    private var status: Int?
    private var answer: ((_ failure: String?) -> Void)?
    private var deadline: ShardTimer?

    init(_ answer: @escaping (_ failure: String?) -> Void) { self.answer = answer }

    func expire(_ connection: Connection, on shard: Shard, afterMilliseconds delay: Int) {
        let timer = ShardTimer { [weak self] in
            self?.end("no answer within \(delay / 1000) s")
            connection.close()
        }
        deadline = timer
        shard.schedule(timer, afterMilliseconds: delay)
    }

    func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        do {
            let used = try reader.receive(bytes, take)
            // A server that goes on sending, or keeps the connection against `Connection: close`, is not waited for.
            guard answer == nil else { return used }
            connection.close()
            return bytes.count
        } catch {
            end(error.description)
            connection.close()
            return bytes.count
        }
    }

    func peerFinished(_ connection: Connection) {
        reader.finish(take)
        connection.close()
    }

    func closed(_ connection: Connection) {
        end(connection.tlsFailure ?? reason(connection.systemError))
        if let deadline { connection.shard.cancel(deadline) }
        deadline = nil
    }

    private func reason(_ number: Int32) -> String {
        number == 0 ? "the connection was closed" : SystemError.text(number)
    }

    private func take(_ event: HTTP1ResponseReader.Event) {
        switch event {
        case .head(let head): status = head.status
        case .body: break
        case .end: end(status.map { (200..<300).contains($0) ? nil : "it answered \($0)" } ?? "no answer")
        }
    }

    /// The first word counts.
    func end(_ failure: String?) {
        answer?(failure)
        answer = nil
    }
}
