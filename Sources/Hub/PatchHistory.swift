import Vocabulary

/// The newest desired patches of one twin, without a gap: what a client that was away for a while is told when it asks
/// for everything after a version.
///
/// Two linked generations, so that an immutable entity gains a patch at constant cost: when the younger one has reached
/// the limit it becomes the older, whose patches are then let go. Between one and two limits' worth are kept.
public struct PatchHistory: Sendable {
    /// A desired change as a device receives it.
    public final class Patch: Sendable {
        /// The desired `$version` that it led to.
        public let version: UInt64
        /// `{…,"$version":n}`.
        public let json: [UInt8]
        let previous: Patch?

        init(version: UInt64, json: [UInt8], previous: Patch?) {
            self.version = version
            self.json = json
            self.previous = previous
        }
    }

    private var limit: UInt64 = 0
    private var younger: Patch?
    private var youngerCount = 0
    private var older: Patch?

    public init() {}

    /// The newest up to the limit, oldest first. What is still here beyond it does not count: a snapshot that took it along
    /// would tell more after a restart than before, and with each restart keep more.
    public var patches: [Patch] { newestFirst { _ in true }.prefix(Int(clamping: limit)).reversed() }

    /// The patches after this version, oldest first; nil where one of them is no longer kept.
    public func after(_ version: UInt64, current: UInt64) -> [Patch]? {
        guard version < current else { return [] }
        // What is still here beyond the limit does not count, or the answer would hang on when it goes.
        guard current - version <= limit else { return nil }
        let found = newestFirst { $0.version > version }
        guard found.last?.version == version + 1, found.first?.version == current else { return nil }
        return found.reversed()
    }

    private func newestFirst(while isWanted: (Patch) -> Bool) -> [Patch] {
        var found: [Patch] = []
        for start in [younger, older] {
            var next = start
            while let patch = next {
                guard isWanted(patch) else { return found }
                found.append(patch)
                next = patch.previous
            }
        }
        return found
    }

    mutating func append(version: UInt64, json: [UInt8], keeping limit: Int) {
        guard limit > 0 else { return }
        self.limit = UInt64(limit)
        if let last = younger ?? older, last.version + 1 != version {
            self = PatchHistory()
            self.limit = UInt64(limit)
        }
        if youngerCount >= limit {
            older = younger
            younger = nil
            youngerCount = 0
        }
        younger = Patch(version: version, json: json, previous: younger)
        youngerCount += 1
    }
}
