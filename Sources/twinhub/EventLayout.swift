import Glibc
import JSON
import Vocabulary

/// An event for back ends as a person reads it: a line with time, source and device, the properties, the body indented.
struct EventLayout: Sendable {
    let isColoured: Bool

    /// Whether standard output is a terminal whose owner has nothing against colours (no-color.org).
    static var terminalTakesColour: Bool {
        let refusal = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
        return refusal.isEmpty && isatty(STDOUT_FILENO) == 1
    }

    private enum Colour: String {
        case dim = "2"
        case time = "36"
        case device = "1"
        case telemetry = "32"
        case twin = "33"
        case lifecycle = "35"
        case connection = "34"
    }

    /// System properties that the first line says already, or that nobody reads in passing.
    private static let unshown: Set<String> = [
        "iothub-connection-device-id", "iothub-connection-module-id", "iothub-enqueuedtime", "iothub-message-source",
        "iothub-connection-auth-method", "iothub-connection-auth-generation-id", "user-id", "correlation-id",
    ]
    /// Application properties that the first line says already.
    private static let said: Set<String> = [
        "hubName", "deviceId", "moduleId", "operationTimestamp", "iothub-message-schema", "opType",
    ]

    func text(of event: JSONValue) -> String {
        let source = event["source"]?.string ?? ""
        let device = event["deviceId"]?.string ?? ""
        let module = event["moduleId"]?.string.map { "/" + $0 } ?? ""
        let properties = event["properties"]
        let operation = source == "deviceMessages" ? nil : properties?["opType"]?.string
        var text = paint(event["enqueuedTime"]?.string ?? "", .time) + "  "
        text += paint(Self.safe(device + module), .device) + "  " + paint(operation ?? source, colour(source))
        text += paint(Self.destination(event), .dim) + "\n"
        let hidden = operation == nil ? [] : Self.said
        text += list(event["systemProperties"], without: Self.unshown)
        text += list(properties, without: hidden)
        if let body = event["body"] {
            text += "  " + Self.indented(body, "  ") + "\n"
        } else if let base64 = event["bodyBase64"]?.string {
            text += "  " + Self.body(base64) + "\n"
        }
        return text + "\n"
    }

    /// Where routes have sent it, unless that is where everything goes without them.
    private static func destination(_ event: JSONValue) -> String {
        guard let endpoints = event["endpoints"]?.elements.compactMap(\.string), endpoints != ["events"] else {
            return ""
        }
        return endpoints.isEmpty ? "  to no endpoint" : "  to " + endpoints.joined(separator: ", ")
    }

    private func colour(_ source: String) -> Colour {
        switch source {
        case "deviceMessages": .telemetry
        case "twinChangeEvents": .twin
        case "deviceLifecycleEvents": .lifecycle
        default: .connection
        }
    }

    private func list(_ properties: JSONValue?, without hidden: Set<String>) -> String {
        var text = ""
        for (name, value) in properties?.members.map({ $0 }) ?? [] where !hidden.contains(name) {
            text += paint("  \(Self.safe(name)): \(Self.safe(value.string ?? ""))", .dim) + "\n"
        }
        return text
    }

    private func paint(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Bytes that nobody called JSON, as text where they are text.
    private static func body(_ base64: String) -> String {
        guard let bytes = Base64.decode(base64.utf8) else { return base64 }
        if bytes.isEmpty { return "(empty)" }
        guard let text = String(validating: bytes, as: UTF8.self), text == safe(text) else {
            return "\(bytes.count) bytes: \(base64)"
        }
        return text
    }

    /// What devices send is not to move the cursor or change a terminal's settings.
    private static func safe(_ text: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            safe.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(safe)
    }

    /// The value with a member or element a line; what is empty stays on one. Escapes stay as they were sent, so that
    /// nothing reaches the terminal but what JSON allows between quotes.
    private static func indented(_ value: JSONValue, _ margin: String) -> String {
        let inner = margin + "  "
        var lines: [String] = []
        switch value.kind {
        case .object:
            for (name, member) in value.members {
                var key: [UInt8] = []
                JSONText.appendQuoted(name, to: &key)
                lines.append(inner + safe(String(decoding: key, as: UTF8.self)) + ": " + indented(member, inner))
            }
        case .array:
            for element in value.elements { lines.append(inner + indented(element, inner)) }
        default: return safe(String(decoding: value.raw, as: UTF8.self))
        }
        let (open, close) = value.kind == .object ? ("{", "}") : ("[", "]")
        return lines.isEmpty ? open + close : open + "\n" + lines.joined(separator: ",\n") + "\n" + margin + close
    }
}
