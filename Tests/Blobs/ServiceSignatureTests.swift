import Testing
import Vocabulary

@testable import Blobs

/// The vector was made with `azure-storage-blob` 12.31.1 (`generate_blob_sas`, version 2020-12-06's fields).
@Suite("Service signature") struct ServiceSignatureTests {
    @Test("the fields are signed one a line, absent ones as empty lines")
    func fields() throws {
        let blob = try #require(BlobName("dev/a b/c.txt"))
        let signature = ServiceSignature(until: Timestamp(unixSeconds: 1_700_000_000))
        #expect(
            signature.stringToSign("emulator", "blobs", blob)
                == "rw\n\n2023-11-14T22:13:20Z\n/blob/emulator/blobs/dev/a b/c.txt\n\n\n\n2020-12-06\nb\n\n\n\n\n\n\n")
    }
}
