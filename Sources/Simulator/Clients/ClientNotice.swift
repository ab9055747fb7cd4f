/// What a simulated client tells its owner. Views are valid until the call returns.
public enum ClientNotice {
    /// Connected, and subscribed to what it is to be subscribed to.
    case ready(isSessionPresent: Bool)
    /// The server has a message; how long that took, for some of them.
    case published(nanoseconds: UInt64?)
    /// The answer to a twin read or a reported patch.
    case twin(status: Int, requestID: UnsafeRawBufferPointer, version: Int64?, body: UnsafeRawBufferPointer)
    /// A patch of desired properties, one version behind the last.
    case desired(version: Int64, patch: UnsafeRawBufferPointer)
    case method(name: UnsafeRawBufferPointer, requestID: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer)
    case message(topic: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer)
    /// The server did what a server must not do. The connection is closed.
    case wrong(String)
    /// The connection is gone, or did not come to be; it is dialled again where the settings say so.
    case lost(String)
}

/// Who owns simulated clients. Called on the client's shard.
public protocol ClientObserver: AnyObject {
    func client(_ client: SimulatedClient, _ notice: ClientNotice)
}
