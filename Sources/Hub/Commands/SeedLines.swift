import JSON
import Vocabulary

/// Bulk import lines, one JSON object each (rest.md section 6), read as a whole before anything is loaded.
public struct SeedLines: Sendable {
    public let items: [RegistryItem]

    /// Empty lines are skipped.
    ///
    /// - Throws: the first bad line with its number, counted from 1, and the reason.
    public init(_ bytes: [UInt8]) throws(SeedLineError) {
        var items: [RegistryItem] = []
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) else { continue }
            do {
                items.append(try RegistryItem(JSONDocument(parsing: Array(line)).root))
            } catch {
                throw SeedLineError(line: number, reason: "\(error)")
            }
        }
        self.items = items
    }
}

/// A line of a seed that cannot be read.
public struct SeedLineError: Error, CustomStringConvertible {
    public let line: Int
    public let reason: String
    public var description: String { "line \(line): \(reason)" }
}
