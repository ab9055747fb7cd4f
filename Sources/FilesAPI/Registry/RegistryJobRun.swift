import Blobs
import Hub
import Vocabulary

/// One run of an import or export: what it says to the hub, and whether it is to go on.
struct RegistryJobRun {
    /// Why a run ends before its work does.
    enum Stop: Error {
        /// The server stops: the next one goes on with the job.
        case left
        /// The job runs no more: it was cancelled, or a reset took it away.
        case ended
        /// The hub takes no commands for the moment.
        case refused
        case failed(String)

        init(_ failure: BlobFailure) { self = .failed(failure.sentence) }

        init(_ error: HubError) {
            switch error.code {
            case .serviceUnavailable, .serverBusy: self = .refused
            default: self = .failed(error.text)
            }
        }
    }

    let id: RegistryJobID
    let hub: Hub
    let isLeft: () -> Bool

    init(_ id: RegistryJobID, _ hub: Hub, isLeft: @escaping () -> Bool) {
        self.id = id
        self.hub = hub
        self.isLeft = isLeft
    }

    /// The job as it stands; throws where there is nothing more to do for it here.
    @discardableResult
    func goOn() throws(Stop) -> RegistryJob {
        if isLeft() { throw .left }
        guard let job = hub.registryJobs[id], case .running = job.phase else { throw .ended }
        return job
    }

    /// Hands a command to the hub and waits until it is durable.
    func tell(_ command: RegistryJobCommand) throws(Stop) {
        let origin = Origin(principal: "job \(id)", requestID: hub.environment.requestID(), transport: "hub")
        if case .refused(let error) = hub.execute(.registryJob(command), origin: origin) { throw Stop(error) }
    }

    /// Does what has to do with files.
    static func files<Result>(_ body: () throws(BlobFailure) -> Result) throws(Stop) -> Result {
        do throws(BlobFailure) { return try body() } catch { throw Stop(error) }
    }
}
