import Testing
import Vocabulary

@testable import Access

@Suite struct AuthorityCertificateTests {
    private let workshop = CertificateWorkshop()

    @Test("It is read from PEM, DER and base64 of either, and shown as openssl shows it")
    func forms() throws {
        let der = workshop.root("root", subject: "/C=DE/O=Müller, Söhne/CN=Factory root")
        let pem = workshop.pem("root")
        let base64 = Array(Base64.encode(der).utf8)
        let wrapped = Array(base64.map { [$0, UInt8(ascii: "\n")] }.joined())
        let forms = [der, pem, Array("A comment\n".utf8) + pem, base64, wrapped, Array(Base64.encode(pem).utf8)]
        for form in forms {
            let certificate = try AuthorityCertificate(upload: form)
            #expect(certificate.der == der)
            #expect(
                "sha1 Fingerprint=\(certificate.thumbprint)"
                    == workshop.openssl("root", "-fingerprint -sha1").filter { $0 != ":" })
            #expect(certificate.subject == #"CN=Factory root, O=Müller\, Söhne, C=DE"#)
            #expect(certificate.expiry.unixSeconds == ClientCertificate(der: der)?.notAfter)
        }
    }

    @Test("What is no certificate, or one that may not sign others, or several, is an invalid argument")
    func refusals() throws {
        let root = workshop.root("root", subject: "/CN=Factory")
        let leaf = workshop.issue("leaf", subject: "/CN=press-1", by: "root")
        let pem = workshop.pem("root")
        let bad: [[UInt8]] = [
            [], Array("certificate".utf8), Array(root.dropLast()), root + [0], pem + pem, Array(pem.dropLast(40)),
            leaf, workshop.pem("leaf"), Array("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".utf8),
            Array(repeating: UInt8(ascii: "A"), count: AuthorityCertificate.maximumUploadBytes + 1),
        ]
        for upload in bad {
            do throws(HubError) {
                _ = try AuthorityCertificate(upload: upload)
                Issue.record("\(upload.count) bytes were taken")
            } catch {
                #expect(error.code == .argumentInvalid)
            }
        }
    }

    @Test("A proof is signed by its key, names the code, and is valid")
    func proofs() throws {
        let root = try AuthorityCertificate(der: workshop.root("root", subject: "/CN=Factory"))
        workshop.root("pretender", subject: "/CN=Factory")
        let good = workshop.issue("good", subject: "/CN=ABC", by: "root", days: 2)
        let dates = try #require(ClientCertificate(der: good))
        let now = Timestamp(unixSeconds: dates.notBefore)
        #expect(try root.isProven(by: good, code: "ABC", at: now))
        #expect(try root.isProven(by: workshop.pem("good"), code: "ABC", at: now))
        #expect(try !root.isProven(by: good, code: "ABD", at: now))
        #expect(try !root.isProven(by: good, code: "abc", at: now))
        #expect(try !root.isProven(by: good, code: "ABC", at: Timestamp(unixSeconds: dates.notAfter + 1)))
        let forged = workshop.issue("forged", subject: "/CN=ABC", by: "pretender")
        #expect(try !root.isProven(by: forged, code: "ABC", at: now))
        let selfMade = workshop.root("self", subject: "/CN=ABC")
        #expect(try !root.isProven(by: selfMade, code: "ABC", at: now))
        #expect(throws: HubError.self) { try root.isProven(by: [1], code: "ABC", at: now) }
    }
}
