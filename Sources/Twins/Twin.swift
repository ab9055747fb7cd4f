import Vocabulary

/// A twin proper: tags, desired and reported properties with their metadata and counters, without the identity's
/// fields that stand beside them in a twin document. An immutable value; a change makes another one (`TwinChange`).
///
/// Counters (twins.md section 4): `version` counts every change, `updates` the service's, and the two sections their own.
public struct Twin: Sendable {
    /// V: grows by one with every change.
    public let version: UInt64
    /// The desired section's `$version`.
    public let desiredVersion: UInt64
    /// The reported section's `$version`.
    public let reportedVersion: UInt64
    /// E: the number in `etag`. Reports leave it alone, so a device cannot make a back end's `If-Match` fail.
    public let updates: UInt64

    /// The bytes that hold the sections; a rendered twin's are all of its document.
    let buffer: [UInt8]
    let layout: TwinLayout

    public enum Kind: Sendable, Hashable {
        case device, module
    }

    init(
        version: UInt64, desiredVersion: UInt64, reportedVersion: UInt64, updates: UInt64, buffer: [UInt8],
        layout: TwinLayout
    ) {
        self.version = version
        self.desiredVersion = desiredVersion
        self.reportedVersion = reportedVersion
        self.updates = updates
        self.buffer = buffer
        self.layout = layout
    }

    /// The same twin, its sections in other bytes.
    init(_ twin: Twin, in buffer: [UInt8], _ layout: TwinLayout) {
        self.init(
            version: twin.version, desiredVersion: twin.desiredVersion, reportedVersion: twin.reportedVersion,
            updates: twin.updates, buffer: buffer, layout: layout)
    }

    /// Without quotes; counts what the service has written, and no report (twins.md section 4).
    public var etag: String { ETag.twin(updates) }

    /// The tags, `{}` when there are none.
    public var tags: ArraySlice<UInt8> { layout.tags.isEmpty ? Self.emptyObject[...] : buffer[layout.tags.range] }

    /// The desired properties alone, `{}` when there are none.
    public var desired: ArraySlice<UInt8> { object(layout.desired) }

    /// The reported properties alone, `{}` when there are none.
    public var reported: ArraySlice<UInt8> { object(layout.reported) }

    /// The desired properties with `$metadata` and `$version`.
    public var desiredSection: ArraySlice<UInt8> { buffer[layout.desired.whole.range] }

    /// The reported properties with `$metadata` and `$version`.
    public var reportedSection: ArraySlice<UInt8> { buffer[layout.reported.whole.range] }

    public var hasTags: Bool { !layout.tags.isEmpty }

    /// Bytes of tags, desired and reported section.
    var sectionBytes: Int { layout.tags.count + layout.desired.whole.count + layout.reported.whole.count }

    private static let emptyObject: [UInt8] = Array("{}".utf8)

    private func object(_ section: SectionLayout) -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(section.members.count + 2)
        bytes.append(UInt8(ascii: "{"))
        bytes.append(contentsOf: buffer[section.members.range])
        bytes.append(UInt8(ascii: "}"))
        return bytes[...]
    }
}
