import JSON
import Vocabulary

/// A line of an import's configurations, read: a configuration as a GET shows it, and an `importMode` of which there is one.
public struct ConfigurationLine: Sendable {
    static let importMode = "createOrUpdateIfMatchETag"

    struct Content: Sendable {
        let id: ConfigurationID
        let draft: ConfigurationDraft
        /// For a configuration that exists.
        let precondition: Precondition
    }

    /// From 1.
    public let number: Int
    let content: Result<Content, HubError>
    /// Which it is about, as far as it can be told.
    let id: String?

    /// - Parameter bytes: nil for a line that is too long.
    public init(_ number: Int, _ bytes: [UInt8]?) {
        self.number = number
        let body: JSONValue
        do throws(HubError) {
            body = try ImportLine.parse(bytes)
        } catch {
            id = nil
            content = .failure(error)
            return
        }
        let name = body["id"]?.string
        id = name
        content = Result { () throws(HubError) in
            if let mode = body["importMode"], !mode.isNull, mode.string?.lowercased() != Self.importMode.lowercased() {
                throw .badMember("importMode")
            }
            guard let name else { throw .badMember("id") }
            let id = try ConfigurationID(name)
            let etag = body["etag"]?.string
            return Content(
                id: id, draft: try ConfigurationDraft(body, of: id),
                precondition: etag == nil ? .any : Precondition(header: etag))
        }
    }
}
