import JSON

/// A message that carries the mark of ``SecurityInterface``, read as far as its form is known. Reading never fails and
/// never changes the body: what cannot be read, or departs from the schema, is in the lint.
public struct SecurityMessage: Sendable {
    public let kind: Kind
    /// The envelope's `AgentId`; an RTOS agent's `security_module_id`, which all of them share.
    public let agentID: String?
    public let agentVersion: String?
    public let events: [SecurityEvent]
    /// At most ``maximumLint`` findings.
    public let lint: [MessageLint]
    /// Findings beyond those.
    public let lintLeftOut: Int
    /// The bytes as they came.
    public let body: [UInt8]
    /// What the events' payloads are places in: the body itself, or an RTOS agent's body written as JSON.
    public let text: [UInt8]

    /// A hostile body breaks a rule with every few of its bytes.
    public static let maximumLint = 256

    public enum Kind: String, Sendable {
        /// Envelope 1.0, of the classic and of custom agents.
        case envelope
        /// The RTOS agent's FlatBuffers.
        case flatBuffers
        /// The Linux micro agent's: its form is not published, so that only the message's properties can be read.
        case opaque
        /// It should be one of the above and is not; the lint says why.
        case unreadable
    }

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - mti: the message's property of that name, which says what the body is.
    ///   - sender: the security module whose connection it came by; nil for a device's own connection or another module's.
    public init(reading body: [UInt8], mti: String?, from sender: SecurityModule?) {
        let type = mti.flatMap(SecurityMessageType.init)
        var found: [MessageLint] = []
        if let mti, type == nil || type?.major != MicroSchema.major {
            found.append(
                MessageLint(
                    rule: .unknownMessageType, path: "mti", range: 0..<0, knownOf: nil,
                    detail:
                        "\(String(decoding: mti.utf8.prefix(Self.maximumExcerpt), as: UTF8.self)) is not <2>.<minor>-<encoding>-<source>-0"
                ))
        }
        if type?.encoding == .flatBuffers {
            self.init(flatBuffers: body, found)
        } else if sender == .micro && type?.encoding != .json {
            // A Linux agent's body may happen to be JSON; it is no envelope even so (defender.md section 9 no. 18).
            self.init(.opaque, body: body, lint: found)
        } else {
            self.init(envelope: body, found)
        }
    }

    /// Bytes of a foreign text that a finding repeats.
    static let maximumExcerpt = 60

    private init(flatBuffers body: [UInt8], _ found: [MessageLint]) {
        do {
            let read = try MicroBody(reading: body)
            let unknown = read.events.enumerated().compactMap { position, event in
                event.name == nil
                    ? MessageLint(
                        rule: .unknownEvent, path: "events[\(position)].payload_type", range: 0..<0, knownOf: nil) : nil
            }
            self.init(
                .flatBuffers, body: body, text: read.text, agent: (read.moduleID, read.moduleVersion),
                events: read.events, lint: found + unknown)
        } catch {
            let start = min(max(error.offset, 0), body.count)
            self.init(
                .unreadable, body: body,
                lint: found + [
                    MessageLint(
                        rule: .notFlatBuffers, path: "", range: start..<min(start + 4, body.count), knownOf: nil,
                        detail: error.description)
                ])
        }
    }

    private init(envelope body: [UInt8], _ found: [MessageLint]) {
        do {
            let read = SecurityEnvelope(reading: try JSONDocument(parsing: body).root)
            self.init(
                .envelope, body: body, agent: (read.agentID, read.agentVersion), events: read.events,
                lint: found + read.lint)
        } catch {
            let start = min(error.offset, body.count)
            self.init(
                .unreadable, body: body,
                lint: found + [
                    MessageLint(
                        rule: .notJSON, path: "", range: start..<min(start + 1, body.count), knownOf: nil,
                        detail: error.description)
                ])
        }
    }

    private init(
        _ kind: Kind, body: [UInt8], text: [UInt8]? = nil, agent: (id: String?, version: String?) = (nil, nil),
        events: [SecurityEvent] = [], lint: [MessageLint]
    ) {
        self.kind = kind
        self.body = body
        self.text = text ?? body
        (agentID, agentVersion) = agent
        self.events = events
        self.lint = Array(lint.prefix(Self.maximumLint))
        lintLeftOut = max(lint.count - Self.maximumLint, 0)
    }
}
