import Access
import Vocabulary

/// Somebody who wants to know what is done with devices beside the hub's log, and what is refused. Called on any shard.
public protocol OperationWitness: AnyObject, Sendable {
    /// Whether anything of it is wanted at present: whoever has to go to some length to tell it asks first.
    var isWatching: Bool { get }

    func witnessed(_ operation: WitnessedOperation, of id: TwinID)
}

public enum WitnessedOperation: Hashable, Sendable {
    case directMethodInvoked
    case fileUploaded
    case commandsPurged
    /// A request on a path that names it, or its connection, was turned away.
    case refused(AccessRefusal.Cause)
    /// It has proven who it is over a connection of its own, encrypted like this; nil for one that is not.
    case signedIn(cipher: String?)
}
