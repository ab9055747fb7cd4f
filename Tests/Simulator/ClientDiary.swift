import Access
import MQTT
import Reactor
import Simulator
import TestSupport
import Vocabulary

/// Writes down what a client tells its owner, and does what a test says on the way.
final class ClientDiary: ClientObserver {
    let lines: Box<[String]>
    private let react: (SimulatedClient, String) -> Void

    init(_ lines: Box<[String]>, _ react: @escaping (SimulatedClient, String) -> Void) {
        self.lines = lines
        self.react = react
    }

    func client(_ client: SimulatedClient, _ notice: ClientNotice) {
        let line = Self.line(notice)
        lines.update { $0.append(line) }
        react(client, line)
    }

    private static func line(_ notice: ClientNotice) -> String {
        switch notice {
        case .ready(let isSessionPresent): "ready\(isSessionPresent ? " again" : "")"
        case .published: "published"
        case .twin(let status, let requestID, let version, let body):
            "twin \(status) \(text(requestID)) \(version.map(String.init) ?? "-") \(text(body))"
        case .desired(let version, _): "desired \(version)"
        case .method(let name, let requestID, _): "method \(text(name)) \(text(requestID))"
        case .message(let topic, let body): "message \(text(topic)) \(text(body))"
        case .wrong(let reason): "wrong: \(reason)"
        case .lost: "lost"
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ClientIdentity {
    static let key = SymmetricKey.generate(.system)

    static func module(_ name: String) -> ClientIdentity {
        .hub(TwinID(trusted: "d1/\(name)"), key: key)
    }
}
