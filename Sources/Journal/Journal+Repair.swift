import Glibc
import Vocabulary

extension Journal {
    /// Makes a damaged log one that starts again, at the state before the damage.
    ///
    /// What it drops stays in the folder, in files whose names begin with `damaged-`:
    /// - of a snapshot, the lines that cannot be read;
    /// - of the segments after the snapshot, everything from the first damage on, since later events may rest on lost
    ///   ones;
    /// - of history, the damaged segment and what is older.
    /// A crash in the middle leaves a folder that can be repaired again.
    public static func repair(folder path: String, at time: Timestamp) throws(LogFailure) -> RepairReport {
        let folder = LogFolder(path: path)
        let lock = try FolderLock(folder)
        defer { extendLifetime(lock) }
        var report = RepairReport()
        let contents = try folder.contents()
        if let newest = contents.snapshots.last { try mend(snapshot: newest, folder, time, &report) }
        let covering = contents.snapshots.last ?? 0
        // Each round either ends or leaves one damaged segment fewer.
        for _ in 0...(contents.plain.count + 1) {
            guard try mendSegments(after: covering, folder, &report) else { break }
        }
        try mendHistory(folder, &report)
        try folder.sync()
        return report
    }

    private static func mend(
        snapshot covering: UInt64, _ folder: LogFolder, _ time: Timestamp, _ report: inout RepairReport
    ) throws(LogFailure) {
        do {
            _ = try SnapshotFile(covering: covering, in: folder).read(NullVisitor())
            return
        } catch .damaged(let damage) {
            report.changes.append("\(damage)")
        }
        let name = LogFolder.snapshot(covering)
        let bytes = try folder.map(name)
        defer { extendLifetime(bytes) }
        var buffer: [UInt8] = []
        SnapshotFile.appendHead(covering: covering, time: time, to: &buffer)
        var scanner = LineScanner(bytes.bytes)
        var kept = 0
        var number = 0
        while case .line(let range) = scanner.next() {
            number += 1
            let line = UnsafeRawBufferPointer(rebasing: bytes.bytes[range])
            guard LogLine.isIntact(line) else {
                report.changes.append("\(name), line \(number): dropped, its checksum does not match")
                continue
            }
            var cursor = LineCursor(line)
            guard cursor.skip("{\"snap\":") else { continue }
            buffer.append(contentsOf: line)
            buffer.append(LogLine.newline)
            kept += 1
        }
        SnapshotFile.appendEnd(lines: kept, to: &buffer)
        try replace(name, with: buffer, folder, &report)
    }

    /// Whether it changed something and has to look again.
    private static func mendSegments(
        after covering: UInt64, _ folder: LogFolder, _ report: inout RepairReport
    ) throws(LogFailure) -> Bool {
        var heads = try SegmentHeads(folder.contents(), in: folder)
        let start = heads.start(after: covering)
        var scan = SegmentScan(start.segments, expecting: start.firstSequence)
        do {
            try scan.run(from: .max) { _ in }
            guard scan.expected <= covering else { return false }
            report.changes.append("the log ended with record \(scan.expected - 1), the snapshot covers \(covering)")
            for segment in scan.segments { try setAside(segment.name, folder, &report) }
            for segment in heads.history where !segment.isCompressed {
                try setAside(LogFolder.segment(segment.number), folder, &report)
            }
            return false
        } catch .damaged(let damage) {
            report.changes.append("\(damage)")
        }
        guard let place = scan.damagePlace else { return false }
        if scan.expected > covering {
            let segment = scan.segments[place.segment]
            for later in scan.segments[(place.segment + 1)...].reversed() { try setAside(later.name, folder, &report) }
            report.changes.append("\(segment.name): cut off from record \(scan.expected) on")
            try replace(segment.name, with: Array(segment.bytes.bytes[..<place.offset]), folder, &report)
            return true
        }
        // The snapshot covers the damage: begin with the first record that it does not cover.
        for index in place.segment..<scan.segments.count {
            let segment = scan.segments[index]
            guard let offset = offset(of: covering + 1, in: segment.bytes) else {
                try setAside(segment.name, folder, &report)
                continue
            }
            let end = offset + Zeros.textCount(segment.bytes.bytes, from: offset)
            report.changes.append("\(segment.name): dropped what stood before record \(covering + 1)")
            try replace(segment.name, with: Array(segment.bytes.bytes[offset..<end]), folder, &report)
            break
        }
        for segment in scan.segments[..<place.segment] { try setAside(segment.name, folder, &report) }
        return true
    }

    private static func offset(of sequence: UInt64, in bytes: LogBytes) -> Int? {
        var offset = 0
        while true {
            offset = Zeros.end(bytes.bytes, from: offset)
            var scanner = LineScanner(bytes.bytes, from: offset)
            guard case .line(let range) = scanner.next() else { return nil }
            if LineScanner.record(in: bytes, at: range)?.sequence == sequence { return offset }
            offset = scanner.position
        }
    }

    private static func mendHistory(_ folder: LogFolder, _ report: inout RepairReport) throws(LogFailure) {
        let compressed = try folder.contents().compressed
        for (index, number) in compressed.enumerated().reversed() {
            do {
                _ = try verify(compressed: number, in: folder, expecting: nil)
            } catch .damaged(let damage) {
                report.changes.append("\(damage)")
                for older in compressed[...index] { try setAside(LogFolder.compressed(older), folder, &report) }
                return
            }
        }
    }

    /// Keeps a file under another name and puts these bytes in its place, in one step.
    private static func replace(
        _ name: String, with bytes: [UInt8], _ folder: LogFolder, _ report: inout RepairReport
    ) throws(LogFailure) {
        let temporary = name + LogFolder.temporarySuffix
        let output = try OutputFile(temporary, in: folder)
        try output.write(bytes)
        try output.sync()
        let aside = unusedName(for: name, folder)
        guard link(folder.path(of: name), folder.path(of: aside)) == 0 else {
            throw .unusable(path: folder.path(of: aside), reason: "cannot be made: \(SystemError.text())")
        }
        report.setAside.append(aside)
        try folder.rename(temporary, to: name)
        try folder.sync()
    }

    private static func setAside(
        _ name: String, _ folder: LogFolder, _ report: inout RepairReport
    ) throws(LogFailure) {
        let aside = unusedName(for: name, folder)
        try folder.rename(name, to: aside)
        report.setAside.append(aside)
        report.changes.append("\(name): set aside as \(aside)")
    }

    private static func unusedName(for name: String, _ folder: LogFolder) -> String {
        var aside = LogFolder.damagedPrefix + name
        var number = 1
        while access(folder.path(of: aside), F_OK) == 0 {
            number += 1
            aside = "\(LogFolder.damagedPrefix)\(number)-\(name)"
        }
        return aside
    }
}
