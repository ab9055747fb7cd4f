import Testing

@testable import FilesAPI

/// The forms of a range that Azure's blob service takes.
@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            (nil, 10, 0..<10), (nil, 0, 0..<0), ("bytes=0-", 10, 0..<10), ("bytes=3-5", 10, 3..<6),
            ("bytes=9-9", 10, 9..<10),
            ("bytes=3-99", 10, 3..<10), ("bytes=0-9223372036854775807", 10, 0..<10),
        ] as [(String?, Int, Range<Int>)])
    func `A range names a part, cut to what is there`(_ header: String?, size: Int, part: Range<Int>) throws {
        #expect(try ByteRange(header: header).part(of: size) == part)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-5", "bytes=5-3", "bytes=1-2-3", "bytes=a-", "bytes=0-1,3-4", "items=0-1",
    ])
    func `What is no range is refused`(_ header: String) {
        let error = #expect(throws: BlobError.self) { try ByteRange(header: header) }
        #expect(error?.status == 400)
    }

    @Test(arguments: [0, 5])
    func `One that begins behind the end is 416`(size: Int) {
        let error = #expect(throws: BlobError.self) { try ByteRange(header: "bytes=\(size)-").part(of: size) }
        #expect(error?.status == 416)
    }
}
