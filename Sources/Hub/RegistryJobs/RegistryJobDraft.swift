import JSON
import Vocabulary

/// An import or export as somebody asks for it (rest.md section 13).
public struct RegistryJobDraft: Sendable {
    public enum Work: Sendable {
        case export(excludesKeys: Bool)
        /// From this container.
        case `import`(ContainerURI)
    }

    public enum Authentication: String, Sendable, CaseIterable { case keyBased, identityBased }

    public let work: Work
    /// Where an export's lines go, or an import's errors.
    public let output: ContainerURI
    /// The blob of the lines, of either kind of job.
    public let blob: String
    /// The blob of configurations, one a line, which goes with either; nil where they are left out.
    public let configurationsBlob: String?
    public let authentication: Authentication

    public static let defaultBlob = "devices.txt"
    public static let defaultConfigurationsBlob = "configurations.txt"
    public static let errorsBlob = "importErrors.log"

    /// Reads the body of a POST, and what ``writeMembers(to:)`` has written.
    public init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object else { throw HubError(.argumentInvalid, "The body is not an object.") }
        guard let kind = try Self.text(body, "type") else { throw HubError(.argumentNull, "'type' is missing.") }
        let output = try Self.text(body, "outputBlobContainerUri").map(ContainerURI.init)
        switch kind.lowercased() {
        case "export":
            guard let output else { throw HubError(.argumentNull, "'outputBlobContainerUri' is missing.") }
            self.output = output
            work = .export(excludesKeys: try Self.flag(body, "excludeKeysInExport"))
            blob = try Self.text(body, "outputBlobName") ?? Self.defaultBlob
        case "import":
            guard let input = try Self.text(body, "inputBlobContainerUri") else {
                throw HubError(.argumentNull, "'inputBlobContainerUri' is missing.")
            }
            let container = ContainerURI(input)
            work = .import(container)
            // As .NET's documentation of it has it.
            self.output = output ?? container
            blob = try Self.text(body, "inputBlobName") ?? Self.defaultBlob
        default: throw HubError(.argumentInvalid, "'type' is one of export, import.")
        }
        if let name = try Self.text(body, "storageAuthenticationType") {
            guard let known = Authentication.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
            else { throw HubError(.argumentInvalid, "'storageAuthenticationType' is keyBased or identityBased.") }
            authentication = known
        } else {
            authentication = .keyBased
        }
        let name = try Self.text(body, "configurationsBlobName") ?? Self.defaultConfigurationsBlob
        configurationsBlob = try Self.flag(body, "includeConfigurations") ? name : nil
        guard configurationsBlob != blob else {
            throw HubError(.argumentInvalid, "'\(blob)' cannot hold devices and configurations.")
        }
    }

    private static func text(_ body: JSONValue, _ member: String) throws(HubError) -> String? {
        guard let value = body[member], !value.isNull else { return nil }
        guard let text = value.string else { throw .badMember(member) }
        return text.isEmpty ? nil : text
    }

    private static func flag(_ body: JSONValue, _ member: String) throws(HubError) -> Bool {
        guard let value = body[member], !value.isNull else { return false }
        guard let flag = value.bool else { throw .badMember(member) }
        return flag
    }

    /// Whose names and order are those of the service's documents.
    ///
    /// - Parameter showsInput: whether an import's container is told; the service does so in its first answer only.
    public func writeMembers(to json: inout JSONWriter, showsInput: Bool) {
        switch work {
        case .export(let excludesKeys):
            json.key("outputBlobContainerUri")
            json.value(output.address)
            json.key("outputBlobName")
            json.value(blob)
            json.key("excludeKeysInExport")
            json.value(excludesKeys)
        case .import(let input):
            if showsInput {
                json.key("inputBlobContainerUri")
                json.value(input.address)
            }
            json.key("inputBlobName")
            json.value(blob)
            json.key("outputBlobContainerUri")
            json.value(output.address)
            json.key("excludeKeysInExport")
            json.value(false)
        }
        if let configurationsBlob {
            json.key("includeConfigurations")
            json.value(true)
            json.key("configurationsBlobName")
            json.value(configurationsBlob)
        }
        json.key("storageAuthenticationType")
        json.value(authentication.rawValue)
    }

    public var kindName: String {
        switch work {
        case .export: "export"
        case .import: "import"
        }
    }
}
