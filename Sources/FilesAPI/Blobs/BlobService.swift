import Blobs
import Endpoints
import HTTP
import Vocabulary

/// A subset of Azure's blob service, enough for the clients that device SDKs upload with: Put Blob, Put Block, Put Block
/// List, Get Blob, Get Blob Properties and Delete Blob on block blobs, each with the blob's own signature. Everything else
/// is 501 and says what it was.
struct BlobService: Sendable {
    let account: StorageAccount

    private static let path = "/\(StorageAccount.name)/\(StorageAccount.container)/{blob...}"

    var routes: [Route] {
        [
            .streamed(.put, Self.path, "Blob_Put", .open, put),
            Route(.get, Self.path, "Blob_Get", .open, get),
            Route(.delete, Self.path, "Blob_Delete", .open, delete),
        ]
    }

    // MARK: Writing

    private func put(_ call: Call) throws(HubError) -> any BodySink {
        do throws(BlobError) {
            let name = try BlobAccess(account).check(call, "w")
            guard call.header("content-length") != nil else {
                throw BlobError(411, "MissingContentLengthHeader", "Content-Length HTTP header is not specified.")
            }
            switch call.parameter("comp") {
            case nil: return try BlobUpload(call, account, name, blob(call))
            case "block": return try BlobUpload(call, account, name, block(call))
            case "blocklist": return try BlockListUpload(call, account, name)
            case .some(let operation): throw BlobError.unsupported("PUT with comp=\(operation)")
            }
        } catch {
            return RefusedBody(error.response(call.requestID, at: call.services.environment.now()))
        }
    }

    private func blob(_ call: Call) throws(BlobError) -> BlobUpload.Purpose {
        guard call.header("x-ms-copy-source") == nil else { throw .unsupported("Copy Blob, Put Blob From URL") }
        guard let type = call.header("x-ms-blob-type") else {
            throw BlobError(
                400, "MissingRequiredHeader",
                "An HTTP header that's mandatory for this request is not specified: x-ms-blob-type.")
        }
        guard type == "BlockBlob" else { throw .unsupported("blobs of type \(type)") }
        return .blob(try BlobHeaders(call))
    }

    private func block(_ call: Call) throws(BlobError) -> BlobUpload.Purpose {
        guard call.header("x-ms-copy-source") == nil else { throw .unsupported("Put Block From URL") }
        guard let text = call.parameter("blockid"), let id = BlockID(text) else {
            throw BlobError(
                400, "InvalidQueryParameterValue",
                "Value for one of the query parameters specified in the request URI is invalid: blockid.")
        }
        return .block(id, try BlobHeaders(call))
    }

    // MARK: Reading

    private func get(_ call: Call) throws(HubError) -> Answer {
        let (responder, requestID, services, account) = (call.responder, call.requestID, call.services, account)
        do throws(BlobError) {
            let name = try BlobAccess(account).check(call, "r")
            if let operation = call.parameter("comp") { throw BlobError.unsupported("GET with comp=\(operation)") }
            let headers = try BlobHeaders(call)
            let range = try ByteRange(call)
            let answer = services.returning { (result: Result<BlobReading, BlobFailure>) in
                do throws(BlobError) {
                    let reading: BlobReading
                    do throws(BlobFailure) { reading = try result.get() } catch { throw BlobError(error) }
                    try BlobDownload(responder, services, account, reading).begin(range, requestID)
                } catch {
                    responder.respond(error.response(requestID, at: services.environment.now()))
                }
            }
            account.open(name, headers.conditions, then: answer)
            return .later
        } catch {
            return .now(error.response(requestID, at: services.environment.now()))
        }
    }

    private func delete(_ call: Call) throws(HubError) -> Answer {
        let (responder, requestID, services) = (call.responder, call.requestID, call.services)
        do throws(BlobError) {
            let name = try BlobAccess(account).check(call, "d")
            if let operation = call.parameter("comp") { throw BlobError.unsupported("DELETE with comp=\(operation)") }
            let answer = services.returning { (result: Result<Bool, BlobFailure>) in
                switch result {
                case .success: responder.respond(.blob(202, requestID))
                case .failure(let failure):
                    responder.respond(BlobError(failure).response(requestID, at: services.environment.now()))
                }
            }
            account.delete(name, try BlobHeaders(call).conditions, then: answer)
            return .later
        } catch {
            return .now(error.response(requestID, at: services.environment.now()))
        }
    }
}
