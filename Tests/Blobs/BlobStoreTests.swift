import Glibc
import Testing
import Vocabulary

@testable import Blobs

@Suite("Blob store") struct BlobStoreTests {
    /// A store in a folder of its own, which goes with it.
    final class Place {
        let path: String
        var limits = BlobLimits()

        init() {
            var template = Array("/tmp/blob-tests-XXXXXX".utf8CString)
            path = String(cString: mkdtemp(&template))
        }

        deinit { Files.remove(path) }

        func open() throws(BlobFailure) -> BlobStore {
            try BlobStore(folder: path, limits: limits, environment: .system)
        }

        func write(_ text: String, to path: String) throws(BlobFailure) {
            try Disk.replace(self.path + "/" + path, with: Array(text.utf8))
        }
    }

    private let place = Place()
    private let name = BlobName("dev/a/b.txt")!

    private func body(_ text: String, in store: BlobStore) -> BlobWrite {
        let write = BlobWrite(announced: text.utf8.count)
        store.append(Array(text.utf8), to: write)
        return write
    }

    @discardableResult
    private func put(
        _ text: String, in store: BlobStore, _ conditions: BlobConditions = BlobConditions(), as name: BlobName? = nil
    ) throws(BlobFailure) -> BlobProperties {
        try store.putBlob(
            body(text, in: store), name ?? self.name, ContentHeaders(), expecting: nil, conditions)
    }

    private func read(_ store: BlobStore) throws -> String {
        let reading = try store.open(name, BlobConditions())
        return String(decoding: try reading.read(at: 0, count: reading.properties.size), as: UTF8.self)
    }

    private func stage(_ id: String, _ text: String, in store: BlobStore) throws(BlobFailure) {
        _ = try store.putBlock(body(text, in: store), name, BlockID(id)!, expecting: nil)
    }

    @Test("what is kept is counted, whatever happens to it, and counted the same after a start")
    func counting() throws {
        let store = try place.open()
        try put("12345", in: store)
        try put("123", in: store)
        #expect(store.keptBytes == 3)
        try stage("AAAA", "1234", in: store)
        try stage("AAAA", "12", in: store)
        try stage("BBBB", "1", in: store)
        #expect(store.keptBytes == 6)
        store.discard(body("1234567", in: store))
        #expect(throws: BlobFailure.alreadyExists) { try put("x", in: store, BlobConditions(noneMatch: "*")) }
        #expect(store.keptBytes == 6)
        #expect(try place.open().keptBytes == 6)
        _ = try store.putBlockList(
            name, [.latest(BlockID("AAAA")!), .latest(BlockID("AAAA")!)], ContentHeaders(), md5: nil, BlobConditions())
        #expect(try read(store) == "1212")
        #expect(store.keptBytes == 4)
        try store.delete(name, BlobConditions())
        #expect(store.keptBytes == 0)
        #expect(try place.open().keptBytes == 0)
        #expect(Files.names(in: place.path + "/incoming").isEmpty)
        #expect(Files.names(in: place.path + "/files/dev").isEmpty)
    }

    @Test("a reader goes on with the blob that it opened")
    func replaced() throws {
        let store = try place.open()
        try put("old", in: store)
        let reading = try store.open(name, BlobConditions())
        try put("newer", in: store)
        #expect(try reading.read(at: 0, count: 9) == Array("old".utf8))
        #expect(try read(store) == "newer")
    }

    @Test("what a crash leaves besides is swept, and the blob stays")
    func sweeping() throws {
        var store = try place.open()
        try put("kept", in: store)
        try place.write("rubbish", to: "incoming/7")
        try place.write("rubbish", to: "files/dev/a%2Fb.txt/content-1")
        try place.write("{", to: "files/dev/a%2Fb.txt/properties.json.new")
        try Disk.makeFolder(place.path + "/files/dev/never")
        try place.write("rubbish", to: "files/dev/never/content-2")
        store = try place.open()
        #expect(try read(store) == "kept")
        #expect(store.keptBytes == 4)
        #expect(Files.names(in: place.path + "/files/dev") == ["a%2Fb.txt"])
        #expect(Files.names(in: place.path + "/files/dev/a%2Fb.txt").count == 2)
    }

    @Test("a blob whose properties are damaged is told, not thrown away")
    func damage() throws {
        var store = try place.open()
        try put("kept", in: store)
        try place.write("{", to: "files/dev/a%2Fb.txt/properties.json")
        store = try place.open()
        #expect(throws: BlobFailure.self) { try store.open(name, BlobConditions()) }
        #expect(Files.names(in: place.path + "/files/dev/a%2Fb.txt").count == 2)
    }

    @Test("what would be too much is refused before it is written, and nothing is left of it")
    func bounds() throws {
        place.limits.keptBytes = 10
        place.limits.blobBytes = 8
        place.limits.stagedBlocks = 2
        place.limits.committedBlocks = 1
        let store = try place.open()
        #expect(throws: BlobFailure.tooLarge(limit: 8)) { try put("123456789", in: store) }
        try put("1234567", in: store)
        #expect(throws: BlobFailure.full(limit: 10)) { try put("1234", in: store, as: BlobName("dev/other")) }
        try stage("AAAA", "1", in: store)
        try stage("BBBB", "1", in: store)
        #expect(throws: BlobFailure.tooManyBlocks(limit: 2)) { try stage("CCCC", "1", in: store) }
        #expect(throws: BlobFailure.differentBlockLength) { try stage("CCCCCCCC", "1", in: store) }
        let list = ["AAAA", "BBBB"].map { BlockReference.latest(BlockID($0)!) }
        #expect(throws: BlobFailure.tooManyBlocks(limit: 1)) {
            try store.putBlockList(name, list, ContentHeaders(), md5: nil, BlobConditions())
        }
        #expect(store.keptBytes == 9)
        #expect(Files.names(in: place.path + "/incoming").isEmpty)
    }
}
