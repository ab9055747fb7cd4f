import JSON
import Vocabulary

/// A line of an import's blob, read (rest.md section 13). One that is wrong is an error of its own, and the others count.
public struct ImportLine: Sendable {
    /// From 1.
    public let number: Int
    let item: Result<RegistryItem, HubError>
    /// Whom it is about, as far as it can be told.
    public let id: TwinID?

    /// - Parameter bytes: nil for a line that is too long.
    public init(_ number: Int, _ bytes: [UInt8]?) {
        self.number = number
        let body: JSONValue
        do throws(HubError) {
            body = try Self.parse(bytes)
        } catch {
            id = nil
            item = .failure(error)
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

    /// The line's JSON.
    static func parse(_ bytes: [UInt8]?) throws(HubError) -> JSONValue {
        guard let bytes else { throw HubError(.argumentInvalid, "It is too long.") }
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes).root
        } catch {
            throw HubError(.iotHubFormatError, "It is not valid JSON: \(error)")
        }
    }
}
