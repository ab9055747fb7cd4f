import TestSupport
import Vocabulary

@testable import Hub

/// A random item of a bulk request, and what the plain rules make of it (rest.md section 6).
struct ModelItem {
    private let key: String
    private let mode: RegistryItem.ImportMode
    private let isEnabled: Bool
    private let tags: [String: Int?]
    private let desired: [String: Int?]
    /// What `eTag` and `twinETag` are of: what stands there, something else, or nothing.
    private let isStale: Bool?
    private let etags: (identity: String, twin: String)

    init(_ key: String, _ before: NaiveHub.Entry?, _ random: inout SeededRandom) {
        self.key = key
        mode = RegistryItem.ImportMode.allCases[random.below(RegistryItem.ImportMode.allCases.count)]
        isEnabled = random.below(3) > 0
        tags = random.patch()
        desired = random.patch()
        isStale = [nil, false, true][random.below(3)]
        let shift: UInt64 = isStale == true ? 1 : 0
        etags = (
            ETag.decimal((before?.etag ?? 5) + shift), ETag.twin(UInt64(before?.twin.updates ?? 5) + shift)
        )
    }

    /// As the wire has it.
    var text: String {
        let names = key.split(separator: "/")
        var members = [
            #""id":"\#(names[0])""#, #""importMode":"\#(mode.rawValue)""#, #""tags":\#(json(tags))"#,
            #""status":"\#(isEnabled ? "enabled" : "disabled")""#, #""properties":{"desired":\#(json(desired))}"#,
        ]
        if names.count > 1 { members.append(#""moduleId":"\#(names[1])""#) }
        if isStale != nil { members += [#""eTag":"\#(etags.identity)""#, #""twinETag":"\#(etags.twin)""#] }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Answers the number that it is refused with. What it creates has the ETag 0.
    func apply(to model: inout NaiveHub) -> Int? {
        let isModule = key.contains("/")
        let exists = model.entries[key] != nil
        let missing = isModule ? 404010 : 404001
        switch mode {
        case .create where exists: return isModule ? 409301 : 409001
        case .createOrUpdate where !exists, .createOrUpdateIfMatchETag where !exists, .create:
            if isModule, model.entries[NaiveHub.device(of: key)] == nil { return 404001 }
            var twin = NaiveHub.Twin()
            twin.tags = tags.compactMapValues { $0 }
            twin.desired = desired.compactMapValues { $0 }
            model.entries[key] = NaiveHub.Entry(isEnabled: isModule || isEnabled, twin: twin)
        case .update, .createOrUpdate, .updateIfMatchETag, .createOrUpdateIfMatchETag:
            guard exists else { return missing }
            if looksAtETag, isStale == true { return 412001 }
            model.entries[key]?.etag += 1
            if !isModule { model.entries[key]?.isEnabled = isEnabled }
        case .delete, .deleteIfMatchETag:
            guard exists else { return missing }
            if looksAtETag, isStale == true { return 412001 }
            model.delete(key)
        case .updateTwin, .updateTwinIfMatchETag:
            guard exists else { return 404001 }
            if looksAtETag, isStale == true { return 412001 }
            model.patch(key, tags: tags, desired: desired)
        }
        return nil
    }

    private var looksAtETag: Bool { mode.rawValue.hasSuffix("IfMatchETag") }
}
