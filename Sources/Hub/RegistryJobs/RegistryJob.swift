import Vocabulary

/// An import or export of the registry (rest.md section 13).
public struct RegistryJob: Sendable {
    public let id: RegistryJobID
    public let draft: RegistryJobDraft
    public let created: Timestamp
    public internal(set) var phase: Phase = .enqueued
    /// Of an import: lines of its blobs that have been taken in.
    public internal(set) var lines = Progress()
    /// What was wrong with some of them, the first of them all; kept until the import has ended and its log is written.
    public internal(set) var errors: [ImportError] = []
    /// How many more there were.
    public internal(set) var moreErrors = 0

    /// How far an import has come with either of its blobs, in lines.
    public struct Progress: Hashable, Sendable {
        public var devices = 0
        /// Begun when the devices are all there.
        public var configurations = 0

        public init(devices: Int = 0, configurations: Int = 0) {
            self.devices = devices
            self.configurations = configurations
        }
    }

    public enum Phase: Sendable {
        case enqueued
        case running(since: Timestamp)
        case ended(JobStatus, at: Timestamp, reason: String?)
    }

    public var status: JobStatus {
        switch phase {
        case .enqueued: .enqueued
        case .running: .running
        case .ended(let status, _, _): status
        }
    }

    public var ended: Timestamp? {
        if case .ended(_, let time, _) = phase { time } else { nil }
    }

    /// Why it failed.
    public var failure: String? {
        if case .ended(_, _, let reason) = phase { reason } else { nil }
    }
}

/// Why a line of an import was not taken, as its log tells it.
public struct ImportError: Sendable {
    /// Nil where the line does not say.
    public let device: String?
    public let module: String?
    /// Of a line of the other blob.
    public let configuration: String?
    public let code: Int
    public let text: String

    init(device: String?, module: String?, configuration: String? = nil, code: Int, text: String) {
        self.device = device
        self.module = module
        self.configuration = configuration
        self.code = code
        self.text = text
    }

    /// Of a line that cannot be read; the code and the first words are the service's.
    init(unreadable line: Int, about id: TwinID?, _ error: HubError) {
        self.init(
            device: id?.device, module: id?.module, code: ErrorCode.deserializationError.number,
            text: "Invalid device format in line \(line): \(error.text)")
    }

    /// As both of these, for a configuration's line.
    init(configuration: String?, _ error: HubError, unreadable line: Int? = nil) {
        let opening = line.map { "Invalid configuration format in line \($0): " } ?? ""
        self.init(
            device: nil, module: nil, configuration: configuration,
            code: line == nil ? error.code.number : ErrorCode.deserializationError.number,
            text: opening + error.text)
    }

    /// Of a line that says what cannot be done.
    init(_ id: TwinID, _ error: HubError) {
        self.init(device: id.device, module: id.module, code: error.code.number, text: error.text)
    }
}
