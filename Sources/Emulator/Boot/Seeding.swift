import Glibc
import Hub
import Vocabulary

/// Loads a file of bulk import lines into a hub (rest.md section 6): what a new data folder begins with.
struct Seeding {
    /// Lines that one command takes in.
    static let linesPerCommand = 256

    let file: String
    private let items: [RegistryItem]

    /// Reads the whole file. Empty lines are skipped.
    ///
    /// - Throws: `StartFailure` naming file, line and reason; nothing is loaded then.
    init(file: String) throws(StartFailure) {
        self.file = file
        guard let bytes = Files.read(file) else {
            throw StartFailure("--seed \(file): \(SystemError.text())")
        }
        do throws(SeedLineError) {
            items = try SeedLines(bytes).items
        } catch {
            throw StartFailure("--seed \(file), \(error)")
        }
    }

    /// Loads what the hub does not have of it yet: all of it into a new hub, the rest where a crash cut it short.
    ///
    /// - Returns: how many lines were loaded.
    func load(into hub: Hub) throws(StartFailure) -> Int {
        let missing = items.filter {
            hub.entity($0.id) == nil || $0.id.module?.hasPrefix("$") == true && hub.lastSequence == 0
        }
        var loaded = 0
        for chunk in chunks(missing) {
            loaded += chunk.count
            let origin = Origin(principal: "seed", requestID: hub.environment.requestID(), transport: "hub")
            if case .refused(let error) = hub.execute(.seed(chunk, isComplete: loaded == missing.count), origin: origin)
            {
                throw StartFailure("--seed \(file): \(error.text)")
            }
        }
        return loaded
    }

    /// A device and the modules behind it stay together, since lines of one command may be about each other.
    private func chunks(_ items: [RegistryItem]) -> [[RegistryItem]] {
        var chunks: [[RegistryItem]] = []
        for item in items {
            if let last = chunks.last, last.count < Self.linesPerCommand || item.id.isModule {
                chunks[chunks.count - 1].append(item)
            } else {
                chunks.append([item])
            }
        }
        return chunks
    }
}
