import Endpoints
import Hub
import JSON
import Reactor
import Vocabulary

/// One caller who waits for a device's answer.
final class MethodCall: ResponderListener {
    let request: MethodRequest.ID
    let id: TwinID
    let invocation: MethodInvocation
    /// Nil while the device is waited for.
    var link: (any DeviceLink)?
    /// What the wait for the device is known by.
    var ticket: UInt64 = 0

    private let responder: any Responder
    private let requestID: RequestID
    private unowned let owner: MethodCalls
    private var responseTimer: ShardTimer?
    private var connectTimer: ShardTimer?

    init(
        _ request: MethodRequest.ID, _ id: TwinID, _ invocation: MethodInvocation, _ call: Call, owner: MethodCalls
    ) {
        self.request = request
        self.id = id
        self.invocation = invocation
        self.owner = owner
        responder = call.responder
        requestID = call.requestID
    }

    func abandoned() { owner.abandon(self) }

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
        responder.listener = nil
    }

    // MARK: Answers

    /// 200 `{"status":…,"payload":…}`; the payload always stands there (rest.md section 10).
    func respond(status: Int, payload: [UInt8]) {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.value(status)
        json.key("payload")
        if payload.isEmpty { json.null() } else { json.raw(payload) }
        json.endObject()
        responder.respond(.json(json.bytes))
    }

    func respond(_ error: HubError, at time: Timestamp) {
        responder.respond(ErrorBody.response(error, requestID: requestID, at: time))
    }
}
