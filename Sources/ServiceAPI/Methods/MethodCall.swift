import Endpoints
import Hub
import Reactor
import Vocabulary

/// One call whose device's answer is waited for.
final class MethodCall: ResponderListener {
    /// The device's own status, and its payload; empty where it sent none.
    typealias Answer = (status: Int, payload: [UInt8])
    typealias Result = Swift.Result<Answer, HubError>

    let request: MethodRequest.ID
    let id: TwinID
    let invocation: MethodInvocation
    /// Nil while the device is waited for.
    var link: (any DeviceLink)?
    /// What the wait for the device is known by.
    var ticket: UInt64 = 0

    /// Nil once it has been told, or nobody wants to know any more.
    private var answer: ((Result) -> Void)?
    private unowned let owner: MethodCalls
    private var responseTimer: ShardTimer?
    private var connectTimer: ShardTimer?

    init(
        _ request: MethodRequest.ID, _ id: TwinID, _ invocation: MethodInvocation, owner: MethodCalls,
        then answer: @escaping (Result) -> Void
    ) {
        self.request = request
        self.id = id
        self.invocation = invocation
        self.owner = owner
        self.answer = answer
    }

    /// The caller has gone.
    func abandoned() {
        answer = nil
        owner.abandon(self)
    }

    // MARK: Time

    func start(_ milliseconds: Int, on shard: Shard, _ fire: @escaping () -> Void) {
        let timer = ShardTimer(fire)
        responseTimer = timer
        shard.schedule(timer, afterMilliseconds: milliseconds)
    }

    func startConnectTimer(_ milliseconds: Int, on shard: Shard, _ fire: @escaping () -> Void) {
        guard connectTimer == nil else { return }
        let timer = ShardTimer(fire)
        connectTimer = timer
        shard.schedule(timer, afterMilliseconds: milliseconds)
    }

    func stopConnectTimer(on shard: Shard) {
        if let connectTimer { shard.cancel(connectTimer) }
    }

    func stop(on shard: Shard) {
        if let responseTimer { shard.cancel(responseTimer) }
        stopConnectTimer(on: shard)
    }

    func end(_ result: Result) {
        let answer = answer
        self.answer = nil
        answer?(result)
    }
}
