import JSON

/// A message that carries the mark of ``SecurityInterface``, read as far as its form is known. Reading never fails and
/// never changes the body: what cannot be read, or departs from the schema, is in the lint.
public struct SecurityMessage: Sendable {
    public let kind: Kind
    /// The envelope's `AgentId`; an RTOS agent's `security_module_id`, which all of them share.
    public let agentID: String?
    public let agentVersion: String?
    public let events: [SecurityEvent]
    public let lint: LintList
    /// The bytes as they came.
    public let body: [UInt8]
    /// What the events' payloads are places in: the body itself, or an RTOS agent's body written as JSON.
    public let text: [UInt8]

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
        var found = LintList()
        if let mti, type == nil || type?.major != MicroSchema.major {
            let excerpt = String(decoding: mti.utf8.prefix(Self.maximumExcerpt), as: UTF8.self)
            let form = "<\(MicroSchema.major)>.<minor>-<encoding>-<source>-0"
            found.add(.unknownMessageType, "mti", at: 0..<0, detail: "\(excerpt) is not \(form)")
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

    private init(flatBuffers body: [UInt8], _ found: LintList) {
        var found = found
        do {
            let read = try MicroBody(reading: body)
            for (position, event) in read.events.enumerated() where event.name == nil {
                found.add(.unknownEvent, "events[\(position)].payload_type", at: 0..<0)
            }
            self.init(
                .flatBuffers, body: body, text: read.text, agent: (read.moduleID, read.moduleVersion),
                events: read.events, lint: found)
        } catch {
            let start = min(max(error.offset, 0), body.count)
            found.add(.notFlatBuffers, "", at: start..<min(start + 4, body.count), detail: error.description)
            self.init(.unreadable, body: body, lint: found)
        }
    }

    private init(envelope body: [UInt8], _ found: LintList) {
        var found = found
        do {
            let read = SecurityEnvelope(reading: try JSONDocument(parsing: body).root, after: found)
            self.init(
                .envelope, body: body, agent: (read.agentID, read.agentVersion), events: read.events, lint: read.lint)
        } catch {
            let start = min(error.offset, body.count)
            found.add(.notJSON, "", at: start..<min(start + 1, body.count), detail: error.description)
            self.init(.unreadable, body: body, lint: found)
        }
    }

    private init(
        _ kind: Kind, body: [UInt8], text: [UInt8]? = nil, agent: (id: String?, version: String?) = (nil, nil),
        events: [SecurityEvent] = [], lint: LintList
    ) {
        self.kind = kind
        self.body = body
        self.text = text ?? body
        (agentID, agentVersion) = agent
        self.events = events
        self.lint = lint
    }
}
