/// An error that a caller sees, in the hub's own terms. One table (`Endpoints`) turns it into an HTTP answer; other
/// protocols render the same value in their way. No handler writes an error body by hand.
public struct HubError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its number says the HTTP status.
    public var code: ErrorCode
    /// The text behind the error's name; never empty, since clients split the message there (rest.md section 4.2).
    public var text: String
    /// How the HTTP answer is shaped (rest.md section 4.1).
    public var envelope: Envelope
    /// E3's `info` member as JSON text; nil leaves it out.
    public var info: String?

    /// The forms of rest.md section 4.1.
    public enum Envelope: Hashable, Sendable {
        /// E1: `{"Message":"ErrorCode:<Name>;<text>","ExceptionMessage":"Tracking ID:…"}`.
        case registry
        /// E1 without the `-G:<n>` part, as twin errors have it.
        case twin
        /// E2: `{"errorCode":…,"trackingId":…,"message":…,"timestampUtc":…}`.
        case numeric
        /// E3: E2 as a JSON string inside E1's `Message`.
        case nested
    }

    public init(_ code: ErrorCode, _ text: String = "BadRequest", envelope: Envelope = .registry, info: String? = nil) {
        self.code = code
        self.text = text.isEmpty ? code.name.description : text
        self.envelope = envelope
        self.info = info
    }

    public var description: String { "\(code.name) (\(code.number)): \(text)" }
}
