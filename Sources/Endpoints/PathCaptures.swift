import Vocabulary

/// What a route's `{…}` segments captured, percent-decoded. `{device}` and `{module}` form the entity's key.
///
/// What needs no decoding stands in the request's path, as long as that does.
public struct PathCaptures {
    enum Value {
        case plain(UnsafeRawBufferPointer)
        case decoded([UInt8])
    }

    private var device: Value?
    private var module: Value?
    private var others: [(name: String, value: Value)] = []

    init() {}

    mutating func add(_ value: Value, named name: CaptureName) {
        switch name {
        case .device: device = value
        case .module: module = value
        case .other(let name): others.append((name, value))
        }
    }

    /// Calls with the key's bytes: `device` or `device/module`; empty where the route names none.
    public func withKey<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard let device else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        guard let module else { return device.withBytes(body) }
        return device.withBytes { device in
            module.withBytes { module in
                let count = device.count + 1 + module.count
                return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { key in
                    key.copyMemory(from: device)
                    key[device.count] = UInt8(ascii: "/")
                    UnsafeMutableRawBufferPointer(rebasing: key[(device.count + 1)...]).copyMemory(from: module)
                    return body(UnsafeRawBufferPointer(key))
                }
            }
        }
    }

    /// The id that the path names; `ArgumentInvalid` where it is not one.
    public func twinID() throws(HubError) -> TwinID {
        guard let module else { return try TwinID(device: device?.text ?? "") }
        return try TwinID(device: device?.text ?? "", module: module.text)
    }

    /// Another capture by its name in the pattern; nil where the pattern has none of that name.
    public subscript(_ name: String) -> String? {
        switch CaptureName(name) {
        case .device: device?.text
        case .module: module?.text
        case .other: others.first { $0.name == name }?.value.text
        }
    }
}

/// What a segment of a pattern is called.
enum CaptureName: Equatable {
    case device
    case module
    case other(String)

    init(_ name: String) {
        switch name {
        case "device": self = .device
        case "module": self = .module
        default: self = .other(name)
        }
    }
}

extension PathCaptures.Value {
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .plain(let bytes): body(bytes)
        case .decoded(let bytes): bytes.withUnsafeBytes(body)
        }
    }

    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
