/// Which twins a configuration is for (query.md section 9): the part of a query behind its WHERE for devices, `FROM
/// devices.modules WHERE …` for modules, `*` for every device.
///
/// It reads ids, tags and reported properties only. So whether it holds can only change with these, and never by what a
/// configuration writes.
public struct TargetCondition: Sendable {
    /// As it was given.
    public let text: String
    public let targets: Targets
    /// Nil for nothing or everything.
    private let predicate: Predicate?
    /// What it reads of what can change.
    private let reads: [PropertyPath]

    public enum Targets: Sendable, Hashable {
        /// An empty text: nothing at all, as the command line's default.
        case nothing
        case devices
        case modules
    }

    /// - Throws: what is wrong, with its line and column.
    public init(parsing text: String) throws(QueryError) {
        self.text = text
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty, words != ["*"] else {
            targets = words.isEmpty ? .nothing : .devices
            predicate = nil
            reads = []
            return
        }
        var parser = try Parser(text)
        let (expression, isOfModules) = try parser.targetCondition()
        predicate = Predicate(expression)
        targets = isOfModules ? .modules : .devices
        var reader = OperandCheck()
        try reader.visit(expression)
        reads = reader.paths
    }

    /// Whether it holds for every device without looking at one.
    public var isEverything: Bool { targets == .devices && predicate == nil }

    /// Whether the twin, one JSON object, is one of them. Devices and modules are told apart by whoever asks.
    public func matches(_ document: DocumentView) -> Bool {
        guard targets != .nothing else { return false }
        return predicate.map { $0.truth(in: document) == true } ?? true
    }

    /// Whether a change can have altered the answer.
    ///
    /// - Parameters: the paths of a twin that differ, with what stood there before and after.
    public func depends(onChange before: [UInt8], _ after: [UInt8]) -> Bool {
        guard !reads.isEmpty else { return false }
        return [before, after].contains { bytes in
            QueryDocument(bytes).withView { document in reads.contains { document.place(of: $0) != nil } }
        }
    }
}

/// Looks for the operands of a target condition, and refuses those that it may not have.
private struct OperandCheck {
    var paths: [PropertyPath] = []

    mutating func visit(_ expression: Expression) throws(QueryError) {
        switch expression {
        case .literal: return
        case .path(let path): try visit(path)
        case .not(let inner), .negative(let inner): try visit(inner)
        case .and(let left, let right), .or(let left, let right), .comparison(_, let left, let right),
            .arithmetic(_, let left, let right):
            try visit(left)
            try visit(right)
        case .isIn(let inner, let list, _):
            try visit(inner)
            // The real hub refuses `IN ['true', true]` here (query.md section 9).
            guard Set(list.map(\.kind)).count <= 1 else { throw Self.refusal("A list holds values of different types") }
        case .call(_, let arguments): for argument in arguments { try visit(argument) }
        }
    }

    private mutating func visit(_ path: PropertyPath) throws(QueryError) {
        guard case .key(let root) = path.steps.first else { return }
        switch String(decoding: root, as: UTF8.self) {
        case "deviceId" where path.steps.count == 1, "moduleId" where path.steps.count == 1: return
        case "tags": paths.append(path)
        case "properties" where path.section == .reported:
            // `$version` and `$metadata` differ whenever anything of the section does.
            let isOfHub = path.steps.contains {
                if case .key(let key) = $0 { key.first == UInt8(ascii: "$") } else { false }
            }
            paths.append(isOfHub ? PropertyPath(steps: Array(path.steps.prefix(2))) : path)
        default:
            throw Self.refusal("A target condition reads deviceId, moduleId, tags and properties.reported only")
        }
    }

    private static func refusal(_ reason: String) -> QueryError { QueryError(line: 1, column: 0, reason: reason) }
}
