/// One shard's listening socket, and who handles what it accepts.
final class Listener {
    let descriptor: Int32
    let accept: Reactor.Accept
    /// Watches the socket again after a pause for want of descriptors.
    var pause: ShardTimer?

    init(descriptor: Int32, accept: @escaping Reactor.Accept) {
        self.descriptor = descriptor
        self.accept = accept
    }
}
