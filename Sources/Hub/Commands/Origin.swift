import Vocabulary

/// Who caused a command, and by which way it came; kept in its events.
public struct Origin: Hashable, Sendable {
    /// As `Principal` describes itself: `policy iothubowner`, `device d1`, …
    public var principal: String
    public var requestID: RequestID
    /// Empty where the way has none.
    public var apiVersion: String
    /// `http`, `mqtt`, or `hub` for what TwinHub does by itself.
    public var transport: String

    public init(principal: String, requestID: RequestID, apiVersion: String = "", transport: String) {
        self.principal = principal
        self.requestID = requestID
        self.apiVersion = apiVersion
        self.transport = transport
    }
}
