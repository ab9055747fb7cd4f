import Hub
import Vocabulary

/// Somebody who wants to know what of its twin a device or module has really been handed on its own connection. Called on any
/// shard, once the bytes are on their way.
public protocol TwinDeliveries: AnyObject, Sendable {
    /// The whole twin, as the answer to its read.
    func delivered(twin: Entity)
    /// A notification of desired properties: `{…,"$version":n}`.
    func delivered(patch: [UInt8], version: UInt64, to id: TwinID)
}
