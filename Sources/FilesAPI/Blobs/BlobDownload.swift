import Blobs
import Endpoints
import HTTP
import Vocabulary

/// Get Blob: the bytes come from disk as the client takes them.
final class BlobDownload: BodySource {
    private let responder: any Responder
    private let services: ShardServices
    private let account: StorageAccount
    private let reading: BlobReading
    private var part = 0..<0
    private var isReading = false

    /// Bytes read and sent at a time.
    private static let pieceBytes = 256 << 10

    init(
        _ responder: any Responder, _ services: ShardServices, _ account: StorageAccount, _ reading: BlobReading
    ) {
        self.responder = responder
        self.services = services
        self.account = account
        self.reading = reading
    }

    func begin(_ range: ByteRange, _ requestID: RequestID) throws(BlobError) {
        let properties = reading.properties
        part = try range.part(of: properties.size)
        var head = HTTPResponse.blob(range.isWhole ? 200 : 206, requestID)
        head.fields += properties.validators
        head.fields += [
            HTTPField("Accept-Ranges", "bytes"), HTTPField("x-ms-blob-type", "BlockBlob"),
            HTTPField("x-ms-creation-time", String(decoding: HTTPDate.text(properties.created), as: UTF8.self)),
            HTTPField("x-ms-lease-status", "unlocked"), HTTPField("x-ms-lease-state", "available"),
            HTTPField("x-ms-server-encrypted", "false"),
            HTTPField("Content-Type", properties.headers.type ?? "application/octet-stream"),
        ]
        if let encoding = properties.headers.encoding { head.fields.append(HTTPField("Content-Encoding", encoding)) }
        if let language = properties.headers.language { head.fields.append(HTTPField("Content-Language", language)) }
        if let text = properties.headers.disposition { head.fields.append(HTTPField("Content-Disposition", text)) }
        if let text = properties.headers.cacheControl { head.fields.append(HTTPField("Cache-Control", text)) }
        if range.isWhole {
            head.append(md5: properties.md5)
        } else {
            head.fields.append(
                HTTPField("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(properties.size)"))
            if let md5 = properties.md5 { head.fields.append(HTTPField("x-ms-blob-content-md5", Base64.encode(md5))) }
        }
        responder.openBody(head, length: part.count, from: self)
    }

    func wantsMore() {
        guard !isReading, !part.isEmpty else { return }
        isReading = true
        let piece = services.returning { [self] (result: Result<[UInt8], BlobFailure>) in
            isReading = false
            guard case .success(let bytes) = result, !bytes.isEmpty else { return responder.cutBody() }
            part = part.lowerBound + bytes.count..<part.upperBound
            responder.send(bytes)
        }
        account.read(reading, at: part.lowerBound, count: min(Self.pieceBytes, part.count), then: piece)
    }

    func abandon() { part = 0..<0 }
}
