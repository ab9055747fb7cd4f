import Dispatch
import Glibc
import HTTP
import JSON
import Reactor
import Routing

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
        queue.async { [address, shard, tls] in
            guard let host = Self.resolve(address.host) else {
                return answer(DeliveryFailure(reason: "\(address): there is no host of this name"))
            }
            shard.post {
                let exchange = WebhookExchange { failure in
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

    /// A literal is its own address. The first address of a name is as good as any other.
    private static func resolve(_ host: String) -> String? {
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &wanted, &found) == 0, let first = found else { return nil }
        defer { freeaddrinfo(found) }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
