/// Where a value stands in a document.
public struct PropertyPath: Sendable {
    public enum Step: Hashable, Sendable {
        case key([UInt8])
        case element(Int)
    }

    private let form: Form

    public var steps: [Step] { form.steps }
    /// The last key as it is written, or as the hub spells it: the name of a result that has no other.
    var name: String { form.name }
    /// The part of a twin that it leads into; nil for anything else.
    var section: Section? { form.section }
    /// What documents are searched for.
    var pattern: PathPattern { form.pattern }

    /// What all copies share.
    private final class Form: Sendable {
        let steps: [Step]
        let name: String
        let section: Section?
        let isTags: Bool
        let pattern: PathPattern

        init(steps: [Step], name: String, section: Section?) {
            self.steps = steps
            self.name = name
            self.section = section
            isTags = section == .tags && steps.count == 1
            pattern = PathPattern(steps)
        }
    }

    enum Section: Hashable {
        case tags, desired, reported, capabilities
    }

    /// Fields of the hub's own at the root, which are found in any case of letters (query.md section 4).
    private static let rootFields: [String: String] = {
        let names = [
            "deviceId", "moduleId", "etag", "deviceEtag", "status", "statusReason", "statusUpdateTime",
            "connectionState", "connectionStateUpdatedTime", "lastActivityTime", "cloudToDeviceMessageCount",
            "authenticationType", "x509Thumbprint", "modelId", "version", "tags", "properties", "capabilities",
            "configurations", "deviceScope", "parentScopes", "jobId", "jobType", "startTimeUtc", "endTimeUtc",
            "createdDateTimeUtc", "lastUpdatedDateTimeUtc", "outcome", "error",
        ]
        var fields = Dictionary(uniqueKeysWithValues: names.map { ($0.lowercased(), $0) })
        // A sample of Microsoft's filters on it.
        fields["id"] = "deviceId"
        // The documents' name for a job's time.
        fields["createdtimeutc"] = "createdDateTimeUtc"
        return fields
    }()

    /// - Parameter parts: keys and indexes as they were written, behind the collection's name.
    init(_ parts: [Part]) {
        var steps: [Step] = []
        var name = ""
        for (index, part) in parts.enumerated() {
            switch part {
            case .key(let key):
                name =
                    switch (index, steps.first) {
                    case (0, _): Self.rootFields[key.lowercased()] ?? key
                    // The one field below the root that is found so too.
                    case (1, .key(Self.capabilities)) where key.lowercased() == "iotedge": "iotEdge"
                    default: key
                    }
                steps.append(.key(Array(name.utf8)))
            case .element(let number): steps.append(.element(number))
            }
        }
        self.init(steps: steps, name: name)
    }

    /// To a member of the root, spelled as it is.
    public init(member: String) { self.init(steps: [.key(Array(member.utf8))], name: member) }

    init(steps: [Step], name: String = "") {
        let section: Section? =
            switch (steps.first, steps.dropFirst().first) {
            case (.key(Self.tags), _): .tags
            case (.key(Self.properties), .key(Self.desired)): .desired
            case (.key(Self.properties), .key(Self.reported)): .reported
            case (.key(Self.capabilities), _): .capabilities
            default: nil
            }
        form = Form(steps: steps, name: name, section: section)
    }

    private static let tags = Array("tags".utf8)
    private static let properties = Array("properties".utf8)
    private static let desired = Array("desired".utf8)
    private static let reported = Array("reported".utf8)
    private static let capabilities = Array("capabilities".utf8)

    enum Part {
        case key(String)
        case element(Int)
    }

    /// Whether the path is `tags` alone, which is not defined where there are none.
    var isTags: Bool { form.isTags }

    /// What rows of `devices.jobs` have (query.md section 7).
    private static let deviceJobFields: Set<[UInt8]> = Set(
        [
            "deviceId", "jobId", "jobType", "status", "startTimeUtc", "endTimeUtc", "createdDateTimeUtc",
            "lastUpdatedDateTimeUtc", "outcome", "error",
        ].map { Array($0.utf8) })

    var isOfDeviceJob: Bool {
        if case .key(let root)? = steps.first { Self.deviceJobFields.contains(root) } else { false }
    }
}

extension PropertyPath: Hashable {
    public static func == (one: PropertyPath, other: PropertyPath) -> Bool {
        one.form === other.form || one.steps == other.steps
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(steps) }
}

extension PropertyPath: CustomStringConvertible {
    /// As it would be written in a query, every key that is no plain name in `[[ ]]`.
    public var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .element(let index): text += "[\(index)]"
            case .key(let key):
                let name = String(decoding: key, as: UTF8.self)
                let isPlain = name.utf8.allSatisfy {
                    ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z")
                }
                text += (text.isEmpty ? "" : ".") + (isPlain ? name : "[[\(name)]]")
            }
        }
        return text
    }
}
