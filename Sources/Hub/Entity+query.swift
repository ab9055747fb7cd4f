import CSystem
import Query
import Twins

extension Entity {
    /// Lends the twin as queries and conditions see it.
    @inline(__always)
    public func withQueryDocument<Result>(_ body: (DocumentView) -> Result) -> Result {
        defer { extendLifetime(self) }
        return body(queryView)
    }

    /// Asks memory for the part of the twin that queries mostly look at.
    @inline(__always)
    func prefetchDocument() {
        guard let start = queryView.start else { return }
        csystem_prefetch(start)
        csystem_prefetch(start + 64)
        csystem_prefetch(start + 128)
    }
}

extension RenderedTwin {
    /// Good as long as the document is, whose bytes are never changed and so stay where they are.
    func queryView(isModule: Bool) -> DocumentView {
        let sections = sections
        return bytes.withUnsafeBufferPointer {
            DocumentView(
                $0,
                .twin(
                    tags: sections.tags, desired: sections.desired, reported: sections.reported, isModule: isModule))
        }
    }
}

extension StoredEntity {
    private static let twin = PropertyPath(member: "twin")
    private static let configurations = PropertyPath(member: "configurations")

    /// As above, without restoring the entity.
    func withQueryDocument<Result>(_ body: (DocumentView) -> Result) -> Result {
        withLine { line in
            guard let twin = line.object(at: Self.twin, .twin(isModule: isModule)) else {
                fatalError("a snapshot's line without a twin")
            }
            return body(twin)
        }
    }

    /// Whether any configuration targets it.
    var hasConfigurations: Bool { withLine { $0.has(Self.configurations) } }

    private func withLine<Result>(_ body: (DocumentView) -> Result) -> Result {
        line.withBytes { body(DocumentView($0.assumingMemoryBound(to: UInt8.self), .unknown)) }
    }
}
