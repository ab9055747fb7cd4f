/// A party that submits commands and is told of changes. The hub calls it on the writer's queue, so it must do no more
/// than hand the delivery over to where its owner lives.
public protocol HubSubscriber: AnyObject, Sendable {
    func deliver(_ delivery: Delivery)
}
