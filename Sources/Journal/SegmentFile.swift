import Glibc
import Vocabulary

/// An open segment. Closed when the last one who needs the descriptor lets go of it.
final class SegmentFile: Sendable {
    let descriptor: Int32
    let number: Int
    /// How many bytes take a batch without the file growing; beyond it an append still works, at more cost.
    let capacity: Int

    init(descriptor: Int32, number: Int, capacity: Int) {
        self.descriptor = descriptor
        self.number = number
        self.capacity = capacity
    }

    /// Opens or makes a segment that grows as it is written.
    static func growing(
        _ number: Int, in folder: LogFolder, capacity: Int, existing: Bool
    ) throws(LogFailure) -> SegmentFile {
        let descriptor = try folder.open(LogFolder.segment(number), existing ? O_RDWR : O_RDWR | O_CREAT | O_EXCL)
        return SegmentFile(descriptor: descriptor, number: number, capacity: capacity)
    }

    /// Makes a segment whose blocks the file system has set aside, and which reads as zeros. Where nobody waits for a sync,
    /// writing the zeros would only double what is written.
    static func reserved(_ number: Int, in folder: LogFolder, capacity: Int) throws(LogFailure) -> SegmentFile {
        let name = LogFolder.segment(number)
        let descriptor = try folder.open(name, O_RDWR | O_CREAT | O_TRUNC)
        let file = SegmentFile(descriptor: descriptor, number: number, capacity: capacity)
        CrashPoint.segmentBeforeFill.reach()
        let status = posix_fallocate(descriptor, 0, off_t(capacity))
        guard status == 0, fsync(descriptor) == 0 else {
            let reason = SystemError.text(status == 0 ? errno : status)
            try folder.remove(name)
            throw .unusable(path: folder.path(of: name), reason: "cannot be made ahead: \(reason)")
        }
        try folder.sync()
        CrashPoint.segmentAfterFill.reach()
        return file
    }

    /// Makes a segment full of zeros, and durable with its name. Takes as long as the disk needs for that.
    static func filled(_ number: Int, in folder: LogFolder, capacity: Int) throws(LogFailure) -> SegmentFile {
        let name = LogFolder.segment(number)
        // O_TRUNC: what an earlier failed attempt left is worth nothing.
        let descriptor = try folder.open(name, O_RDWR | O_CREAT | O_TRUNC)
        let file = SegmentFile(descriptor: descriptor, number: number, capacity: capacity)
        CrashPoint.segmentBeforeFill.reach()
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var position = 0
        while position < capacity {
            let count = pwrite(descriptor, zeros, min(zeros.count, capacity - position), position)
            guard count > 0 else {
                if errno == EINTR { continue }
                let reason = SystemError.text()
                try folder.remove(name)
                throw .unusable(path: folder.path(of: name), reason: "cannot be made ahead: \(reason)")
            }
            position += count
        }
        guard fdatasync(descriptor) == 0 else {
            let reason = SystemError.text()
            try folder.remove(name)
            throw .unusable(path: folder.path(of: name), reason: "cannot be synced: \(reason)")
        }
        try folder.sync()
        CrashPoint.segmentAfterFill.reach()
        return file
    }

    deinit { close(descriptor) }
}
