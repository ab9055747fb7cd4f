import Testing

@testable import Journal

@Suite struct TornTailTests {
    static let segment = "segment-00000001.jsonl"

    /// How a crash may leave the bytes of the last batch that did not reach the disk.
    enum Loss: CaseIterable {
        /// The file ends there.
        case cut
        /// Zeros of the prefilled segment stand there.
        case zeros
        /// What follows the first missing bytes did reach the disk.
        case hole
    }

    /// Three batches of several lines, and where each line ends.
    static func written(continues: Bool) throws -> (bytes: [UInt8], ends: [Int], events: [Event]) {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder, JournalOptions())
        for batch in 1...3 { try journal.append((1...3).map { "{\"b\":\(batch),\"i\":\($0)}" }, continues: continues) }
        let events = try journal.history(from: 1)
        try journal.close()
        let bytes = folder.bytes(segment)
        return (bytes, bytes.indices.filter { bytes[$0] == 10 }.map { $0 + 1 }, events)
    }

    @Test(arguments: Loss.allCases, [false, true])
    func `A last batch torn at any byte is cut, and all before it stays`(loss: Loss, continues: Bool) throws {
        let (bytes, ends, events) = try Self.written(continues: continues)
        for length in ends[5]..<bytes.count {
            let folder = TemporaryFolder()
            var torn = Array(bytes[..<length])
            switch loss {
            case .cut: break
            case .zeros: torn += [UInt8](repeating: 0, count: 5000)
            case .hole:
                let end = min(length + 20, bytes.count)
                torn += [UInt8](repeating: 0, count: end - length) + bytes[end...] + [UInt8](repeating: 0, count: 500)
            }
            folder.write(torn, to: Self.segment)
            let whole = ends.lastIndex { $0 <= length }! + 1
            let kept = continues ? 6 : whole
            let isTorn = loss == .hole || kept < whole || (length > ends[whole - 1])
            let (journal, recorder, report) = try Journal.opened(folder)
            #expect(recorder.events == Array(events[..<kept]), "cut at \(length)")
            #expect((report.tornTail != nil) == isTorn, "cut at \(length)")
            if let tail = report.tornTail { #expect(tail.file == Self.segment && tail.line == kept + 1) }
            try journal.append(["\"next\""])
            try journal.close()
            let (_, after, second) = try Journal.opened(folder)
            #expect(after.events == Array(events[..<kept]) + [Event(UInt64(kept + 1), "\"next\"")])
            #expect(second.tornTail == nil)
        }
    }

    @Test(arguments: [0, 0x01, 0x80, 0xFF] as [UInt8])
    func `A changed byte before the last batch stops the start with file and line`(mask: UInt8) throws {
        let (bytes, ends, _) = try Self.written(continues: false)
        for index in 0..<ends[5] {
            let folder = TemporaryFolder()
            var damaged = bytes
            damaged[index] = mask == 0 ? 0 : damaged[index] ^ mask
            folder.write(damaged, to: Self.segment)
            let journal = try Journal(folder: folder.path)
            let line = ends.firstIndex { $0 > index }! + 1
            let damage = damage { _ = try journal.replayed() }
            #expect(damage?.file == Self.segment && damage?.line == line, "byte \(index): \(damage as Any)")
            #expect(throws: LogFailure.self) { try journal.append(["1"]) }
            #expect(folder.bytes(Self.segment) == damaged)
        }
    }

    @Test func `A changed byte in the last batch counts as torn`() throws {
        let (bytes, ends, events) = try Self.written(continues: false)
        for index in ends[5]..<bytes.count {
            let folder = TemporaryFolder()
            var damaged = bytes
            damaged[index] ^= 0x04
            folder.write(damaged, to: Self.segment)
            let (_, recorder, report) = try Journal.opened(folder)
            #expect(recorder.events == Array(events[..<ends.firstIndex { $0 > index }!]))
            #expect(report.tornTail != nil)
        }
    }

    @Test(arguments: [Durability.interval, .none])
    func `Records that no sync had reached may be torn anywhere, synced ones may not`(durability: Durability) throws {
        var options = JournalOptions()
        options.durability = durability
        options.syncInterval = 3_600_000
        let source = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(source, options)
        for number in 1...6 {
            if number == 4 { try journal.flush() }
            try journal.append(["{\"n\":\(number)}"])
        }
        let copy = source.copy()
        let bytes = copy.bytes(Self.segment)
        let ends = bytes.indices.filter { bytes[$0] == 10 }.map { $0 + 1 }
        for line in 1...6 {
            var damaged = bytes
            damaged[ends[line - 1] - 5] ^= 1
            copy.write(damaged, to: Self.segment)
            let again = try Journal(folder: copy.path)
            if line < 4 {
                #expect(throws: LogFailure.self) { try again.replayed() }
            } else {
                let (recorder, report) = try again.replayed()
                #expect(recorder.events.count == line - 1 && report.tornTail?.line == line)
            }
            try again.close()
        }
    }

    @Test func `A segment that is missing is damage`() throws {
        let folder = TemporaryFolder()
        let (journal, _, _) = try Journal.opened(folder)
        for number in 1...200 {
            try journal.append(["{\"n\":\(number)}"])
            journal.waitForFilling()
        }
        try journal.close()
        let segments = folder.names.filter { $0.hasPrefix("segment-") }
        #expect(segments.count > 3)
        for segment in segments.dropLast() {
            let copy = folder.copy()
            TemporaryFolder.removeFile(copy.path + "/" + segment)
            #expect(throws: LogFailure.self) { try Journal.opened(copy) }
        }
    }
}
