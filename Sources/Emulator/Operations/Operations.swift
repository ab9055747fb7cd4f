import Endpoints
import Events
import HTTP
import Hub
import JSON
import Reactor
import Vocabulary

/// What runs a server rather than uses it: health, metrics, and the certificates to trust. All open to everybody.
struct Operations: Sendable {
    let readiness: Readiness
    let reactor: Reactor
    let environment: Environment
    let startedAt: Timestamp
    let live: LiveCounts
    let throttle: Throttle?
    /// The development roots in PEM; nil where the server has a certificate of somebody else's.
    let authorities: [UInt8]?

    var routes: [Route] {
        [
            Route(.get, "/health/live", "HealthLive", .open) { (_) throws(HubError) in
                .now(Self.live())
            },
            Route(.get, "/health/ready", "HealthReady", .open) { (_) throws(HubError) in .now(Self.ready(readiness)) },
            Route(.get, "/metrics", "Metrics", .open) { (call) throws(HubError) in
                .now(metrics(call.hub, call.services.events))
            },
            Route(.get, "/emulator/ca.pem", "GetCertificateAuthorities", .open) { (_) throws(HubError) in
                guard let authorities else {
                    throw HubError(.certificateNotFound, "This server uses a certificate that it was given.")
                }
                var response = HTTPResponse(status: 200)
                response.contentType = "application/x-pem-file"
                response.body = authorities
                return .now(response)
            },
        ]
    }

    static func live() -> HTTPResponse { json(200, "status", "live") }

    /// 200 while everything is served; 503 with the reason while it is not.
    static func ready(_ readiness: Readiness) -> HTTPResponse {
        guard let obstacle = readiness.obstacle else { return json(200, "status", "ready") }
        return json(503, "reason", obstacle)
    }

    private static func json(_ status: Int, _ key: String, _ value: String) -> HTTPResponse {
        var json = JSONWriter()
        json.beginObject()
        json.key(key)
        json.value(value)
        json.endObject()
        var response = HTTPResponse(status: status)
        response.contentType = .json
        response.body = json.bytes
        return response
    }

    /// Prometheus' text format. No label has values that clients choose.
    private func metrics(_ hub: Hub, _ events: EventStore) -> HTTPResponse {
        let counts = reactor.counts
        let registry = hub.registry
        var text = MetricsText()
        text.gauge("twinhub_devices_enabled", "Enabled device identities.", registry.enabledDevices)
        text.gauge("twinhub_devices_disabled", "Disabled device identities.", registry.disabledDevices)
        text.gauge("twinhub_modules", "Module identities.", registry.modules)
        text.counter("twinhub_events_total", "Events in the log since it was begun.", Int(hub.lastSequence))
        text.gauge("twinhub_writable", "1 while writes are taken.", hub.writeObstacle == nil ? 1 : 0)
        let stored = events.counts
        text.counter(
            "twinhub_device_events_total", "Events for back ends since the store was begun.", Int(events.lastSequence))
        text.gauge("twinhub_device_events_oldest", "Sequence of the oldest event kept.", Int(events.oldestSequence))
        text.counter("twinhub_device_events_bytes_total", "Bytes of events stored by this process.", stored.bytes)
        text.counter("twinhub_device_events_refused_total", "Events refused by this process.", stored.refused)
        text.gauge("twinhub_device_events_queued", "Events that are still to be written.", stored.waiting)
        text.gauge("twinhub_device_events_queued_bytes", "Bytes of them.", stored.waitingBytes)
        text.gauge("twinhub_device_events_writable", "1 while events are taken.", events.obstacle == nil ? 1 : 0)
        text.gauge("twinhub_links", "Devices and modules that are connected.", hub.links.count)
        text.gauge(
            "twinhub_waits", "Clients that wait for desired properties over HTTP.",
            live.waits.load(ordering: .relaxed))
        text.gauge(
            "twinhub_readers", "Readers that wait for changes or events.", live.readers.load(ordering: .relaxed))
        text.gauge("twinhub_connections_open", "Open connections.", counts.open)
        text.gauge(
            "twinhub_http2_connections_open", "Those of them that speak HTTP/2.",
            live.http2Connections.load(ordering: .relaxed))
        text.gauge(
            "twinhub_http2_streams_open", "Requests on them that are not over.",
            live.http2Streams.load(ordering: .relaxed))
        text.counter("twinhub_connections_accepted_total", "Connections accepted.", counts.accepted)
        text.counter("twinhub_connections_refused_total", "Connections refused at a limit.", counts.refused)
        text.counter("twinhub_connections_cut_total", "Connections cut for what they cost.", counts.cut)
        if let throttle { write(throttle, to: &text) }
        text.gauge(
            "twinhub_start_time_seconds", "When this process started, in seconds since 1970.",
            Int(startedAt.unixSeconds))
        var response = HTTPResponse(status: 200)
        response.contentType = "text/plain; version=0.0.4; charset=utf-8"
        response.body = text.bytes
        return response
    }

    private func write(_ throttle: Throttle, to text: inout MetricsText) {
        let counts = throttle.counts
        text.counter(
            "twinhub_throttled_total", "Operations refused by --throttle in this process.", by: "operation",
            counts.refused.map { ($0.operation.rawValue, $0.count) })
        text.gauge("twinhub_messages_today", "Messages counted this day of UTC by this process.", counts.messages)
        text.gauge("twinhub_messages_per_day", "How many a day may have.", throttle.messagesPerDay)
        text.counter(
            "twinhub_messages_refused_total", "Messages refused since the day had had its number.",
            counts.refusedMessages)
    }
}
