import Dispatch
import HTTP
import JSON
import Reactor
import Routing
import Synchronization

/// A web server that takes messages by `POST`, as one JSON array; any 2xx is that it has them.
final class WebhookTarget: DeliveryTarget {
    /// How long a server may take for the whole of an exchange, in milliseconds.
    private static let answerMilliseconds = 30_000

    private let address: WebhookAddress
    private let shard: Shard
    /// Nil for plain HTTP.
    private let tls: TLSContext?
    /// Names are looked up here, since that waits.
    private let queue: DispatchQueue

    /// Attempts that failed: each next one goes to another address of the name, while one that answers is kept to.
    private let failures = Atomic(0)

    /// - Throws: what stands against a TLS context.
    init(_ address: WebhookAddress, named name: String, on shard: Shard) throws(TLSError) {
        self.address = address
        self.shard = shard
        tls = address.isSecure ? try TLSContext(clientTrusting: nil) : nil
        queue = DispatchQueue(label: "twinhub.webhook.\(name)", qos: .utility)
    }

    func deliver(_ messages: [RoutedMessage], then answer: @escaping @Sendable (DeliveryFailure?) -> Void) {
        var body = JSONWriter()
        body.beginArray()
        for message in messages { message.write(to: &body) }
        body.endArray()
        let request = Array(head(body.bytes.count).utf8) + body.bytes
        queue.async { self.post(request, answer) }
    }

    private func post(_ request: [UInt8], _ answer: @escaping @Sendable (DeliveryFailure?) -> Void) {
        let hosts = HostAddresses.of(address.host)
        guard !hosts.isEmpty else {
            return answer(DeliveryFailure(reason: "\(address): there is no host of this name"))
        }
        let host = hosts[failures.load(ordering: .relaxed) % hosts.count]
        shard.post { [self] in
            let exchange = WebhookExchange { [self] failure in
                if failure != nil { failures.wrappingAdd(1, ordering: .relaxed) }
                answer(failure.map { DeliveryFailure(reason: "\(address): \($0)") })
            }
            do throws(ReactorError) {
                let connection = try shard.connect(
                    to: host, port: address.port, tls: tls, serverName: address.host, handler: exchange)
                connection.send(request)
                exchange.expire(connection, on: shard, afterMilliseconds: Self.answerMilliseconds)
            } catch {
                exchange.end("\(error)")
            }
        }
    }

    private func head(_ length: Int) -> String {
        """
        POST \(address.path) HTTP/1.1\r
        Host: \(address.authority)\r
        Content-Type: application/json; charset=utf-8\r
        Content-Length: \(length)\r
        User-Agent: TwinHub\r
        Connection: close\r
        \r

        """
    }
}
