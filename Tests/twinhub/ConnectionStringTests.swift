import Testing
import Vocabulary

@testable import twinhub

/// Connection strings as SDKs take them apart (rest.md section 19), and ids as parts of a path.
@Suite struct ConnectionStringTests {
    @Test(arguments: [
        "HostName=h:8443;SharedAccessKeyName=owner;SharedAccessKey=AAECAwQFBgcICQoLDA0ODw==",
        "SharedAccessKey=AAECAwQFBgcICQoLDA0ODw==;HostName=h:8443;SharedAccessKeyName=owner;More=x=y;",
    ])
    func `Each pair is split at its first equals sign, in any order`(_ text: String) throws {
        let read = try #require(ConnectionString(text))
        #expect(read.host == "h:8443" && read.policy == "owner" && read.key.base64 == "AAECAwQFBgcICQoLDA0ODw==")
    }

    @Test(arguments: [
        "", "HostName", "HostName=h", "HostName=h;SharedAccessKeyName=owner",
        "HostName=h;SharedAccessKeyName=o;SharedAccessKey=?",
        "HostName=h;DeviceId=d;SharedAccessKey=AAECAwQFBgcICQoLDA0ODw==",
    ])
    func `One that lacks what a policy's has is none`(_ text: String) { #expect(ConnectionString(text) == nil) }

    @Test(arguments: [
        ("d", "/devices/d"), ("d/m", "/devices/d/modules/m"), ("a#b/$edge", "/devices/a%23b/modules/%24edge"),
        ("ä b", "/devices/%C3%A4%20b"),
    ])
    func `An identity's path has its ids encoded`(_ name: String, path: String) {
        #expect(PathSegment.identity(name) == path)
    }
}
