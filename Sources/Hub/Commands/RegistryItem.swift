import JSON
import Twins
import Vocabulary

/// One element of a bulk request, or one line of a seed file: an identity, its twin, or both (rest.md section 6).
public struct RegistryItem: Sendable {
    public enum ImportMode: String, Sendable, CaseIterable {
        case create, update, updateIfMatchETag, createOrUpdate, createOrUpdateIfMatchETag, delete, deleteIfMatchETag
        case updateTwin, updateTwinIfMatchETag

        /// Compares without case, as SDKs disagree about it (rest.md section 1.4).
        init?(caseInsensitive text: String) {
            guard let mode = Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
                return nil
            }
            self = mode
        }
    }

    public let id: TwinID
    public let mode: ImportMode
    public let draft: IdentityDraft
    /// From `eTag`, for the `…IfMatchETag` modes of identities.
    public let identityPrecondition: Precondition
    /// From `twinETag`, for `updateTwinIfMatchETag`.
    public let twinPrecondition: Precondition
    /// `tags`, `properties.desired` and, in a seed line, `properties.reported`: the first twin of a created identity.
    public let seed: TwinSeed
    /// `tags` and `properties.desired` as a PATCH would carry them, for the twin modes.
    public let patch: ServicePatch

    /// Reads an element. A missing `importMode` means `createOrUpdate` (rest.md section 6).
    public init(_ body: JSONValue) throws(HubError) {
        guard body.kind == .object, let device = body["id"]?.string else { throw .badMember("id") }
        if let module = body["moduleId"], !module.isNull {
            guard let name = module.string else { throw .badMember("moduleId") }
            id = try TwinID(device: device, module: name)
        } else {
            id = try TwinID(device: device)
        }
        if let value = body["importMode"], !value.isNull {
            guard let text = value.string, let known = ImportMode(caseInsensitive: text) else {
                throw .badMember("importMode")
            }
            mode = known
        } else {
            mode = .createOrUpdate
        }
        draft = try IdentityDraft(body, module: id.isModule)
        identityPrecondition = Precondition(header: body["eTag"]?.string)
        twinPrecondition = Precondition(header: body["twinETag"]?.string)
        switch mode {
        case .updateTwin, .updateTwinIfMatchETag:
            patch = try ServicePatch(body)
            seed = .empty
        case .create, .createOrUpdate, .createOrUpdateIfMatchETag:
            let properties = body["properties"]
            seed = try TwinSeed(tags: body["tags"], desired: properties?["desired"], reported: properties?["reported"])
            patch = .empty
        case .update, .updateIfMatchETag, .delete, .deleteIfMatchETag:
            seed = .empty
            patch = .empty
        }
    }
}
