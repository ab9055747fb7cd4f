/// A document's text, lent while somebody looks into it: values are found without parsing the whole of it.
///
/// Not checked: the text is never written, and whoever lends it answers for its being there.
public struct DocumentView: @unchecked Sendable {
    let text: UnsafeBufferPointer<UInt8>
    let layout: DocumentLayout

    /// - Parameter text: one JSON object that has been parsed once. Whoever lends it keeps it alive.
    public init(_ text: UnsafeBufferPointer<UInt8>, _ layout: DocumentLayout) {
        self.text = text
        self.layout = layout
    }

    /// Where queries mostly begin to look: a twin's tags, and its desired properties where it has none.
    public var start: UnsafeRawPointer? {
        guard let base = text.baseAddress else { return nil }
        let offset = layout.sections.map { Int(($0.tags ?? $0.desired).lowerBound) } ?? 0
        return UnsafeRawPointer(base + offset)
    }

    /// A value that stands somewhere.
    struct Place {
        let scanner: TextScanner
        let position: Int

        var first: UInt8 { scanner.byte(at: position) }
        var text: UnsafeBufferPointer<UInt8> { scanner.text(at: position) }
    }

    /// Where the path leads; nil where it leads nowhere.
    func place(of path: PropertyPath) -> Place? {
        var scanner = TextScanner(text)
        var position = 0
        var taken = 0
        if let sections = layout.sections {
            switch path.section {
            case .tags:
                guard let tags = sections.tags else { return nil }
                (position, taken) = (Int(tags.lowerBound), 1)
            case .desired: (position, taken) = (Int(sections.desired.lowerBound), 2)
            case .reported: (position, taken) = (Int(sections.reported.lowerBound), 2)
            case .capabilities, nil: break
            }
        }
        if layout.isModule, path.section == .capabilities {
            scanner = TextScanner(Self.moduleCapabilities)
            taken = 1
        }
        let steps = path.pattern.steps
        for index in taken..<steps.count {
            let found: Int?
            switch steps[index] {
            case .key(let key):
                found = scanner.member(
                    key, of: position, isUnique: layout.isUnique, known: index == 0 ? layout.largeMembers : .none)
            case .element(let number): found = scanner.element(number, of: position)
            }
            guard let found else { return nil }
            position = found
        }
        return Place(scanner: scanner, position: position)
    }

    /// The same for conditions and rows: a twin without tags may be written with an empty object (query.md, row 19).
    func definedPlace(of path: PropertyPath) -> Place? {
        guard let place = place(of: path) else { return nil }
        if path.isTags, place.first == UInt8(ascii: "{"), place.scanner.isEmpty(place.position) { return nil }
        return place
    }

    /// A module's twin has `capabilities` in queries, and nowhere else (rest.md section 8). Constant text, so its address is too.
    private static var moduleCapabilities: UnsafeBufferPointer<UInt8> {
        let text: StaticString = #"{"iotEdge":false}"#
        return UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    /// The object at a path as a document of its own; nil where there is none.
    public func object(at path: PropertyPath, _ layout: DocumentLayout) -> DocumentView? {
        guard let place = place(of: path), place.first == UInt8(ascii: "{") else { return nil }
        return DocumentView(place.text, layout)
    }

    public func has(_ path: PropertyPath) -> Bool { place(of: path) != nil }

    /// A module's twin as a result shows it.
    var moduleText: [UInt8] {
        text.dropLast() + Array(",\"capabilities\":".utf8) + Self.moduleCapabilities + [UInt8(ascii: "}")]
    }
}
