/// Decides where events go, as the store takes them in.
public protocol EventRouter: Sendable {
    /// What is to be done with each event that comes now, on the thread of whoever brings it. Nil where nobody has declared
    /// routes: then events are stored as they are.
    func routing() -> (@Sendable (inout DeviceEvent) -> Void)?
}
