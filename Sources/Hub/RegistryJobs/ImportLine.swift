import JSON
import Vocabulary

/// A line of an import's blob, read (rest.md section 13). One that is wrong is an error of its own, and the others count.
public struct ImportLine: Sendable {
    /// From 1.
    public let number: Int
    let item: Result<RegistryItem, HubError>
    /// Whom it is about, as far as it can be told.
    public let id: TwinID?

    public init(_ number: Int, _ bytes: [UInt8]) {
        self.number = number
        let body: JSONValue
        do throws(JSONError) {
            body = try JSONDocument(parsing: bytes).root
        } catch {
            id = nil
            item = .failure(HubError(.iotHubFormatError, "It is not valid JSON: \(error)"))
            return
        }
        id = RegistryItem.id(of: body)
        item = Result { () throws(HubError) in
            let item = try RegistryItem(body, importing: true)
            // Measured on the service, whose SDKs always send one.
            guard !item.mode.writesIdentity || body["status"]?.string != nil else {
                throw HubError(.argumentInvalid, "'status' is missing.")
            }
            return item
        }
    }

    /// A line that is not even read.
    public init(_ number: Int, refused error: HubError) {
        self.number = number
        id = nil
        item = .failure(error)
    }
}
