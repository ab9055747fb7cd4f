import Vocabulary

/// What a route's `{…}` segments captured, percent-decoded. `{device}` and `{module}` form the entity's key.
public struct PathCaptures {
    /// `device` or `device/module`; empty where the route names none.
    let key: ArraySlice<UInt8>
    /// Every capture in the pattern's order.
    let values: [(name: String, value: ArraySlice<UInt8>)]

    /// Calls with the key's bytes.
    public func withKey<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { key.withUnsafeBytes(body) }

    /// The id that the path names; `ArgumentInvalid` where it is not one.
    public func twinID() throws(HubError) -> TwinID {
        let text = String(decoding: key, as: UTF8.self)
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return try TwinID(device: text) }
        return try TwinID(device: String(text[..<slash]), module: String(text[text.utf8.index(after: slash)...]))
    }

    /// Another capture by its name in the pattern; nil where the pattern has none of that name.
    public subscript(_ name: String) -> String? {
        values.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
