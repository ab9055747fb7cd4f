import Blobs
import Endpoints
import HTTP
import Vocabulary

/// Put Blob and Put Block: the body goes to disk as it arrives, and no more of it is held than the disk is behind.
final class BlobUpload: BodySink {
    enum Purpose {
        case blob(BlobHeaders)
        case block(BlockID, BlobHeaders)
    }

    private let account: StorageAccount
    private let name: BlobName
    private let purpose: Purpose
    private let write: BlobWrite
    private let services: ShardServices
    private let responder: any Responder
    private let requestID: RequestID
    /// Bytes that the disk has not taken yet.
    private var waiting = 0

    /// When more wait, reading pauses until half of it is gone.
    private static let waitingBytes = 1 << 20

    init(_ call: Call, _ account: StorageAccount, _ name: BlobName, _ purpose: Purpose) throws(BlobError) {
        guard let length = call.header("content-length").flatMap({ Int($0) }) else {
            throw .invalid(header: "Content-Length")
        }
        self.account = account
        self.name = name
        self.purpose = purpose
        write = BlobWrite(announced: length)
        services = call.services
        responder = call.responder
        requestID = call.requestID
    }

    var limit: Int { account.limits.blobBytes }

    func tooLarge() -> HTTPResponse { BlobError.tooLarge(limit).response(requestID, at: services.environment.now()) }

    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        waiting += piece.count
        let written = services.returning { [weak self] (count: Int) in self?.written(count) }
        account.append(Array(piece), to: write, then: written)
        return waiting <= Self.waitingBytes
    }

    private func written(_ count: Int) {
        waiting -= count
        if waiting <= Self.waitingBytes / 2 { responder.resumeBody() }
    }

    func finish() -> Answer {
        switch purpose {
        case .blob(let headers):
            let answer = answering { (properties: BlobProperties, response) in
                response.fields += properties.validators
                response.append(md5: properties.md5)
            }
            account.putBlob(
                write, name, headers.content, expecting: headers.bodyMD5 ?? headers.blobMD5, headers.conditions,
                then: answer)
        case .block(let id, let headers):
            let answer = answering { (digest: [UInt8], response) in response.append(md5: digest) }
            account.putBlock(write, name, id, expecting: headers.bodyMD5, then: answer)
        }
        return .later
    }

    private func answering<Value: Sendable>(
        _ describe: @escaping (Value, inout HTTPResponse) -> Void
    ) -> StorageAccount.Then<Value> {
        services.answering(responder, requestID, 201, describe)
    }

    func abandon() { account.discard(write) }
}

/// Put Block List: an XML document, held whole within a bound.
final class BlockListUpload: BodySink {
    private let account: StorageAccount
    private let name: BlobName
    private let headers: BlobHeaders
    private let services: ShardServices
    private let responder: any Responder
    private let requestID: RequestID
    private var body: [UInt8] = []

    init(_ call: Call, _ account: StorageAccount, _ name: BlobName) throws(BlobError) {
        self.account = account
        self.name = name
        headers = try BlobHeaders(call)
        services = call.services
        responder = call.responder
        requestID = call.requestID
    }

    /// As many entries as a list may have, each of the longest id with its tags.
    var limit: Int { 1024 + account.limits.committedBlocks * 128 }

    func tooLarge() -> HTTPResponse {
        BlobError(413, "RequestBodyTooLarge", "The block list is longer than \(limit) bytes.")
            .response(requestID, at: services.environment.now())
    }

    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        body.append(contentsOf: piece)
        return true
    }

    func finish() -> Answer {
        do throws(BlobError) {
            let list = try BlockList(xml: body).references
            var content = headers.content
            // The body's own type is the list's, not the blob's.
            if content.type == "application/xml" || content.type?.hasPrefix("application/xml;") == true {
                content.type = nil
            }
            let answer: StorageAccount.Then<BlobProperties> = services.answering(responder, requestID, 201) {
                $1.fields += $0.validators
            }
            account.putBlockList(name, list, content, md5: headers.blobMD5, headers.conditions, then: answer)
            return .later
        } catch {
            return .now(error.response(requestID, at: services.environment.now()))
        }
    }

    func abandon() {}
}

extension ShardServices {
    /// Answers a request with what the account says: a success described by the closure, or the failure's error.
    func answering<Value: Sendable>(
        _ responder: any Responder, _ requestID: RequestID, _ status: Int,
        _ describe: @escaping (Value, inout HTTPResponse) -> Void
    ) -> StorageAccount.Then<Value> {
        let environment = environment
        return returning { (result: Result<Value, BlobFailure>) in
            switch result {
            case .success(let value):
                var response = HTTPResponse.blob(status, requestID)
                describe(value, &response)
                response.fields.append(HTTPField("x-ms-request-server-encrypted", "false"))
                responder.respond(response)
            case .failure(let failure):
                responder.respond(BlobError(failure).response(requestID, at: environment.now()))
            }
        }
    }
}

extension BlobProperties {
    var validators: [HTTPField] {
        [
            HTTPField("ETag", etag),
            HTTPField("Last-Modified", String(decoding: HTTPDate.text(modified), as: UTF8.self)),
        ]
    }
}

extension HTTPResponse {
    mutating func append(md5: [UInt8]?) {
        if let md5 { fields.append(HTTPField("Content-MD5", Base64.encode(md5))) }
    }
}
