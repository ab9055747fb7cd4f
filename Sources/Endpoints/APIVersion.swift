import Vocabulary

/// The `api-version` of a request: `YYYY-MM-DD` or `YYYY-MM-DD-preview`, 2016-02-03 or later (rest.md section 1.1).
public struct APIVersion: Hashable, Sendable, Comparable {
    public let text: String

    /// For requests that need none and have none.
    public static let none = APIVersion(unchecked: "")

    private init(unchecked text: String) { self.text = text }

    /// Throws `InvalidProtocolVersion` for anything else.
    public init(_ text: String?) throws(HubError) {
        guard let text, Self.isValid(text) else { throw HubError(.invalidProtocolVersion, "BadRequest") }
        self.text = text
    }

    private static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 10 || (bytes.count > 10 && bytes[10...].elementsEqual("-preview".utf8)) else {
            return false
        }
        for (index, byte) in bytes.prefix(10).enumerated() {
            let isDash = index == 4 || index == 7
            guard isDash ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                return false
            }
        }
        let month = text.dropFirst(5).prefix(2)
        let day = text.dropFirst(8).prefix(2)
        return ("01"..."12").contains(month) && ("01"..."31").contains(day) && text >= "2016-02-03"
    }

    public static func < (left: APIVersion, right: APIVersion) -> Bool { left.text < right.text }

    /// Twins carry `modelId` from `2020-09-30` on; requests without a version count as the newest.
    public var hasModelID: Bool { text.isEmpty || text >= "2020-09-30" }
}
