import Testing

@testable import Routing

struct WebhookAddressTests {
    @Test(arguments: [
        ("http://localhost", "http://localhost/", "localhost", 80),
        ("HTTP://localhost:8080?a=b", "http://localhost:8080/?a=b", "localhost:8080", 8080),
        ("https://hooks.example/in/1?k=v#part", "https://hooks.example/in/1?k=v", "hooks.example", 443),
        ("https://[::1]/x", "https://[::1]/x", "[::1]", 443),
        ("http://[::1]:9000/", "http://[::1]:9000/", "[::1]:9000", 9000),
        ("http://127.0.0.1:80/a%20b", "http://127.0.0.1/a%20b", "127.0.0.1", 80),
    ])
    func `An address is taken apart, and written as it is dialled`(
        text: String, written: String, authority: String, port: Int
    ) throws {
        let address = try #require(WebhookAddress(text))
        #expect(address.description == written && address.authority == authority && address.port == UInt16(port))
        #expect(WebhookAddress(written) == address)
    }

    @Test(arguments: [
        "", "localhost", "ftp://localhost/", "http://", "http:///x", "http://:80/", "http://h:0/", "http://h:65536/",
        "http://h:+1/", "http://h:/", "http://user@h/", "http://[::1/", "http://[::1]x/", "http://h/a b",
        "http://h/\r\nX: y", "http://h/é", "http://h/" + String(repeating: "a", count: 2048),
    ])
    func `What cannot be dialled is refused`(text: String) {
        #expect(WebhookAddress(text) == nil)
    }
}
