import HTTP
import JSON
import Vocabulary

/// Turns a hub error into its HTTP answer: the one place where error bodies are written (rest.md section 4.1).
public enum ErrorBody {
    public static func response(_ error: HubError, requestID: RequestID, at time: Timestamp) -> HTTPResponse {
        var response = HTTPResponse(status: error.code.status)
        response.contentType = .json
        response.fields.append(HTTPField("iothub-errorcode", error.code.name.description))
        // The real hub closes the connection of whoever is throttled, and names no time (rest.md section 1.3).
        response.closes = error.code.status == 429
        response.requestID = requestID
        response.body = document(error, requestID: requestID, at: time)
        return response
    }

    /// The body alone, for protocols that have no heads.
    public static func document(_ error: HubError, requestID: RequestID, at time: Timestamp) -> [UInt8] {
        var json = JSONWriter()
        switch error.envelope {
        case .registry, .twin:
            json.beginObject()
            json.key("Message")
            json.value("ErrorCode:\(error.code.name);\(error.text)")
            json.key("ExceptionMessage")
            let tracking = trackingID(requestID, at: time, withGroup: error.envelope == .registry)
            json.value("Tracking ID:\(tracking)")
            json.endObject()
        case .numeric:
            writeNumeric(error, requestID, time, to: &json)
        case .nested:
            var inner = JSONWriter()
            writeNumeric(error, requestID, time, to: &inner)
            json.beginObject()
            json.key("Message")
            json.value(String(decoding: inner.bytes, as: UTF8.self))
            json.key("ExceptionMessage")
            json.value("")
            json.endObject()
        }
        return json.bytes
    }

    private static func writeNumeric(_ error: HubError, _ id: RequestID, _ time: Timestamp, to json: inout JSONWriter) {
        json.beginObject()
        json.key("errorCode")
        json.value(error.code.number)
        json.key("trackingId")
        json.value(trackingID(id, at: time, withGroup: true))
        json.key("message")
        json.value(error.text)
        if let info = error.info {
            json.key("info")
            json.raw(Array(info.utf8))
        }
        json.key("timestampUtc")
        json.value(time.description)
        json.endObject()
    }

    /// `<32 hex>[-G:<n>]-TimeStamp:MM/dd/yyyy HH:mm:ss`.
    static func trackingID(_ id: RequestID, at time: Timestamp, withGroup: Bool) -> String {
        let iso = Array(time.description)
        let date = "\(String(iso[5..<7]))/\(String(iso[8..<10]))/\(String(iso[0..<4]))"
        return "\(id.plain)\(withGroup ? "-G:0" : "")-TimeStamp:\(date) \(String(iso[11..<19]))"
    }
}
