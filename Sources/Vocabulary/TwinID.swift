import Glibc

/// Names a device, or a module of a device; at once the name of an identity and of its twin.
///
/// Held as one string, `device` or `device/module`: `/` cannot stand in an id, so the form is unambiguous, sorts a
/// device before its modules, and is what a URL path carries.
public struct TwinID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `device` or `device/module`.
    public let key: String

    /// A device's id. Throws `ArgumentInvalid` unless it is 1 to 128 of the characters that ids may hold.
    public init(device: String) throws(HubError) {
        guard IdentifierRule.allows(device.utf8) else { throw HubError(.argumentInvalid, "BadRequest") }
        key = device
    }

    /// A module's id. Throws `ArgumentInvalid` as for devices.
    public init(device: String, module: String) throws(HubError) {
        guard IdentifierRule.allows(device.utf8), IdentifierRule.allows(module.utf8) else {
            throw HubError(.argumentInvalid, "BadRequest")
        }
        key = device + "/" + module
    }

    /// An id read back from where only valid ids are written.
    public init(trusted key: String) { self.key = key }

    /// The device's id.
    public var device: String {
        guard let slash else { return key }
        return String(key[..<slash])
    }

    /// The module's id; nil where this names a device.
    public var module: String? {
        guard let slash else { return nil }
        return String(key[key.utf8.index(after: slash)...])
    }

    public var isModule: Bool { slash != nil }

    /// Where the module's id is set apart from the device's.
    private var slash: String.Index? {
        // Ids are short and ASCII, so they are searched where they lie, not code unit by code unit.
        let found = key.utf8.withContiguousStorageIfAvailable { bytes -> Int in
            guard let base = bytes.baseAddress, let slash = memchr(base, Int32(UInt8(ascii: "/")), bytes.count) else {
                return -1
            }
            return UnsafeRawPointer(base).distance(to: slash)
        }
        guard let found else { return key.utf8.firstIndex(of: UInt8(ascii: "/")) }
        return found < 0 ? nil : key.utf8.index(key.startIndex, offsetBy: found)
    }

    /// The device that this module belongs to; for a device, itself.
    public var owner: TwinID { TwinID(trusted: device) }

    /// The module of this name on the same device.
    public func module(_ name: String) throws(HubError) -> TwinID { try TwinID(device: device, module: name) }

    public var description: String { key }

    /// By bytes, which is the order of texts where all are ASCII, as they are here (`IdentifierRule`).
    public static func < (left: TwinID, right: TwinID) -> Bool { left.key < right.key }
}
