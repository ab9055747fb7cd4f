import Testing
import Vocabulary

@testable import Access

@Suite struct ClientCertificateTests {
    /// A self-signed certificate that `openssl` has made, with what `openssl` says of it.
    private struct Sample {
        let certificate: ClientCertificate
        let sha1: String
        let sha256: String
        let notBefore: Int64
        let notAfter: Int64

        init(_ folder: TemporaryFolder, subject: String) throws {
            folder.shell(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out pem -subj '\(subject)' -days 30
                openssl x509 -in pem -outform der -out der
                """)
            certificate = try #require(ClientCertificate(der: folder.bytes("der")))
            func words(_ command: String) -> [String] { folder.shell(command).split(separator: "\n").map(String.init) }
            sha1 = words("sha1sum der | cut -d' ' -f1")[0]
            sha256 = words("sha256sum der | cut -d' ' -f1")[0]
            let dates = words(
                "date -ud \"$(openssl x509 -in pem -noout -startdate | cut -d= -f2)\" +%s; date -ud \"$(openssl x509 -in pem -noout -enddate | cut -d= -f2)\" +%s"
            )
            notBefore = try #require(Int64(dates[0]))
            notAfter = try #require(Int64(dates[1]))
        }
    }

    @Test("A certificate gives its hashes, its name and its dates as openssl does")
    func reads() throws {
        let sample = try Sample(TemporaryFolder(), subject: "/O=Factory/CN=Dev 1")
        #expect(sample.certificate.sha1 == sample.sha1)
        #expect(sample.certificate.sha256 == sample.sha256)
        #expect(sample.certificate.commonName == "Dev 1")
        #expect(sample.certificate.notBefore == sample.notBefore)
        #expect(sample.certificate.notAfter == sample.notAfter)
        #expect(sample.notAfter - sample.notBefore == 30 * 86400)
        #expect(try Sample(TemporaryFolder(), subject: "/O=Factory").certificate.commonName == nil)
    }

    @Test("Other bytes are no certificate")
    func refuses() throws {
        let folder = TemporaryFolder()
        _ = try Sample(folder, subject: "/CN=d")
        let der = folder.bytes("der")
        #expect(ClientCertificate(der: []) == nil)
        #expect(ClientCertificate(der: [0x30]) == nil)
        #expect(ClientCertificate(der: folder.bytes("pem")) == nil)
        #expect(ClientCertificate(der: Array(der[..<(der.count - 1)])) == nil)
        #expect(ClientCertificate(der: der + [0]) == nil)
    }

    @Test("It stands for an identity that has its thumbprint, by either hash and in either case, while it is valid")
    func checksThumbprints() throws {
        let sample = try Sample(TemporaryFolder(), subject: "/CN=anything")
        let other = try Thumbprint(String(repeating: "a", count: 40))
        let during = Timestamp(unixSeconds: sample.notBefore + 100)
        func isGood(_ authentication: Authentication, at time: Timestamp? = nil) -> Bool {
            (try? sample.certificate.check(authentication, at: time ?? during)) != nil
        }
        for text in [sample.sha1, sample.sha256, sample.sha1.uppercased(), sample.sha256.uppercased()] {
            let own = try Thumbprint(text)
            #expect(isGood(.selfSigned(primary: own, secondary: nil)))
            #expect(isGood(.selfSigned(primary: other, secondary: own)))
            #expect(isGood(.selfSigned(primary: nil, secondary: own)))
            for (seconds, isValid) in [
                (sample.notBefore - 1, false), (sample.notBefore, true), (sample.notAfter, true),
                (sample.notAfter + 1, false),
            ] {
                #expect(
                    isGood(.selfSigned(primary: own, secondary: nil), at: Timestamp(unixSeconds: seconds)) == isValid)
            }
        }
        #expect(!isGood(.selfSigned(primary: other, secondary: nil)))
        #expect(!isGood(.selfSigned(primary: nil, secondary: nil)))
        #expect(!isGood(.selfSigned(primary: try Thumbprint(String(sample.sha256.prefix(40))), secondary: nil)))
        let key = SymmetricKey.generate(.system)
        #expect(!isGood(.sas(primary: key, secondary: key)))
        #expect(!isGood(.certificateAuthority))
        #expect(!isGood(.none))
    }
}
