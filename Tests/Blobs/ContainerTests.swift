import Glibc
import Testing
import Vocabulary

@testable import Blobs

@Suite("Containers of imports and exports") struct ContainerTests {
    private let place = BlobStoreTests.Place()

    private func text(_ container: any BlobContainer, _ name: String) throws -> String {
        let reading = try container.open(BlobName(name)!)
        var bytes: [UInt8] = []
        while true {
            let next = try reading.next()
            if next.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += next
        }
    }

    private func write(_ container: any BlobContainer, _ name: String, _ pieces: [String]) throws {
        let writing = try container.write(BlobName(name)!)
        for piece in pieces { try writing.append(Array(piece.utf8)) }
        try writing.publish()
    }

    private func account(_ limits: BlobLimits = BlobLimits()) throws -> StorageAccount {
        try StorageAccount(folder: place.path + "/account", limits: limits, environment: .system)
    }

    private func folder(_ name: String) throws -> String {
        try Disk.makeFolder(place.path + "/root/" + name)
        return place.path + "/root/" + name
    }

    @Test("a blob shows when it is whole, and one that is given up leaves what was there")
    func whole() throws {
        for container: any BlobContainer in [
            AccountContainer(try account()), try FolderContainer(try folder("a"), within: place.path),
        ] {
            #expect(throws: BlobFailure.self) { try container.open(BlobName("f.txt")!) }
            try write(container, "f.txt", ["one\n", "", "two\n"])
            #expect(try text(container, "f.txt") == "one\ntwo\n")
            let writing = try container.write(BlobName("f.txt")!)
            try writing.append(Array("half".utf8))
            #expect(try text(container, "f.txt") == "one\ntwo\n")
            writing.discard()
            #expect(try text(container, "f.txt") == "one\ntwo\n")
            try write(container, "f.txt", ["three"])
            #expect(try text(container, "f.txt") == "three")
        }
        #expect(Files.names(in: place.path + "/root/a") == ["f.txt"])
    }

    @Test("what a crash has left of a file is in nobody's way")
    func leftover() throws {
        let container = try FolderContainer(try folder("a"), within: place.path)
        try place.write("half of it", to: "root/a/f.txt.new")
        try write(container, "f.txt", ["all"])
        #expect(Files.names(in: place.path + "/root/a") == ["f.txt"])
    }

    @Test("a folder is a container only within the root, whatever leads to it")
    func inside() throws {
        let root = try folder("")
        _ = try folder("a/b")
        try place.write("x", to: "outside")
        symlink(place.path, root + "/out")
        symlink("a", root + "/link")
        for path in [root, root + "a", root + "a/../a/b/", root + "link/b", root + "out/root/a"] {
            #expect(throws: Never.self) { try FolderContainer(path, within: root) }
        }
        for path in [root + "..", root + "out", root + "a/../..", root + "none", "/"] {
            #expect(throws: BlobFailure.self, "\(path)") { try FolderContainer(path, within: root) }
        }
        // A folder whose name only begins like the root's.
        try Disk.makeFolder(place.path + "/rootless")
        #expect(throws: BlobFailure.self) { try FolderContainer(place.path + "/rootless", within: root) }
        #expect(throws: BlobFailure.self) { try FolderContainer(place.path + "/outside", within: place.path) }
    }

    @Test("neither a path nor a link is read or written")
    func names() throws {
        let path = try folder("a")
        let container = try FolderContainer(path, within: place.path)
        try place.write("secret", to: "outside")
        symlink(place.path + "/outside", path + "/link")
        #expect(throws: BlobFailure.self) { try container.open(BlobName("link")!) }
        #expect(throws: BlobFailure.self) { try container.open(BlobName("b/c")!) }
        #expect(throws: BlobFailure.self) { try container.write(BlobName("b/c")!) }
        // A link is replaced, and what it led to stays.
        symlink(place.path + "/outside", path + "/link.new")
        try write(container, "link", ["mine"])
        #expect(try text(container, "link") == "mine")
        #expect(try Disk.read(place.path + "/outside").map { String(decoding: $0, as: UTF8.self) } == "secret")
    }

    @Test("what grows past a bound is no blob, and its room is free again")
    func bounds() throws {
        var limits = BlobLimits()
        limits.blobBytes = 10
        limits.keptBytes = 15
        let container = AccountContainer(try account(limits))
        #expect(throws: BlobFailure.tooLarge(limit: 10)) { try write(container, "f", ["12345", "678901"]) }
        try write(container, "f", ["12345", "67890"])
        #expect(throws: BlobFailure.full(limit: 15)) { try write(container, "g", ["12345", "6"]) }
        try write(container, "g", ["12345"])
        #expect(try text(container, "f") == "1234567890")
    }
}
