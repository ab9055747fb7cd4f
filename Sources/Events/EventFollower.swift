/// A party that is told when the store has more to read. Called on the store's queue, so it must do no more than pass the
/// word on; once for many events.
public protocol EventFollower: AnyObject, Sendable {
    func eventsArrived()
}
