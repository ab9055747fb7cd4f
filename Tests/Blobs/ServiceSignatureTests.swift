import Testing
import Vocabulary

@testable import Blobs

/// The vectors were made with `azure-storage-blob` 12.31.1, told to sign as version 2020-12-06.
@Suite("Service signature") struct ServiceSignatureTests {
    @Test("the fields are signed one a line, absent ones as empty lines")
    func fields() throws {
        let blob = try #require(BlobName("dev/a b/c.txt"))
        let signature = ServiceSignature(until: Timestamp(unixSeconds: 1_700_000_000))
        #expect(
            signature.stringToSign("emulator", "blobs", blob)
                == "rw\n\n2023-11-14T22:13:20Z\n/blob/emulator/blobs/dev/a b/c.txt\n\n\n\n2020-12-06\nb\n\n\n\n\n\n\n")
    }

    @Test("the signature is the one that Azure's own library makes")
    func signature() throws {
        let blob = try #require(BlobName("dev/a b/c.txt"))
        let signature = ServiceSignature(until: Timestamp(unixSeconds: 1_700_000_000))
        let key = Array(UInt8(0)..<64)
        #expect(
            Base64.encode(signature.sign("emulator", "blobs", blob, key: key))
                == "89HeAXpbqUbVKMF2eqK0v/zayeDFZ7xQrcjidiw5bRk=")
        #expect(
            signature.query("emulator", "blobs", blob, key: key)
                == "?sv=2020-12-06&sr=b&sig=89HeAXpbqUbVKMF2eqK0v%2FzayeDFZ7xQrcjidiw5bRk%3D&se=2023-11-14T22%3A13%3A20Z&sp=rw"
        )
    }

    @Test("a container's signature leaves the blob out, and is the one that Azure's own library makes")
    func container() {
        let signature = ServiceSignature(permissions: "rw", expiry: "2023-11-14T22:13:20Z", resource: "c")
        #expect(
            Base64.encode(signature.sign("emulator", "blobs", nil, key: Array(UInt8(0)..<64)))
                == "AkVNCrywo8LKBONHxkZI8f8/3W6oAGtGWp45Dv8cqsc=")
        #expect(
            signature.stringToSign("emulator", "blobs", BlobName("dev/a.txt"))
                == signature.stringToSign("emulator", "blobs", nil))
    }
}
