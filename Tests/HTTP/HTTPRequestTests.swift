import Testing

@testable import HTTP

@Suite struct HTTPRequestTests {
    static let parameters: [(query: String, value: String?)] = [
        ("name=value", "value"), ("a=b&name=value&c", "value"), ("NAME=value", "value"), ("name=1&name=2", "1"),
        ("name", ""), ("name=", ""), ("name=a=b", "a=b"), ("name=a+b", "a+b"), ("name=a%20b%26%3D", "a b&="),
        ("name=%C3%A9", "é"), ("name=%zz", "%zz"), ("&&name=x&", "x"),
        ("", nil), ("names=x", nil), ("x-name=x", nil), ("=name", nil), ("a=name", nil),
    ]

    @Test("A query parameter is found without case, and decoded", arguments: parameters)
    func findsParameters(_ sample: (query: String, value: String?)) throws {
        let bytes = Array("GET /?\(sample.query) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let limits = HTTPLimits()
        let scratch = HTTP1Scratch(limits)
        try bytes.withUnsafeBytes { bytes in
            var parser = HTTP1Parser()
            let head = try #require(try parser.parse(bytes, limits, scratch))
            let request = head.request(body: UnsafeRawBufferPointer(start: nil, count: 0))
            #expect(request.queryParameter("name") == sample.value)
            #expect(request.queryParameter("Name") == sample.value)
        }
    }
}
