import Blobs
import Dispatch
import Hub
import Synchronization
import Vocabulary

/// Runs imports and exports, one at a time, on a queue that may wait for disks and for the hub. What must outlive the process is the
/// hub's state, so that whoever begins anew goes on where another ended.
public final class RegistryJobDesk: Sendable {
    /// How long a job waits where the hub refuses a command for the moment, as with a full disk.
    static let retrySeconds = 1.0

    let containers: Containers
    private let queue = DispatchQueue(label: "twinhub.registry-jobs", qos: .utility)
    private let isLeft = Mutex(false)

    init(_ containers: Containers) { self.containers = containers }

    /// There may be a job, a new one or one that a restart has cut short.
    public func look(_ hub: Hub) { queue.async { self.run(hub) } }

    /// Leaves what is under way to the next process; nothing is any more when this returns.
    public func end() {
        isLeft.withLock { $0 = true }
        queue.sync {}
    }

    private func run(_ hub: Hub) {
        while let job = hub.registryJobs.active {
            let run = RegistryJobRun(job.id, hub) { self.isLeft.withLock { $0 } }
            do throws(RegistryJobRun.Stop) {
                guard !run.isLeft() else { return }
                try run.tell(.begin(job.id))
                let failure = try work(job.draft, run)
                try run.tell(.end(job.id, failure: failure))
            } catch {
                switch error {
                case .left: return
                case .ended: continue
                case .refused, .failed:
                    return queue.asyncAfter(deadline: .now() + Self.retrySeconds) { self.run(hub) }
                }
            }
        }
    }

    /// Answers why it has failed; nil where it has not.
    private func work(_ draft: RegistryJobDraft, _ run: RegistryJobRun) throws(RegistryJobRun.Stop) -> String? {
        do throws(RegistryJobRun.Stop) {
            let blob = try name(draft.blob)
            let configurations = try draft.configurationsBlob.map { (text) throws(RegistryJobRun.Stop) in
                try name(text)
            }
            let output = try container(draft.output)
            switch draft.work {
            case .export(let excludesKeys):
                let export = Export(run)
                try export.writeDevices(to: blob, in: output, withKeys: !excludesKeys)
                if let configurations { try export.writeConfigurations(to: configurations, in: output) }
            case .import(let uri):
                try Import(run).read(blob, configurations, in: try container(uri), errorsIn: output)
            }
            return nil
        } catch {
            guard case .failed(let reason) = error else { throw error }
            return reason
        }
    }

    private func name(_ text: String) throws(RegistryJobRun.Stop) -> BlobName {
        guard let name = BlobName(text) else { throw .failed("'\(text)' names no blob.") }
        return name
    }

    private func container(_ uri: ContainerURI) throws(RegistryJobRun.Stop) -> any BlobContainer {
        do throws(HubError) { return try containers.container(uri) } catch { throw RegistryJobRun.Stop(error) }
    }
}
