import Vocabulary

/// An id as a segment of a URL's path.
enum PathSegment {
    static func encode(_ id: String) -> String { PercentCoding.encode(id) }

    /// `DEVICE` or `DEVICE/MODULE`.
    static func split(_ text: String) -> (device: String, module: String?) {
        guard let slash = text.firstIndex(of: "/") else { return (text, nil) }
        return (String(text[..<slash]), String(text[text.index(after: slash)...]))
    }

    /// The path of an identity in the registry.
    static func identity(_ text: String) -> String {
        let (device, module) = split(text)
        return "/devices/\(encode(device))" + (module.map { "/modules/\(encode($0))" } ?? "")
    }
}
