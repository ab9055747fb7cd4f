import Testing
import Vocabulary

@testable import Access

/// Authorities and the certificates that they sign, made by `openssl`.
final class CertificateWorkshop {
    private let folder = TemporaryFolder()

    init() {
        folder.shell(
            """
            cat >settings <<'END'
            [req]
            distinguished_name = dn
            [dn]
            [authority]
            basicConstraints = critical, CA:TRUE
            keyUsage = critical, keyCertSign, cRLSign
            [bare-authority]
            basicConstraints = critical, CA:TRUE
            [leaf]
            basicConstraints = critical, CA:FALSE
            [server]
            basicConstraints = critical, CA:FALSE
            extendedKeyUsage = serverAuth
            END
            """)
    }

    private static let newKey =
        "-config settings -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8"

    /// A certificate that signs itself.
    @discardableResult
    func root(_ name: String, subject: String, days: Int = 30, section: String = "authority") -> [UInt8] {
        made(
            name,
            "openssl req -x509 \(Self.newKey) -extensions \(section) -keyout \(name).key -out \(name).pem -subj '\(subject)' -days \(days)"
        )
    }

    /// A certificate that another one signs.
    @discardableResult
    func issue(
        _ name: String, subject: String, by issuer: String, days: Int = 30, section: String = "leaf"
    ) -> [UInt8] {
        made(
            name,
            """
            openssl req -new \(Self.newKey) -keyout \(name).key -out \(name).csr -subj '\(subject)'
            openssl x509 -req -in \(name).csr -CA \(issuer).pem -CAkey \(issuer).key -CAcreateserial -extfile settings \
            -extensions \(section) -days \(days) -out \(name).pem
            """)
    }

    private func made(_ name: String, _ command: String) -> [UInt8] {
        let output = folder.shell("\(command)\nopenssl x509 -in \(name).pem -outform der -out \(name).der")
        let der = folder.bytes("\(name).der")
        if der.isEmpty { Issue.record("openssl did not make \(name): \(output)") }
        return der
    }

    func pem(_ name: String) -> [UInt8] { folder.bytes("\(name).pem") }

    /// What `openssl` prints about a certificate.
    func openssl(_ name: String, _ options: String) -> String {
        String(folder.shell("openssl x509 -in \(name).pem -noout \(options)").filter { !$0.isNewline })
    }
}
