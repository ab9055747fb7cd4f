import Glibc
import Reactor

/// Certificates made by the `openssl` command, in a folder that goes when the tests end.
final class Certificates: Sendable {
    static let shared = Certificates()

    let folder: String

    /// A root, server certificates of both key types for localhost and 127.0.0.1, and a client's.
    private init() {
        var template = Array("/tmp/twinhub-reactor-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        let names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        shell(
            """
            cd \(folder) && exec 2>/dev/null
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 2
            for kind in 'server ec -pkeyopt ec_paramgen_curve:P-256' 'rsa rsa:2048' 'client ec -pkeyopt ec_paramgen_curve:P-256'; do
                set -- $kind; name=$1; key=$2; shift 2
                openssl req -new -newkey $key "$@" -nodes -keyout $name.key -out $name.csr -subj /CN=$name
                echo '\(names)' > names
                openssl x509 -req -in $name.csr -CA root.pem -CAkey root.key -CAcreateserial -out $name.pem -days 2 -extfile names
            done
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -subj /CN=self -days 2
            """)
        atexit { shell("rm -r \(Certificates.shared.folder)") }
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func identity(_ name: String) -> TLSIdentity {
        TLSIdentity(chainFile: path("\(name).pem"), keyFile: path("\(name).key"))
    }

    func server(protocols: [String] = []) throws -> TLSContext {
        try TLSContext(serverIdentities: [identity("server"), identity("rsa")], protocols: protocols)
    }
}

/// What the command printed.
@discardableResult
func shell(_ command: String) -> String {
    guard let pipe = popen(command, "r") else { return "" }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&chunk, 1, chunk.count, pipe)
        guard count > 0 else { break }
        output += chunk[..<count]
    }
    pclose(pipe)
    return String(decoding: output, as: UTF8.self)
}
