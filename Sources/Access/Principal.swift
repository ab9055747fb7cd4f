import Vocabulary

/// Who makes a request, once that is proven.
public struct Principal: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case policy(String)
        case device(TwinID)
        case module(TwinID)
        /// Nobody in particular: an open path, or `--auth off`.
        case everybody
    }

    public let kind: Kind
    public let permissions: Permissions

    public init(_ kind: Kind, _ permissions: Permissions) {
        self.kind = kind
        self.permissions = permissions
    }

    /// A device or module that has proven itself, which may do what is its own.
    public init(_ id: TwinID) { self.init(id.isModule ? .module(id) : .device(id), .deviceConnect) }

    /// The device or module that it is; nil for a policy and for nobody in particular.
    public var identity: TwinID? {
        switch kind {
        case .device(let id), .module(let id): id
        case .policy, .everybody: nil
        }
    }

    public var description: String {
        switch kind {
        case .policy(let name): "policy \(name)"
        case .device(let id): "device \(id)"
        case .module(let id): "module \(id)"
        case .everybody: "everybody"
        }
    }
}
