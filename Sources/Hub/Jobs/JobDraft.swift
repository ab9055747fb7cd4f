import JSON
import Vocabulary

/// A job as somebody asks for it, checked (rest.md section 12).
public struct JobDraft: Sendable {
    /// How far ahead a job may be scheduled, in seconds: 168 hours.
    public static let farthestStartSeconds = 168 * 3600.0
    /// Where a request does not say how long it may run; what Node sends.
    public static let defaultSeconds = 3600
    /// What the hub puts before a condition, to make a query of it.
    public static let conditionPrefix = "SELECT * FROM devices WHERE "
    /// Of the query that this makes, in characters (query.md section 1).
    public static let queryCharacters = 8_192

    public let id: JobID
    public let work: JobWork
    /// Behind WHERE, or `*`. Not read yet: a condition that is none is accepted, and its job fails later.
    public let condition: String
    /// Nil is now.
    public let start: Timestamp?
    public let seconds: Int

    /// Reads the body of a PUT.
    public init(_ id: JobID, _ body: JSONValue, at now: Timestamp) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        if let other = body["jobId"], !other.isNull, other.string != id.description {
            throw HubError(.argumentInvalid, "'jobId' is not the one in the path.")
        }
        self.id = id
        work = try JobWork(body)
        guard let condition = body["queryCondition"]?.string, !condition.isEmpty else {
            throw HubError(.argumentNull, "'queryCondition' is missing; '*' stands for all devices.")
        }
        guard Self.conditionPrefix.count + condition.count <= Self.queryCharacters else {
            throw HubError(
                .preconditionFailed, "The query of the job is longer than \(Self.queryCharacters) characters.")
        }
        self.condition = condition
        start = try Self.start(body["startTime"], now)
        seconds = try Self.seconds(body["maxExecutionTimeInSeconds"])
    }

    private static func start(_ value: JSONValue?, _ now: Timestamp) throws(HubError) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string, let time = Timestamp(text) ?? Timestamp(withOffset: text) else {
            throw HubError(.argumentInvalid, "'startTime' is not a time in ISO 8601.")
        }
        guard time <= now.adding(seconds: farthestStartSeconds) else {
            throw HubError(.argumentInvalid, "'startTime' is more than 168 hours ahead.")
        }
        return time > now ? time : nil
    }

    private static func seconds(_ value: JSONValue?) throws(HubError) -> Int {
        guard let value, !value.isNull else { return defaultSeconds }
        guard let seconds = value.int.flatMap(Int32.init(exactly:)), seconds > 0 else {
            throw HubError(.argumentInvalid, "'maxExecutionTimeInSeconds' is a whole number of at least 1.")
        }
        return Int(seconds)
    }
}

extension Timestamp {
    /// A time with an offset in place of `Z`, as .NET writes a local one: `2026-01-01T02:00:00+02:00`.
    fileprivate init?(withOffset text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count > 6, bytes[bytes.count - 3] == UInt8(ascii: ":") else { return nil }
        let sign = bytes[bytes.count - 6]
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let local = Timestamp(text.dropLast(6)),
            let hours = Int(text.suffix(5).prefix(2)), let minutes = Int(text.suffix(2)), hours < 15, minutes < 60
        else { return nil }
        let seconds = Double(hours * 3600 + minutes * 60)
        self = local.adding(seconds: sign == UInt8(ascii: "+") ? -seconds : seconds)
    }
}
