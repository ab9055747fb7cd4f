import JSON
import Vocabulary

extension UploadBook.Entry {
    /// One line, with its line feed.
    var line: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        switch self {
        case .began(let upload):
            json.key("began")
            json.value(upload.correlationID)
            json.key("deviceId")
            json.value(upload.device)
            json.key("generation")
            json.value(upload.generation)
            json.key("blobName")
            json.value(upload.blob.text)
            json.key("expiry")
            json.value(upload.expiry.description)
        case .ended(let id):
            json.key("ended")
            json.value(id)
        case .notified(let id, let notification):
            json.key("notified")
            json.value(id)
            json.key("sequence")
            json.value(notification.sequence)
            json.key("notification")
            notification.writeJSON(to: &json)
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    /// Nil where the line is none of the above.
    init?(line: some Collection<UInt8>) {
        guard let root = try? JSONDocument(parsing: Array(line)).root, root.kind == .object else { return nil }
        if let id = root["began"]?.string {
            guard let device = root["deviceId"]?.string, let generation = root["generation"]?.counter,
                let blob = root["blobName"]?.string.flatMap(BlobName.init),
                let expiry = root["expiry"]?.string.flatMap({ Timestamp($0) })
            else { return nil }
            self = .began(
                Upload(
                    correlationID: id, device: device, generation: generation, blob: blob, expiry: expiry))
        } else if let id = root["ended"]?.string {
            self = .ended(correlationID: id)
        } else if let id = root["notified"]?.string {
            guard let sequence = root["sequence"]?.counter, let body = root["notification"],
                let notification = FileNotification(body, sequence: sequence)
            else { return nil }
            self = .notified(correlationID: id, notification)
        } else {
            return nil
        }
    }
}

extension FileNotification {
    /// The body of the real hub's message.
    public func writeJSON(to json: inout JSONWriter) {
        json.beginObject()
        json.key("deviceId")
        json.value(device)
        json.key("blobUri")
        json.value(blobURI)
        json.key("blobName")
        json.value(blob.text)
        json.key("lastUpdatedTime")
        json.value(modified.description)
        json.key("blobSizeInBytes")
        json.value(size)
        json.key("enqueuedTimeUtc")
        json.value(enqueued.description)
        json.endObject()
    }

    init?(_ body: JSONValue, sequence: UInt64) {
        guard let device = body["deviceId"]?.string, let uri = body["blobUri"]?.string,
            let blob = body["blobName"]?.string.flatMap(BlobName.init), let size = body["blobSizeInBytes"]?.counter,
            let modified = body["lastUpdatedTime"]?.string.flatMap({ Timestamp($0) }),
            let enqueued = body["enqueuedTimeUtc"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            sequence: sequence, device: device, blob: blob, blobURI: uri, size: Int(size), modified: modified,
            enqueued: enqueued)
    }
}
