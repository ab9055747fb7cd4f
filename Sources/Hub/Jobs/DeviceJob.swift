import Vocabulary

/// A job's part for one device: a row of `devices.jobs` (query.md section 7).
public struct DeviceJob: Sendable {
    public let device: TwinID
    public internal(set) var phase: Phase = .pending

    public enum Phase: Sendable {
        case pending
        /// The device has been called, and has not answered yet.
        case running(since: Timestamp)
        case ended(DeviceJobResult, began: Timestamp, at: Timestamp)
        /// The job ended before this device's turn.
        case canceled(at: Timestamp)
    }

    /// As rows spell it: here `canceled` has one l.
    public enum Status: String, Sendable, CaseIterable { case pending, running, completed, failed, canceled }

    public var status: Status {
        switch phase {
        case .pending: .pending
        case .running: .running
        case .ended(.failed, _, _): .failed
        case .ended: .completed
        case .canceled: .canceled
        }
    }
}

/// What came of a job's part for one device.
public enum DeviceJobResult: Sendable {
    case twinUpdated
    /// The device's own status, whatever it says, and its payload as JSON; empty where it sent none.
    case answered(status: Int, payload: [UInt8])
    case failed(code: String, description: String)

    public static func failed(_ error: HubError) -> DeviceJobResult {
        .failed(code: error.code.name.description, description: error.text)
    }

    /// Bytes that are kept of the device's answer.
    var payloadBytes: Int {
        if case .answered(_, let payload) = self { payload.count } else { 0 }
    }
}
