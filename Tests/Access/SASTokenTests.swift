import Testing
import Vocabulary

@testable import Access

@Suite struct SASTokenTests {
    struct Vector: Sendable {
        let resource: String
        let signature: String
        let host: String
        let segments: [String]
    }

    /// rest.md section 2.3: this key, `se=1893456000`.
    static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    static let expiry = "1893456000"
    static let vectors = [
        Vector(
            resource: "emu.azure-devices.net", signature: "BR9z9mWaJu/Qams1NqZND2K8nz2FWF/mHg9PvowomoE=",
            host: "emu.azure-devices.net", segments: []),
        Vector(
            resource: "emu.azure-devices.net%2Fdevices%2Fdev%231",
            signature: "ciFTEwuRkCxDzYYn1GvNU/oK6iDxxsx6Fm0uZ8GI9cs=", host: "emu.azure-devices.net",
            segments: ["devices", "dev#1"]),
        Vector(
            resource: "emu.azure-devices.net%2fdevices%2fdev%231",
            signature: "563jytL2ENTjVziKY+7G3BILuEvRr3tGhrQRAQlAJDw=", host: "emu.azure-devices.net",
            segments: ["devices", "dev#1"]),
        Vector(
            resource: "emu.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fmod1",
            signature: "99AESozscFhBj/C33uFNIP259CzwIHlSoiwXEXpSasI=", host: "emu.azure-devices.net",
            segments: ["devices", "dev1", "modules", "mod1"]),
        Vector(
            resource: "emu.azure-devices.net/devices/dev1", signature: "5hHsYJRoKBhNzo28SEb/ad4baHe/P8ubVwnrXAPmpqE=",
            host: "emu.azure-devices.net", segments: ["devices", "dev1"]),
        Vector(
            resource: "localhost%3A8443", signature: "S82VeJ/uWysBysKErSrOWOc6EliEdc5yeDssWsNAbec=",
            host: "localhost:8443", segments: []),
    ]

    @Test("The signatures of rest.md section 2.3 are the key's, over the resource as it stands", arguments: vectors)
    func verifies(_ vector: Vector) throws {
        let key = try SymmetricKey(base64: Self.key)
        let other = try SymmetricKey(base64: "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        // As Python leaves it, as Node escapes it, in lower case, and with a plus that a decoder made a space.
        for signature in [
            vector.signature, PercentCoding.encode(vector.signature),
            PercentCoding.encode(vector.signature).lowercased(by: "%"),
            String(vector.signature.map { $0 == "+" ? " " : $0 }),
        ] {
            let token = try SASToken("SharedAccessSignature sr=\(vector.resource)&sig=\(signature)&se=\(Self.expiry)")
            #expect(token.isSigned(by: key))
            #expect(!token.isSigned(by: other))
            #expect(token.host == vector.host)
            #expect(token.segments == vector.segments)
            #expect(token.expiry == 1_893_456_000)
            #expect(token.policy == nil)
        }
    }

    @Test("Fields stand in any order, their names in any case")
    func readsAnyOrder() throws {
        let key = try SymmetricKey(base64: Self.key)
        let fields = [
            "sr=\(Self.vectors[0].resource)", "sig=\(Self.vectors[0].signature)", "se=\(Self.expiry)",
            "skn=iothubowner",
        ]
        for first in fields.indices {
            let rotated = Array(fields[first...] + fields[..<first])
            for order in [rotated, rotated.reversed()] {
                let token = try SASToken("SharedAccessSignature " + order.joined(separator: "&"))
                #expect(token.isSigned(by: key))
                #expect(token.policy == "iothubowner")
            }
        }
        let shouted =
            "SharedAccessSignature SE=\(Self.expiry)&SIG=\(Self.vectors[0].signature)&Sr=\(Self.vectors[0].resource)"
        #expect(try SASToken(shouted).isSigned(by: key))
    }

    @Test("A changed resource or expiry is not what was signed, be it only an escape's case")
    func noticesChanges() throws {
        let key = try SymmetricKey(base64: Self.key)
        let vector = Self.vectors[1]
        let changes = [
            ("emu.azure-devices.net%2fdevices%2fdev%231", Self.expiry),
            ("EMU.azure-devices.net%2Fdevices%2Fdev%231", Self.expiry),
            ("emu.azure-devices.net/devices/dev%231", Self.expiry), (vector.resource + "%2F", Self.expiry),
            (vector.resource, "1893456001"), (vector.resource, "1893456000.0"),
        ]
        for (resource, expiry) in changes {
            let token = try SASToken("SharedAccessSignature sr=\(resource)&sig=\(vector.signature)&se=\(expiry)")
            #expect(!token.isSigned(by: key), "\(resource) \(expiry)")
        }
    }

    @Test("An expiry may have a fraction, a policy's name may be empty, a resource may end in a slash")
    func readsOddForms() throws {
        let token = try SASToken("SharedAccessSignature sr=hub%2Fdevices%2FD1%2F&sig=AAAA&se=1893456000.25&skn=")
        #expect(token.expiry == 1_893_456_000.25)
        #expect(token.policy == nil)
        #expect(token.segments == ["devices", "d1"])
        #expect(try SASToken("SharedAccessSignature sr=hub&sig=AAAA&se=1&skn=a%20b").policy == "a b")
    }

    static let refused = [
        "", "SharedAccessSignature", "SharedAccessSignature ", "sr=a&sig=AAAA&se=1", "Bearer sr=a&sig=AAAA&se=1",
        "sharedaccesssignature sr=a&sig=AAAA&se=1", "SharedAccessSignature sig=AAAA&se=1",
        "SharedAccessSignature sr=a&se=1",
        "SharedAccessSignature sr=a&sig=AAAA", "SharedAccessSignature sr=a&sig=AAAA&se=",
        "SharedAccessSignature sr=a&sig=AAAA&se=x",
        "SharedAccessSignature sr=a&sig=AAAA&se=nan", "SharedAccessSignature sr=a&sig=AAAA&se=inf",
        "SharedAccessSignature sr=a&sig=AAAA&se=1e999", "SharedAccessSignature sr=a&sig=AAA&se=1",
        "SharedAccessSignature sr=a&sig=%&se=1", "SharedAccessSignature sr=a&sig=****&se=1",
        "SharedAccessSignature sr=a&sr=b&sig=AAAA&se=1", "SharedAccessSignature sr=a&sig=AAAA&sig=AAAA&se=1",
        "SharedAccessSignature sr=a&sig=AAAA&se=1&SE=2", "SharedAccessSignature sr=a&sig=AAAA&se=1&skn",
        "SharedAccessSignature sr=%FF&sig=AAAA&se=1", "SharedAccessSignature sr=%&sig=AAAA&se=1",
        "SharedAccessSignature sr=a&sig=AAAA&se=1&skn=%FF",
        "SharedAccessSignature sr=a&sig=AAAA&se=1&x=" + String(repeating: "x", count: SASToken.maximumLength),
    ]

    @Test("What is no token is refused", arguments: refused)
    func refuses(_ text: String) { #expect(throws: AccessRefusal.self) { try SASToken(text) } }

    @Test("The signer makes the same signatures, in tokens that can be read")
    func signs() throws {
        let key = try SymmetricKey(base64: Self.key)
        let text = SASSigner.token(resource: "emu.azure-devices.net/devices/dev#1", key: key, expiry: 1_893_456_000)
        let signature = PercentCoding.encode(Self.vectors[1].signature)
        #expect(text == "SharedAccessSignature sr=\(Self.vectors[1].resource)&sig=\(signature)&se=1893456000")
        let policy = SASSigner.token(resource: "localhost:8443", key: key, expiry: 1_893_456_000, policy: "a b")
        #expect(try SASToken(policy).policy == "a b")
        #expect(try SASToken(policy).isSigned(by: key))
    }
}

extension String {
    /// The text with the escapes behind each of these marks in lower case.
    fileprivate func lowercased(by mark: Character) -> String {
        var result = ""
        var left = 0
        for character in self {
            result += left > 0 ? character.lowercased() : String(character)
            left = character == mark ? 2 : max(left - 1, 0)
        }
        return result
    }
}
