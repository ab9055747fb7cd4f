import Glibc
import Testing
import Vocabulary

@Suite struct FilesTests {
    private let folder: String

    init() throws {
        folder = try #require(Files.makeTemporaryFolder())
    }

    @Test("What is written is read", arguments: [0, 1, 4095, 4096, 65536, 200_000])
    func writes(count: Int) {
        defer { Files.remove(folder) }
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for durably in [false, true] {
            #expect(Files.write(bytes, to: folder + "/file", durably: durably))
            #expect(Files.read(folder + "/file") == bytes)
        }
        #expect(Files.names(in: folder) == ["file"])
    }

    @Test("A file of no known size is read to its end")
    func readsToTheEnd() {
        defer { Files.remove(folder) }
        #expect(Files.read("/proc/self/stat")?.isEmpty == false)
    }

    @Test("A file that is not there is told by errno")
    func tellsWhatIsMissing() {
        defer { Files.remove(folder) }
        #expect(Files.read(folder + "/none") == nil)
        #expect(errno == ENOENT)
        #expect(SystemError.text(ENOENT) == "No such file or directory")
    }

    @Test("What cannot be replaced stays, and nothing is left beside it")
    func leavesNothing() {
        defer { Files.remove(folder) }
        #expect(Files.makeFolder(folder + "/taken/inner"))
        #expect(!Files.write([1], to: folder + "/taken"))
        #expect(Files.names(in: folder) == ["taken"])
        #expect(Files.isFolder(folder + "/taken/inner"))
    }

    @Test("Folders are made with those above them, once")
    func makesFolders() {
        defer { Files.remove(folder) }
        #expect(Files.makeFolder(folder + "/a/b/c"))
        #expect(Files.makeFolder(folder + "/a/b/c"))
        #expect(Files.isFolder(folder + "/a/b/c"))
        #expect(Files.write([1], to: folder + "/file"))
        #expect(!Files.makeFolder(folder + "/file/below"))
    }

    @Test("Names come in order, and go with their folder")
    func removes() {
        #expect(Files.makeFolder(folder + "/b/c"))
        #expect(Files.write([1], to: folder + "/a"))
        #expect(Files.names(in: folder) == ["a", "b"])
        Files.remove(folder)
        #expect(!Files.isFolder(folder))
        #expect(Files.names(in: folder) == [])
    }
}
