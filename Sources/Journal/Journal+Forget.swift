import Vocabulary

extension Journal {
    public func forget(before time: Timestamp) {
        // A failure leaves everything readable as it is; the next call tries again.
        inBackground(on: compacting) { try? $0.forgetNow(before: time) }
    }

    /// Drops the oldest segment as long as the one after it begins before `time`. On the compacting queue only, so that no
    /// segment goes while it is being compressed.
    private func forgetNow(before time: Timestamp) throws(LogFailure) {
        while !isClosing.load(ordering: .relaxed), let (oldest, next) = catalog.withLock({ $0.oldestCovered }) {
            var begin: Timestamp?
            _ = try read(from: next, limit: 1) { record in
                begin = record.time
                return false
            }
            guard let begin, begin <= time else { return }
            let name = oldest.isCompressed ? LogFolder.compressed(oldest.number) : LogFolder.segment(oldest.number)
            // First from the catalog: a reader that has looked it up already finds it gone, and looks again.
            catalog.withLock { $0.segments.removeAll { $0.number == oldest.number } }
            try folder.remove(name)
            try folder.sync()
        }
    }
}
