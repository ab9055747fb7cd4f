import JSON
import Vocabulary

/// The changes that a twin knows. Each is a function of the twin, what is asked, and the time, and of nothing else:
/// replaying the log calls them again.
extension Twin {
    /// A back end's PATCH. V, E and, where desired properties are written, their version grow by one; a patch that asks
    /// for nothing leaves the twin as it is (twins.md sections 4 and 5).
    ///
    /// - Parameter configuration: the configuration that the patch comes from, for the metadata.
    /// - Throws: `DeviceModelMaxPropertiesExceeded` where a section grows too large.
    public func patched(
        _ patch: ServicePatch, at time: Timestamp, by configuration: ConfigurationStamp? = nil,
        limits: TwinLimits = .current
    ) throws(HubError) -> TwinChange {
        try patch.sections.document.withTape { tape throws(HubError) in
            let stamp = MetadataStamp(time: time, version: desiredVersion + 1, configuration: configuration)
            let newTags = try merged(tags, .tags, with: patch.sections.tags, of: tape, stamp: nil)
            try newTags?.section.checkSize(.tags, limits, envelope: .twin)
            let newDesired = try merged(desiredSection, .desired, with: patch.sections.desired, of: tape, stamp: stamp)
            try newDesired?.section.checkSize(.desired, limits, envelope: .twin)
            guard newTags != nil || newDesired != nil else {
                return TwinChange(previous: self, twin: self)
            }
            var assembly = TwinAssembly(capacity: buffer.count + tape.bytes.count * 4 + 160)
            assembly.tags(newTags.map { $0.section.values[...] } ?? tags)
            var notice: [UInt8]?
            if let section = newDesired?.section, let node = patch.sections.desired {
                assembly.section(
                    .desired, object: section.values, metadata: section.metadata, version: desiredVersion + 1)
                notice = Self.notice(tape.raw(node), version: desiredVersion + 1)
            } else {
                assembly.copy(.desired, of: self)
            }
            assembly.copy(.reported, of: self)
            let twin = assembly.twin(
                version: version + 1, desired: desiredVersion + (newDesired == nil ? 0 : 1), reported: reportedVersion,
                updates: updates + 1)
            return TwinChange(
                previous: self, twin: twin, desiredPatch: notice, tags: newTags?.difference,
                desired: newDesired?.difference)
        }
    }

    /// A back end's PUT: tags and desired properties are what the replacement says, all desired metadata is new (twins.md
    /// section 6). V, E and the desired version grow by one.
    ///
    /// - Throws: `DeviceModelMaxPropertiesExceeded` where a section is too large.
    public func replaced(
        _ replacement: ServiceReplacement, at time: Timestamp, limits: TwinLimits = .current
    ) throws(HubError) -> TwinChange {
        try replacement.sections.document.withTape { tape throws(HubError) in
            let stamp = MetadataStamp(time: time, version: desiredVersion + 1)
            let newTags = try MergedSection.whole(
                with: replacement.sections.tags, of: tape, .tags, stamp: nil, limits: limits)
            let newDesired = try MergedSection.whole(
                with: replacement.sections.desired, of: tape, .desired, stamp: stamp, limits: limits)
            var assembly = TwinAssembly(capacity: buffer.count + tape.bytes.count * 4 + 160)
            assembly.tags(newTags.values)
            assembly.section(
                .desired, object: newDesired.values, metadata: newDesired.metadata, version: desiredVersion + 1)
            assembly.copy(.reported, of: self)
            let twin = assembly.twin(
                version: version + 1, desired: desiredVersion + 1, reported: reportedVersion, updates: updates + 1)
            var (tagsDifference, desiredDifference) = (SectionDifference(), SectionDifference())
            try Self.withTapes(tags, newTags.values[...]) { tagsDifference.compare(of: $0, of: $1) }
            var notice: [UInt8] = []
            try Self.withTapes(desiredSection, newDesired.values[...]) { old, new in
                desiredDifference.compare(of: old, of: new)
                ReplacementNotice.append(from: 0, of: old, to: 0, of: new, to: &notice)
            }
            return TwinChange(
                previous: self, twin: twin, desiredPatch: Self.notice(notice, version: desiredVersion + 1),
                tags: tagsDifference, desired: desiredDifference)
        }
    }

    /// A device's or module's report. V and the reported version grow by one, whatever the patch says; `etag` stays
    /// (twins.md section 4).
    ///
    /// - Throws: `DeviceModelMaxPropertiesExceeded` where the section grows too large.
    public func reported(
        _ patch: ReportedPatch, at time: Timestamp, limits: TwinLimits = .current
    ) throws(HubError) -> TwinChange {
        try patch.document.withTape { tape throws(HubError) in
            let stamp = MetadataStamp(time: time, version: nil)
            let (section, difference) = try Self.reading(reportedSection) { old in
                var merge = SectionMerge(old: old, patch: tape, stamp: stamp)
                _ = merge.merge(metadata: old.metadataNode, with: 0)
                return (merge.result, merge.difference)
            }
            try section.checkSize(.reported, limits, envelope: .numeric)
            var assembly = TwinAssembly(capacity: buffer.count + tape.bytes.count * 4 + 160)
            assembly.tags(tags)
            assembly.copy(.desired, of: self)
            assembly.section(
                .reported, object: section.values, metadata: section.metadata, version: reportedVersion + 1)
            let twin = assembly.twin(
                version: version + 1, desired: desiredVersion, reported: reportedVersion + 1, updates: updates)
            return TwinChange(previous: self, twin: twin, reported: difference)
        }
    }
}
