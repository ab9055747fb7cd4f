import Testing
import Vocabulary

@testable import Blobs

@Suite("Uploads") struct UploadTests {
    private let place = BlobStoreTests.Place()
    private let start = Timestamp(unixSeconds: 1_700_000_000)
    private var path: String { place.path + "/uploads.ndjson" }

    private func open() throws(BlobFailure) -> UploadLog { try UploadLog(path: path, limits: place.limits) }

    private func upload(_ id: String, _ device: String = "d", generation: UInt64 = 1) -> Upload {
        Upload(
            correlationID: id, device: device, generation: generation, blob: BlobName(device: device, file: "f \(id)")!,
            expiry: start.adding(seconds: 3600))
    }

    private func notification(_ sequence: UInt64) -> FileNotification {
        FileNotification(
            sequence: sequence, device: "d", blob: BlobName("d/\(sequence)")!, blobURI: "https://h/d/\(sequence)",
            size: 7, modified: start, enqueued: start)
    }

    @Test("an upload is known until it ends or expires, and only to the identity that began it")
    func life() throws {
        let log = try open()
        try log.append(.began(upload("1")), durably: false)
        let book = log.book
        #expect(try book.upload("1", "d", 1, now: start) == upload("1"))
        #expect(throws: UploadRefusal.unknown) { try book.upload("2", "d", 1, now: start) }
        #expect(throws: UploadRefusal.unknown) { try book.upload("1", "e", 1, now: start) }
        #expect(throws: UploadRefusal.unknown) { try book.upload("1", "d", 2, now: start) }
        #expect(throws: UploadRefusal.expired) { try book.upload("1", "d", 1, now: start.adding(seconds: 3600)) }
        try log.append(.ended(correlationID: "1"), durably: true)
        #expect(throws: UploadRefusal.unknown) { try log.book.upload("1", "d", 1, now: start) }
    }

    @Test("open uploads take room; ended, expired and an earlier identity's take none")
    func room() throws {
        let log = try open()
        for number in 0..<10 { try log.append(.began(upload("\(number)")), durably: false) }
        #expect(throws: UploadRefusal.tooMany(limit: 10)) { try log.checkRoom("d", 1, now: start) }
        try log.checkRoom("e", 1, now: start)
        try log.checkRoom("d", 1, now: start.adding(seconds: 3600))
        #expect(throws: UploadRefusal.expired) { try log.book.upload("0", "d", 1, now: start.adding(seconds: 3600)) }
        try log.append(.ended(correlationID: "3"), durably: false)
        try log.checkRoom("d", 1, now: start)
        try log.append(.began(upload("11")), durably: false)
        #expect(throws: UploadRefusal.tooMany(limit: 10)) { try log.checkRoom("d", 1, now: start) }
        try log.checkRoom("d", 2, now: start)
    }

    @Test(
        "what devices never come back to is forgotten a day after it has expired, and at once where the room is needed")
    func forgotten() throws {
        place.limits.uploads = 2_000
        let log = try open()
        func begin(_ ids: Range<Int>, at now: Timestamp) throws {
            for id in ids {
                try log.checkRoom("d\(id)", 1, now: now)
                let upload = Upload(
                    correlationID: "\(id)", device: "d\(id)", generation: 1,
                    blob: BlobName(device: "d\(id)", file: "f")!,
                    expiry: now.adding(seconds: 3600))
                try log.append(.began(upload), durably: false)
            }
        }
        try begin(0..<1_500, at: start)
        let dayAfter = start.adding(seconds: 3600 + 86_400)
        #expect(throws: UploadRefusal.expired) { try log.book.upload("7", "d7", 1, now: dayAfter) }
        // Nobody of those comes back, and others do not bring them to mind until they are many.
        try begin(1_500..<3_000, at: dayAfter)
        #expect(log.book.uploads.count == 1_500)
        #expect(throws: UploadRefusal.unknown) { try log.book.upload("7", "d7", 1, now: dayAfter) }
        try begin(3_000..<3_500, at: dayAfter.adding(seconds: 60))
        #expect(throws: UploadRefusal.tooManyOfAll(limit: 2_000)) {
            try log.checkRoom("late", 1, now: dayAfter.adding(seconds: 3_599))
        }
        // Those have expired by then, and are needed no more than the newcomer.
        try log.checkRoom("late", 1, now: dayAfter.adding(seconds: 3_600))
        #expect(log.book.uploads.count == 500)
        // After a restart they are known until they are swept again.
        #expect(try open().book.uploads.count >= 500)
    }

    @Test("the file makes the same book, and a line that a crash cut short is cut off")
    func replay() throws {
        var log = try open()
        try log.append(.began(upload("1")), durably: false)
        try log.append(.began(upload("2", "e")), durably: false)
        try log.append(.notified(correlationID: "1", notification(1)), durably: true)
        let whole = try #require(try Disk.read(path))
        try Disk.replace(path, with: whole + Array(#"{"notified":"2","seq"#.utf8))
        log = try open()
        #expect(Array(log.book.uploads.keys) == ["2"])
        #expect(log.book.notifications == [notification(1)])
        #expect(try Disk.read(path) == whole)
        try Disk.replace(path, with: Array("what\n".utf8) + whole)
        #expect(throws: BlobFailure.unusable(path: path, reason: "line 1 is damaged")) { try open() }
    }

    @Test("a line with a number that nobody counts to is damaged")
    func numbers() throws {
        var log = try open()
        try log.append(.began(upload("1", generation: 77)), durably: false)
        try log.append(.notified(correlationID: "1", notification(55)), durably: true)
        let whole = String(decoding: try #require(try Disk.read(path)), as: UTF8.self)
        for (number, line) in [(":77,", 1), (":55,", 2), (":7,", 2)] {
            for other in [":-1,", ":18446744073709551615,"] {
                let parts = whole.split(separator: number, omittingEmptySubsequences: false)
                try #require(parts.count == 2)
                try Disk.replace(path, with: Array(parts.joined(separator: other).utf8))
                #expect(throws: BlobFailure.unusable(path: path, reason: "line \(line) is damaged")) { try open() }
            }
        }
        try Disk.replace(path, with: Array(whole.utf8))
        log = try open()
        #expect(log.book.notifications == [notification(55)])
    }

    @Test("the newest notifications are kept in order, and the file does not grow for ever")
    func bounds() throws {
        place.limits.notifications = 8
        let log = try open()
        try log.append(.began(upload("open")), durably: false)
        for sequence in 1...6000 {
            try log.append(.notified(correlationID: "", notification(UInt64(sequence))), durably: false)
        }
        let newest = log.book.notifications(after: 5992, limit: 100).map(\.sequence)
        #expect(newest == Array(5993...6000))
        #expect(log.book.notifications(after: 5992, limit: 3).map(\.sequence) == [5993, 5994, 5995])
        #expect(log.book.notifications.count <= 10)
        let lines = try #require(try Disk.read(path)).split(separator: UInt8(ascii: "\n")).count
        #expect(lines < 4200)
        #expect(
            try open().book.notifications(after: 5992, limit: 100) == log.book.notifications(after: 5992, limit: 100))
        #expect(try open().book.uploads["open"] == upload("open"))
    }
}
