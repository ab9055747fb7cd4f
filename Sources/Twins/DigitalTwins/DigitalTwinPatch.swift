import JSON
import Vocabulary

/// A back end's JSON Patch of a digital twin, checked. It writes desired properties and nothing else.
public struct DigitalTwinPatch: Sendable {
    /// Operations in one patch.
    public static let maximumOperations = 1000

    private let document: JSONDocument

    /// Throws `InvalidDigitalTwin…` for what is no such patch.
    public init(body: JSONDocument) throws(HubError) {
        document = body
        _ = try operations()
    }

    /// The operations, in their order.
    private func operations() throws(HubError) -> [DigitalTwinOperation] {
        guard document.root.kind == .array else {
            throw HubError(.invalidDigitalTwinJsonPatch, "A patch is an array of operations.")
        }
        var operations: [DigitalTwinOperation] = []
        for element in document.root.elements {
            guard operations.count < Self.maximumOperations else {
                throw HubError(
                    .invalidDigitalTwinJsonPatch, "A patch has at most \(Self.maximumOperations) operations.")
            }
            operations.append(try DigitalTwinOperation(element))
        }
        return operations
    }

    /// What it comes to for this twin: a patch of its desired properties.
    ///
    /// - Throws: `ArgumentInvalid` where the twin holds, under a name that is written, what is not Plug and Play's.
    public func servicePatch(of twin: Twin) throws(HubError) -> ServicePatch {
        var edits = DesiredEdits(
            desired: try Self.parse(twin.desired), reported: try Self.parse(twin.reported))
        for operation in try operations() { try edits.apply(operation) }
        let patch = try Self.parse(edits.mergePatch()[...])
        return try ServicePatch(tags: nil, desired: patch.root)
    }

    private static func parse(_ bytes: ArraySlice<UInt8>) throws(HubError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: Array(bytes))
        } catch {
            throw .unreadableTwin(error)
        }
    }
}
