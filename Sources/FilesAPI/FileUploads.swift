import Blobs
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// A device asks where to put a file, and says what became of it (rest.md section 16.4).
struct FileUploads: Sendable {
    let account: StorageAccount

    var routes: [Route] {
        [
            Route(.post, "/devices/{device}/files", "Device_CreateFileUploadSasUri", .device, begin),
            Route(.post, "/devices/{device}/files/notifications", "Device_UpdateFileUploadStatus", .device, end),
            Route(
                .post, "/devices/{device}/files/notifications/{correlation}", "Device_UpdateFileUploadStatusOf",
                .device,
                end),
        ]
    }

    /// `{"blobName"}`. 200 with what the blob's URL is made of.
    private func begin(_ call: Call) throws(HubError) -> Answer {
        let identity = try device(call)
        let body = try object(call)
        guard let file = body["blobName"]?.string, !file.isEmpty else {
            throw HubError(.argumentInvalid, "'blobName' is missing.")
        }
        guard let blob = BlobName(device: identity.id.device, file: file) else {
            throw HubError(
                .argumentInvalid,
                "'blobName' is a path of segments that are neither empty, '.' nor '..', without control characters, \(BlobName.maximumLength) bytes at most with the device's id."
            )
        }
        // Clients put together https://{hostName}/{containerName}/{blobName}{sasToken}. There is no other host than this
        // one, under the name and port by which the client has just found it; the account's name behind it, as storage
        // emulators have it, keeps blobs apart from the hub's own paths.
        let host = "\(call.header("host") ?? "localhost")/\(StorageAccount.name)"
        let (responder, requestID, services, account) = (call.responder, call.requestID, call.services, account)
        let answer = services.returning { (result: Result<Upload, UploadRefusal>) in
            do throws(UploadRefusal) {
                let upload = try result.get()
                var json = JSONWriter()
                json.beginObject()
                json.key("correlationId")
                json.value(upload.correlationID)
                json.key("hostName")
                json.value(host)
                json.key("containerName")
                json.value(StorageAccount.container)
                json.key("blobName")
                json.value(upload.blob.text)
                json.key("sasToken")
                json.value(account.sasToken(for: upload.blob, until: upload.expiry))
                json.endObject()
                var response = HTTPResponse(status: 200)
                response.contentType = .json
                response.body = json.bytes
                response.requestID = requestID
                responder.respond(response)
            } catch {
                responder.respond(
                    ErrorBody.response(HubError(error), requestID: requestID, at: services.environment.now()))
            }
        }
        account.begin(blob, by: identity.id.device, identity.generation, then: answer)
        return .later
    }

    /// `{"correlationId","isSuccess","statusCode","statusDescription"}`, the id also in the path. 204 when it is durable.
    private func end(_ call: Call) throws(HubError) -> Answer {
        let identity = try device(call)
        let body = try object(call)
        let inPath = call.captures["correlation"]
        let inBody = body["correlationId"]?.string
        guard let id = inPath ?? inBody, inBody == nil || inBody == id else {
            throw HubError(
                .invalidFileUploadCorrelationId, "The correlation id is missing, or the body's is not the path's.")
        }
        guard let isSuccess = body["isSuccess"]?.bool else {
            throw HubError(.invalidFileUploadCompletionStatus, "'isSuccess' is true or false.")
        }
        if let code = body["statusCode"], !code.isNull, code.int == nil {
            throw HubError(.invalidFileUploadCompletionStatus, "'statusCode' is a whole number.")
        }
        if let text = body["statusDescription"], !text.isNull, text.string == nil {
            throw HubError(.invalidFileUploadCompletionStatus, "'statusDescription' is a text.")
        }
        let base = "https://\(call.header("host") ?? "localhost")/\(StorageAccount.name)/\(StorageAccount.container)/"
        let (responder, requestID, services) = (call.responder, call.requestID, call.services)
        let answer = services.returning { (result: Result<FileNotification?, UploadRefusal>) in
            do throws(UploadRefusal) {
                _ = try result.get()
                if isSuccess { services.witness?.witnessed(.fileUploaded, of: identity.id) }
                var response = HTTPResponse(status: 204)
                response.requestID = requestID
                responder.respond(response)
            } catch {
                responder.respond(
                    ErrorBody.response(HubError(error), requestID: requestID, at: services.environment.now()))
            }
        }
        account.end(
            id, by: identity.id.device, identity.generation, isSuccess: isSuccess,
            blobURI: { blob in
                base + blob.text.split(separator: "/").map { PercentCoding.encode(String($0)) }.joined(separator: "/")
            }, then: answer)
        return .later
    }

    private func device(_ call: Call) throws(HubError) -> Identity {
        guard let identity = call.entity()?.identity else {
            throw HubError(.deviceNotFound, try call.twinID().device)
        }
        return identity
    }

    private func object(_ call: Call) throws(HubError) -> JSONValue {
        let body = try call.json().root
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        return body
    }
}

extension HubError {
    init(_ refusal: UploadRefusal) {
        switch refusal {
        case .tooManyOfAll(let limit):
            self.init(.serverBusy, "\(limit) uploads of all devices are open, as many as there may be.")
        case .tooMany(let limit):
            self.init(
                .deviceMaximumActiveFileUploadLimitExceeded,
                "A device has at most \(limit) uploads open; end one, or wait until it expires.")
        case .unknown:
            self.init(.invalidFileUploadCorrelationId, "The device has no open upload with this correlation id.")
        case .expired:
            self.init(.expiredFileUploadCorrelationId, "The upload with this correlation id has expired.")
        case .noBlob:
            self.init(
                .invalidStorageEndpointOrBlob, "The upload is said to have succeeded, but its blob does not exist.")
        case .failed(let failure):
            self.init(.serverError, "The storage account failed: \(failure)")
        }
    }
}
