import Vocabulary

/// The `api-version` of a request: `YYYY-MM-DD` or `YYYY-MM-DD-preview`, 2016-02-03 or later (rest.md section 1.1).
public struct APIVersion: Hashable, Sendable, Comparable {
    public let text: String

    /// For requests that need none and have none.
    public static let none = APIVersion(unchecked: "")

    private init(unchecked text: String) { self.text = text }

    /// Throws `InvalidProtocolVersion` for anything else.
    public init(_ text: String?) throws(HubError) {
        var text = text ?? ""
        guard text.withUTF8({ Self.isValid(UnsafeRawBufferPointer($0)) }) else {
            throw HubError(.invalidProtocolVersion, "BadRequest")
        }
        self.text = text
    }

    private static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes.count == 10 || bytes[10...].elementsEqual("-preview".utf8)
        else { return false }
        func number(_ range: Range<Int>) -> Int {
            var value = 0
            for index in range {
                let digit = Int(bytes[index]) - Int(UInt8(ascii: "0"))
                guard (0...9).contains(digit) else { return -1 }
                value = value * 10 + digit
            }
            return value
        }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        guard (1...12).contains(month), (1...31).contains(day) else { return false }
        return (year * 100 + month) * 100 + day >= 2016_02_03
    }

    public static func < (left: APIVersion, right: APIVersion) -> Bool { left.text < right.text }

    /// Identities carry `attributes` from `2024-03-31` on.
    public var hasAttributes: Bool { text.isEmpty || text >= "2024-03-31" }

    /// Twins carry `modelId` from `2020-09-30` on; requests without a version count as the newest.
    public var hasModelID: Bool { text.isEmpty || text >= "2020-09-30" }
}
