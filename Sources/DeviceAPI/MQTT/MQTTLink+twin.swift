import Endpoints
import Hub
import JSON
import MQTT
import Twins
import Vocabulary

// Twin reads, reports and desired notifications (mqtt.md sections 5.1 to 5.3).
extension MQTTLink {
    /// Answered only to a client that has subscribed to answers: the Python SDK takes one that comes before for a patch.
    func readTwin(_ requestID: UnsafeRawBufferPointer, _ open: OpenLink) {
        guard server.session?.feeds.contains(.twinResponses) == true else { return }
        guard open.apiVersion != nil else { return respond(to: requestID, with: .apiVersionMissing) }
        guard let entity = services.hub.entity(open.id) else {
            return respond(to: requestID, with: .deviceNotFound(open.id))
        }
        do throws(HubError) {
            try services.throttle?.charge(.twinReads)
        } catch {
            return respond(to: requestID, with: error)
        }
        var body: [UInt8] = []
        entity.document.writeDeviceView(to: &body)
        respond(to: requestID, status: 200, body: body)
        services.deliveries?.delivered(twin: entity)
    }

    /// 204 with the new version, once it is durable. Without a request id nothing is answered; the patch counts all the
    /// same, and so it does for a client that has not subscribed to answers.
    func report(
        _ requestID: UnsafeRawBufferPointer?, _ version: Int64?, _ payload: UnsafeRawBufferPointer,
        _ ticket: PublishTicket?, _ open: OpenLink
    ) {
        let patch: ReportedPatch
        do throws(HubError) {
            guard open.apiVersion != nil else { throw .apiVersionMissing }
            if let version, version < 0 { throw HubError(.argumentInvalid, "$version is not a version.") }
            try services.throttle?.charge(.twinUpdates, bytes: payload.count)
            patch = try ReportedPatch(body: try Self.document(payload))
        } catch {
            acknowledge(ticket)
            if let requestID { respond(to: requestID, with: error) }
            return
        }
        let request = requestID.map { Array($0) }
        services.submit(
            .report(open.id, patch, expecting: version.map { UInt64($0) }), origin: open.origin
        ) { [self] outcome in
            guard case .open = phase else { return }
            acknowledge(ticket)
            request?.withUnsafeBytes { request in
                switch outcome {
                case .entity(let entity):
                    respond(to: request, status: 204, version: entity.twin.reportedVersion)
                case .refused(let error): respond(to: request, with: error)
                default: respond(to: request, with: HubError(.serverError, "The report left no twin."))
                }
            }
            flush()
        }
    }

    private static func document(_ payload: UnsafeRawBufferPointer) throws(HubError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: Array(payload))
        } catch {
            throw HubError(.iotHubFormatError, "The body is not valid JSON: \(error)")
        }
    }

    private func respond(
        to requestID: UnsafeRawBufferPointer, status: Int, version: UInt64? = nil, body: [UInt8] = []
    ) {
        guard server.session?.feeds.contains(.twinResponses) == true else { return }
        var topic: [UInt8] = []
        HubTopic.appendTwinResponse(
            status: status, requestID: requestID, version: version.map { Int64($0) }, to: &topic)
        publish(topic, body)
    }

    /// Every error carries a body with an `errorCode`, which is all that Node looks at (mqtt.md section 5.2).
    private func respond(to requestID: UnsafeRawBufferPointer, with error: HubError) {
        var error = error
        error.envelope = .numeric
        let body = ErrorBody.document(error, requestID: services.requestID(), at: services.environment.now())
        respond(to: requestID, status: error.code.status, body: body)
    }

    /// At QoS 0, as all traffic of twins and methods is (mqtt.md section 3.2).
    func publish(_ topic: [UInt8], _ body: [UInt8]) {
        topic.withUnsafeBytes { topic in
            body.withUnsafeBytes { body in
                PacketWriter.append(PublishPacket(topic: topic, payload: body), to: &output)
            }
        }
    }

    // MARK: Changes

    /// The identity, its device or its twin are no longer what they were. What counts is how they stand now.
    func entityChanged() {
        guard case .open(let open) = phase else { return }
        guard let entity = services.hub.entity(open.id), entity.identity.generation == open.identity.generation else {
            return drop("was deleted")
        }
        guard services.hub.entity(open.id.owner)?.identity.status == .enabled else { return drop("was disabled") }
        guard entity.identity.authentication == open.identity.authentication else { return drop("has other keys") }
        tell(entity, open)
        deliver(entity.messages, open)
        flush()
    }

    /// auth.md section 3.
    private func drop(_ reason: String) {
        services.report("MQTT client \(name): the identity \(reason)")
        end()
    }

    /// Every patch since the last that was told, in order. Where too many lie between, the client is left to notice the
    /// gap in the versions and to read its twin (twins.md section 10).
    private func tell(_ entity: Entity, _ open: OpenLink) {
        let version = entity.twin.desiredVersion
        guard version != open.desiredVersion else { return }
        defer { open.desiredVersion = version }
        guard server.session?.feeds.contains(.desiredPatches) == true else { return }
        let patches = entity.patches.after(open.desiredVersion, current: version) ?? entity.patches.patches.suffix(1)
        for patch in patches {
            var topic: [UInt8] = []
            HubTopic.appendDesiredPatch(version: Int64(patch.version), to: &topic)
            publish(topic, patch.json)
            services.deliveries?.delivered(patch: patch.json, version: patch.version, to: open.id)
        }
    }
}

extension HubError {
    /// mqtt.md section 2.1: such a client connects, and its twin operations are refused.
    static let apiVersionMissing = HubError(.invalidProtocolVersion, "The user name names no api-version.")
}
