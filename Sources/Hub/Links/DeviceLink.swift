import Vocabulary

/// The live connection of a device or module, whatever it speaks. Called from any thread; it does no more than carry the
/// matter to where the connection lives.
public protocol DeviceLink: AnyObject, Sendable {
    /// Hands over a direct method's request; answered through it.
    func invoke(_ request: MethodRequest)
    /// A request that its caller no longer waits for.
    func forget(_ request: MethodRequest.ID)
    /// Hands over a message to one of a module's inputs; answered through it.
    func deliver(_ message: InputMessage)
    /// Ends the connection.
    func end(_ reason: LinkEnd)
}

/// Why the hub ends a connection.
public enum LinkEnd: Sendable {
    /// The same identity has connected anew (400027 ConnectionForcefullyClosedOnNewConnection).
    case takenOver
    case stopping
}
