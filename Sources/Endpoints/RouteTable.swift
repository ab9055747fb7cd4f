import HTTP
import Vocabulary

/// The one table of every operation. From it follow dispatch, 404, and 405 with `Allow`.
public struct RouteTable: Sendable {
    /// Longer paths name nothing here, but for what a tail captures.
    public static let maximumSegments = 12

    public let routes: [Route]
    /// No operation that takes its body whole takes less than this.
    let smallestBodyLimit: Int
    private let root = Node()

    /// What can follow a part of a path. An object, so that a search copies none.
    ///
    /// Not checked: changed by the table's initialiser and by nobody after it.
    private final class Node: @unchecked Sendable {
        var literals: [(text: [UInt8], node: Node)] = []
        var capture: Node?
        var captureName = CaptureName("")
        var tailName = CaptureName("")
        /// Those that take everything from here on.
        var tails: [Route] = []
        var routes: [Route] = []
    }

    /// A path on its way through the table.
    private struct Search {
        let method: HTTPMethod
        let path: UnsafeRawBufferPointer
        var captures = PathCaptures()
        var allowed: [HTTPMethod] = []

        /// The route of the method among these; notes what the others take.
        mutating func choose(_ routes: [Route]) -> Route? {
            if let route = routes.first(where: { $0.method == method }) { return route }
            for route in routes where !allowed.contains(route.method) { allowed.append(route.method) }
            return nil
        }
    }

    /// What a path and method lead to.
    public enum Match {
        case route(Route, PathCaptures)
        /// The path exists with these methods.
        case methodNotAllowed([HTTPMethod])
        case notFound
    }

    public init(_ routes: [Route]) {
        self.routes = routes
        smallestBodyLimit = routes.reduce(BodyLimit.ordinary) { smallest, route in
            guard case .whole(let limit, _) = route.intake else { return smallest }
            return min(smallest, limit)
        }
        for route in routes {
            let segments = route.pattern.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
            Self.insert(route, segments[...], into: root)
        }
    }

    private static func insert(_ route: Route, _ segments: ArraySlice<[UInt8]>, into node: Node) {
        guard let segment = segments.first else {
            node.routes.append(route)
            return
        }
        if segment.first == UInt8(ascii: "{") {
            if segment.ends(with: "...}") {
                precondition(segments.count == 1, "nothing can follow a tail")
                node.tailName = CaptureName(String(decoding: segment.dropFirst().dropLast(4), as: UTF8.self))
                node.tails.append(route)
                return
            }
            if node.capture == nil {
                node.captureName = CaptureName(String(decoding: segment.dropFirst().dropLast(), as: UTF8.self))
            }
            let child = node.capture ?? Node()
            node.capture = child
            insert(route, segments.dropFirst(), into: child)
            return
        }
        let text = segment.map(lowercased)
        let known = node.literals.first { $0.text == text }?.node
        let child = known ?? Node()
        if known == nil { node.literals.append((text, child)) }
        insert(route, segments.dropFirst(), into: child)
    }

    /// Finds the route of a raw path. A trailing slash is accepted, literals match without case, and each segment is
    /// percent-decoded after splitting (rest.md section 0). HEAD is answered as GET is.
    public func match(_ method: HTTPMethod, path: UnsafeRawBufferPointer) -> Match {
        guard path.first == UInt8(ascii: "/"), !Self.hasEmptySegment(path) else { return .notFound }
        var search = Search(method: method == .head ? .get : method, path: path)
        if let route = find(1, in: root, depth: 0, &search) { return .route(route, search.captures) }
        var allowed = search.allowed
        if allowed.isEmpty { return .notFound }
        if allowed.contains(.get) { allowed.append(.head) }
        allowed.append(.options)
        return .methodNotAllowed(allowed)
    }

    /// Only a last slash may stand alone.
    private static func hasEmptySegment(_ path: UnsafeRawBufferPointer) -> Bool {
        var wasSlash = false
        for byte in path {
            let isSlash = byte == UInt8(ascii: "/")
            if isSlash, wasSlash { return true }
            wasSlash = isSlash
        }
        return false
    }

    /// Looks at the path from `start` on, where its segment number `depth` begins.
    ///
    /// Literals win over captures, and captures over tails; where a literal leads nowhere for this method, the capture is
    /// tried, so that a device called `query` can be read and written though not posted to.
    private func find(_ start: Int, in node: Node, depth: Int, _ search: inout Search) -> Route? {
        let path = search.path
        guard start < path.count else { return search.choose(node.routes) }
        guard depth < Self.maximumSegments else { return nil }
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        let segment = UnsafeRawBufferPointer(rebasing: path[start..<end])
        // By place: most are not it, and are not to be held for that.
        for place in node.literals.indices where Self.equalIgnoringCase(segment, node.literals[place].text) {
            if let route = find(end + 1, in: node.literals[place].node, depth: depth + 1, &search) { return route }
        }
        // What hides a slash is a tail rather than an id, where there can be a tail.
        if let child = node.capture, let value = Self.value(segment),
            node.tails.isEmpty || !value.withBytes({ $0.contains(Self.hiddenSlash) })
        {
            let before = search.captures
            search.captures.add(value, named: node.captureName)
            if let route = find(end + 1, in: child, depth: depth + 1, &search) { return route }
            search.captures = before
        }
        // A tail keeps its slashes, a last one too, and may spell them `%2F`.
        guard !node.tails.isEmpty, let rest = PercentCoding.decode(path[start...]),
            let route = search.choose(node.tails)
        else { return nil }
        search.captures.add(.decoded(rest), named: node.tailName)
        return route
    }

    /// Nil where the escapes are malformed. A slash that an escape hides divides nothing: it becomes U+0000, which is in no
    /// id either, so that the id is refused as such.
    private static func value(_ segment: UnsafeRawBufferPointer) -> PathCaptures.Value? {
        guard segment.contains(UInt8(ascii: "%")) else { return .plain(segment) }
        return PercentCoding.decode(segment).map { .decoded($0.map { $0 == UInt8(ascii: "/") ? hiddenSlash : $0 }) }
    }

    private static let hiddenSlash: UInt8 = 0

    private static func equalIgnoringCase(_ segment: UnsafeRawBufferPointer, _ text: [UInt8]) -> Bool {
        guard segment.count == text.count else { return false }
        for index in 0..<text.count where lowercased(segment[index]) != text[index] { return false }
        return true
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

extension [UInt8] {
    fileprivate func ends(with text: StaticString) -> Bool {
        suffix(text.utf8CodeUnitCount).elementsEqual(
            UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
