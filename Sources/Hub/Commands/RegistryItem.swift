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

        var writesIdentity: Bool {
            switch self {
            case .create, .update, .updateIfMatchETag, .createOrUpdate, .createOrUpdateIfMatchETag: true
            case .delete, .deleteIfMatchETag, .updateTwin, .updateTwinIfMatchETag: false
            }
        }
    }

    public let id: TwinID
    public let mode: ImportMode
    public let draft: IdentityDraft
    /// From `eTag`, for the `…IfMatchETag` modes of identities.
    public let identityPrecondition: Precondition
    /// From `twinETag`, for `updateTwinIfMatchETag`.
    public let twinPrecondition: Precondition
    /// `tags`, `properties.desired` and, in a seed line, `properties.reported`: the first twin of a created identity; nil in
    /// the modes that create none.
    public let seed: TwinSeed?
    /// `tags` and `properties.desired` as a PATCH would carry them, for the twin modes; nil in the others.
    public let patch: ServicePatch?
    /// Whether it is a line of an import.
    let isImported: Bool
    /// The same in a line of an import whose identity exists: there the twin is updated beside the identity (rest.md section 13).
    let twinUpdate: ServicePatch?
    /// The reported properties in a line of an import for a system module: it has come with its device, and brings them.
    let firstReport: ReportedPatch?

    /// Reads an element. A missing `importMode` means `createOrUpdate` (rest.md section 6).
    ///
    /// - Parameter importing: whether it is a line of an import.
    public init(_ body: JSONValue, importing: Bool = false) throws(HubError) {
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
            patch = try ServicePatch(body: body)
            seed = nil
        case .create, .createOrUpdate, .createOrUpdateIfMatchETag:
            let properties = body["properties"]
            seed = try TwinSeed(tags: body["tags"], desired: properties?["desired"], reported: properties?["reported"])
            patch = nil
        case .update, .updateIfMatchETag, .delete, .deleteIfMatchETag:
            seed = nil
            patch = nil
        }
        isImported = importing
        if importing, mode != .create, mode.writesIdentity {
            let update = try ServicePatch(body: body)
            twinUpdate = update.isEmpty ? nil : update
        } else {
            twinUpdate = nil
        }
        if importing, let seed, id.module?.hasPrefix("$") ?? false {
            firstReport = try Self.report(of: seed)
        } else {
            firstReport = nil
        }
    }
}

extension RegistryItem {
    /// The reported properties of a seed as a report; nil where it has none.
    private static func report(of seed: TwinSeed) throws(HubError) -> ReportedPatch? {
        guard let reported = (try? JSONDocument(parsing: seed.json))?.root["properties"]?["reported"],
            let document = try? JSONDocument(parsing: Array(reported.raw))
        else { return nil }
        return try ReportedPatch(body: document)
    }

    /// Whether it leaves an identity that exists as it is: the system modules have nothing of their own to prove themselves by, and
    /// an update would give them keys.
    var bringsTwinOnly: Bool { isImported && isSystemModule && mode.writesIdentity }

    /// `$edgeAgent` and `$edgeHub`, which come with their device.
    var isSystemModule: Bool { id.module?.hasPrefix("$") ?? false }

    /// The identity that an element is about, whatever else is wrong with it; nil where it does not say.
    public static func id(of body: JSONValue) -> TwinID? {
        guard body.kind == .object, let device = body["id"]?.string else { return nil }
        guard let module = body["moduleId"]?.string else { return try? TwinID(device: device) }
        return try? TwinID(device: device, module: module)
    }
}
