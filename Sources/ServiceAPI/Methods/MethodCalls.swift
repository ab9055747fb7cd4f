import Endpoints
import Hub
import Reactor
import Vocabulary

/// The direct methods under way that were called on one shard.
final class MethodCalls {
    /// Calls under way on one shard.
    static let maximumCalls = 10_000
    /// By so much the hub's answer comes before the caller's timeout: `az` gives up on its connection at the same second
    /// that it names as the method's timeout.
    static let earlyMilliseconds = 250

    private unowned let services: ShardServices
    private var calls: [MethodRequest.ID: MethodCall] = [:]
    private var nextNumber: UInt64 = 0

    init(_ services: ShardServices) { self.services = services }

    /// Calls a device; what comes of it is told on this shard, once, unless the call is abandoned before.
    @discardableResult
    func begin(
        _ invocation: MethodInvocation, for id: TwinID, then answer: @escaping (MethodCall.Result) -> Void
    ) throws(HubError) -> MethodCall {
        guard calls.count < Self.maximumCalls else {
            throw HubError(.serverBusy, "\(Self.maximumCalls) methods are under way here, the limit.")
        }
        let link = services.hub.links.methodLink(id)
        guard link != nil || invocation.connectTimeout > 0 else { throw .deviceNotOnline }
        services.witness?.witnessed(.directMethodInvoked, of: id)
        // Unique over all shards, since calls from all of them meet at one device.
        nextNumber += 1
        let request = MethodRequest.ID(number: nextNumber << 6 | UInt64(services.shard.index))
        let waiting = MethodCall(request, id, invocation, owner: self, then: answer)
        calls[request] = waiting
        waiting.start(invocation.responseTimeout * 1000 - Self.earlyMilliseconds, on: services.shard) {
            [unowned self] in
            // Both times are the same where `az` names one: a device that has not come is not one that has not answered.
            let isConnected = calls[request]?.link != nil
            end(
                request, with: isConnected ? .methodTimedOut : .connectTimedOut(afterSeconds: invocation.connectTimeout)
            )
        }
        if let link { invoke(waiting, through: link) } else { waitForDevice(waiting) }
        return waiting
    }

    private func invoke(_ call: MethodCall, through link: any DeviceLink) {
        call.link = link
        let (shard, id) = (services.shard, call.request)
        link.invoke(
            MethodRequest(id: id, name: call.invocation.name, payload: call.invocation.payload) { answer in
                shard.post { Self.room(of: shard)?.answered(id, answer) }
            })
    }

    private func waitForDevice(_ call: MethodCall) {
        let (shard, request) = (services.shard, call.request)
        call.startConnectTimer(call.invocation.connectTimeout * 1000 - Self.earlyMilliseconds, on: shard) {
            [unowned self] in
            end(request, with: .connectTimedOut(afterSeconds: call.invocation.connectTimeout))
        }
        call.ticket = services.hub.links.whenTakingMethods(call.id) {
            shard.post { Self.room(of: shard)?.deviceTakesMethods(request) }
        }
    }

    private static func room(of shard: Shard) -> MethodCalls? {
        (shard.context as? ShardServices)?.room(MethodCalls.self, make: MethodCalls.init)
    }

    private func deviceTakesMethods(_ request: MethodRequest.ID) {
        guard let call = calls[request], call.link == nil else { return }
        call.stopConnectTimer(on: services.shard)
        if let link = services.hub.links.methodLink(call.id) { return invoke(call, through: link) }
        // It has gone again already.
        waitForDevice(call)
    }

    private func answered(_ request: MethodRequest.ID, _ answer: MethodAnswer) {
        switch answer {
        case .answered(let status, let payload):
            remove(request)?.end(.success((status, payload)))
        case .notListening, .linkLost: end(request, with: .deviceNotOnline)
        case .tooMany:
            end(
                request,
                with: HubError(
                    .deviceMaximumInflightMethodExceeded, "Too many methods are under way.", envelope: .nested))
        }
    }

    private func end(_ request: MethodRequest.ID, with error: HubError) {
        guard let call = remove(request) else { return }
        call.link?.forget(request)
        call.end(.failure(error))
    }

    /// The server stops: whoever waits is told so.
    func endAll() {
        for request in Array(calls.keys) {
            end(request, with: HubError(.serviceUnavailable, "The hub is shutting down.", envelope: .nested))
        }
    }

    /// The caller has gone.
    func abandon(_ call: MethodCall) {
        guard remove(call.request) != nil else { return }
        call.link?.forget(call.request)
    }

    private func remove(_ request: MethodRequest.ID) -> MethodCall? {
        guard let call = calls.removeValue(forKey: request) else { return nil }
        call.stop(on: services.shard)
        if call.link == nil { services.hub.links.stopWaiting(call.id, ticket: call.ticket) }
        return call
    }
}

extension HubError {
    static let deviceNotOnline = HubError(
        .deviceNotOnline,
        "The operation failed because the requested device isn't online. To learn more, see https://aka.ms/iothub404103",
        envelope: .nested)
    /// Says how long was waited, as .NET writes a time span, `hh:mm:ss`. The one sample of it (rest.md section 4.4) has
    /// `00:00:00`, and of which wait that came is not known.
    static func connectTimedOut(afterSeconds seconds: Int) -> HubError {
        let minutes = seconds / 60
        let parts = [minutes / 60, minutes % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return HubError(
            .deviceNotOnline, "Timed out waiting for device to connect.", envelope: .nested,
            info: "{\"timeout\":\"\(parts.joined(separator: ":"))\"}")
    }
    static let methodTimedOut = HubError(
        .gatewayTimeout, "Timed out waiting for the response from device.", envelope: .nested, info: "{}")
}
