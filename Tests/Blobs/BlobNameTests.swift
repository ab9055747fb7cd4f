import Testing

@testable import Blobs

@Suite("Blob names") struct BlobNameTests {
    @Test(
        "what would lead out of the store, or could not be asked for again, is no name",
        arguments: [
            "", "d/", "/f", ".", "..", "d//f", "d/f/", "d/..", "d/../e/f", "../d/f", "d/.", "d/./f", "d/\0", "d/a\nb",
            "d/a\u{7F}",
            "d//etc/passwd", "d/" + String(repeating: "x", count: 1023),
        ])
    func refused(_ text: String) { #expect(BlobName(text) == nil) }

    private static let odd = [
        "d", "f", "blocks", "container", "+container", ".hidden", "container/f", "+container/f", "d/f", "d/a/b",
        "d/a%2Fb", "d/a%252Fb", "d/%2e%2e", "d/...", "d/.hidden", "d/a.", "d/a..", "d/+", "d/a+",
        "d/a+/b",
        "d/%2B", "d/ä ö.txt", "d/日本/🚗", "d/a\\..\\b", "d/properties.json", "d/blocks", "d/blocks/00", "d+/f", "d%/f",
        "D/f",
        "d/" + String(repeating: "x", count: 1000), "d/" + String(repeating: "x", count: 200),
        "d/" + String(repeating: "x", count: 199) + "+", "d/" + String(repeating: "x", count: 201),
        "d/" + String(repeating: "x", count: 200) + "/" + "x", "d/" + String(repeating: "日", count: 300),
        "d/" + String(repeating: "x", count: 200) + ".", "d/" + String(repeating: "x", count: 200) + "..y",
        "d/" + String(repeating: "/a", count: 400).dropFirst(), String(repeating: "%", count: 128) + "/f",
    ]

    @Test("every folder is a plain one below the root, with parts that a file system takes", arguments: odd)
    func folder(_ text: String) throws {
        let folder = try #require(BlobName(text)).folder
        let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
        #expect(parts.count >= 2)
        for part in parts {
            #expect(!part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 255)
            #expect(part.utf8.allSatisfy { $0 >= 0x20 })
        }
    }

    @Test("two names never share a folder, nor does one lie in another's")
    func distinct() throws {
        let folders = try Self.odd.map { try #require(BlobName($0)).folder }
        #expect(Set(folders).count == Self.odd.count)
        for one in folders {
            #expect(!folders.contains { $0.hasPrefix(one + "/") }, "\(one)")
        }
    }
}
