import JSON
import OrderedCollections
import Twins
import Vocabulary

/// What a configuration writes (rest.md section 11.2): into the twins of devices, of modules, or of an edge device's modules.
public struct ConfigurationContent: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case device = "deviceContent"
        case module = "moduleContent"
        /// An edge deployment.
        case modules = "modulesContent"
    }

    public let kind: Kind
    /// `{"deviceContent":{…}}`, as it was sent.
    public let json: [UInt8]
    let sections: [Section]
    /// Tells contents apart in the metadata of what they have written: a decimal number, the checksum of the content.
    let digest: String

    /// What one twin gets.
    struct Section: Sendable {
        /// Nil where the target's own twin is meant.
        let module: String?
        let parts: [Part]
    }

    /// `properties.desired.<path>` with its value; a short path stands before those that lead into it.
    struct Part: Hashable, Sendable {
        let path: [String]
        let tree: DesiredTree
    }

    /// Reads the member `content` of a configuration, or the body of `applyConfigurationContent`.
    ///
    /// - Throws: `InvalidConfigurationContent`.
    public init(_ body: JSONValue?) throws(HubError) {
        guard let body, body.kind == .object else { throw Self.invalid("A configuration needs its content.") }
        let given = Kind.allCases.compactMap { kind -> (Kind, JSONValue)? in
            guard let value = body[kind.rawValue], !value.isNull else { return nil }
            return (kind, value)
        }
        guard given.count == 1, let (kind, value) = given.first else {
            throw Self.invalid("Content is exactly one of deviceContent, moduleContent and modulesContent.")
        }
        guard value.kind == .object else { throw Self.invalid("'\(kind.rawValue)' is not an object.") }
        self.kind = kind
        var json = JSONWriter()
        json.beginObject()
        json.key(kind.rawValue)
        json.raw(value.raw)
        json.endObject()
        // A record of the log is one line.
        self.json = json.bytes.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        digest = String(self.json.withUnsafeBytes { CRC32C.checksum($0) })
        guard kind == .modules else {
            sections = [try Self.section(nil, value)]
            return
        }
        var sections: [Section] = []
        var names: Set<String> = []
        for (name, module) in value.members {
            guard module.kind == .object, IdentifierRule.allows(name.utf8), names.insert(name).inserted else {
                throw Self.invalid("'\(name)' is no module with its desired properties.")
            }
            sections.append(try Self.section(name, module))
        }
        guard sections.contains(where: { $0.module == Self.edgeAgent }) else {
            throw Self.invalid("modulesContent says nothing of $edgeAgent.")
        }
        self.sections = sections
    }

    static let edgeAgent = "$edgeAgent"
    /// Bytes of what one twin gets, white space included: several times what fits into it (twins.md section 7).
    static let maximumSectionBytes = 4 * TwinLimits.current.propertiesSize
    /// Names in a row below `properties.desired`.
    static let maximumPathLength = TwinLimits.current.depth
    private static let root = "properties.desired"

    func section(_ module: String?) -> Section? { sections.first { $0.module == module } }

    /// Whether an edge deployment gives `$edgeAgent` all of its desired properties. One that only gives parts is a layer over
    /// such a one.
    var isBase: Bool { section(Self.edgeAgent)?.parts.contains { $0.path.isEmpty } ?? false }

    private static func section(_ module: String?, _ content: JSONValue) throws(HubError) -> Section {
        guard content.raw.count <= maximumSectionBytes else {
            throw invalid("What one twin gets is longer than \(maximumSectionBytes) bytes.")
        }
        var trees: OrderedDictionary<[String], DesiredTree> = [:]
        for (key, value) in content.members {
            var path: [String] = []
            if key != root {
                guard key.hasPrefix(root + ".") else {
                    throw invalid("'\(key)' is not '\(root)' or a path in it.")
                }
                path = key.dropFirst(root.count + 1).split(separator: ".", omittingEmptySubsequences: false).map(
                    String.init)
            }
            guard path.count <= maximumPathLength else {
                throw invalid("A path leads through more than \(maximumPathLength) names.")
            }
            guard !path.isEmpty || value.kind == .object else { throw invalid("'\(key)' is not an object.") }
            trees[path] = DesiredTree(value)
        }
        let parts = trees.map { Part(path: $0.key, tree: $0.value) }.sorted { $0.path.count < $1.path.count }
        let section = Section(module: module, parts: parts)
        try check(section)
        return section
    }

    /// What is written has to keep the rules of every desired property, and to fit into a twin by itself (twins.md section 7).
    private static func check(_ section: Section) throws(HubError) {
        var tree = DesiredTree.object([:])
        for part in section.parts { tree.set(part.tree, at: part.path[...]) }
        do {
            let body = DesiredTree.object(["properties": .object(["desired": tree])])
            let replacement = try ServiceReplacement(body: JSONDocument(parsing: body.json))
            _ = try Twin.fresh(at: .never, kind: .device).replaced(replacement, at: .never)
        } catch let error as HubError {
            throw invalid(error.text)
        } catch {
            throw invalid("\(error)")
        }
    }

    private static func invalid(_ reason: String) -> HubError { HubError(.invalidConfigurationContent, reason) }
}
