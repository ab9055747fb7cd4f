import Hub
import JSON
import Vocabulary

/// One change as the change feed shows it.
enum ChangeDocument {
    /// What a change is about.
    enum Kind: String, CaseIterable {
        case identity, twin, hub, link, message, certificate, configuration, job
    }

    /// What happened to it.
    enum Operation: String, CaseIterable {
        case createIdentity, updateIdentity, deleteIdentity
        case updateTwin, replaceTwin, updateReportedProperties
        case seed, reset
        case connect, disconnect, updateSession
        case enqueueMessage, settleMessage, abandonMessage, completeFeedback
        case updateCertificate, deleteCertificate
        case updateDefenderSettings, updateSecurityGroup, deleteSecurityGroup, updateRouting
        case updateConfiguration, deleteConfiguration, settleConfigurations, targetTwin
        case scheduleJob, beginJob, callDevices, endDeviceJobs, endJob, forgetJobs
        case enqueueRegistryJob, beginRegistryJob, importLines, endRegistryJob, forgetRegistryJobs
    }

    static func kind(_ recorded: RecordedEvent) -> Kind {
        switch recorded.kind {
        case .identityCreated, .identityUpdated, .identityDeleted: .identity
        case .twinPatched, .twinReplaced, .twinReported, .twinTargeted: .twin
        case .seeded, .reset, .defenderSettingsUpdated, .securityGroupUpdated, .securityGroupDeleted, .routingUpdated:
            .hub
        case .linkOpened, .linkClosed, .sessionUpdated: .link
        case .messageEnqueued, .messageSettled, .messageAbandoned, .feedbackCompleted: .message
        case .authorityUpdated, .authorityDeleted: .certificate
        case .configurationUpdated, .configurationDeleted, .configurationsSettled: .configuration
        case .jobScheduled, .jobBegan, .jobCalled, .jobDevicesEnded, .jobEnded, .jobsForgotten: .job
        case .registryJobEnqueued, .registryJobBegan, .registryJobImported, .registryJobEnded, .registryJobsForgotten:
            .job
        }
    }

    static func operation(_ recorded: RecordedEvent) -> Operation {
        switch recorded.kind {
        case .identityCreated: .createIdentity
        case .identityUpdated: .updateIdentity
        case .identityDeleted: .deleteIdentity
        case .twinPatched: .updateTwin
        case .twinReplaced: .replaceTwin
        case .twinReported: .updateReportedProperties
        case .seeded: .seed
        case .reset: .reset
        case .linkOpened: .connect
        case .linkClosed: .disconnect
        case .sessionUpdated: .updateSession
        case .messageEnqueued: .enqueueMessage
        case .messageSettled: .settleMessage
        case .messageAbandoned: .abandonMessage
        case .feedbackCompleted: .completeFeedback
        case .authorityUpdated: .updateCertificate
        case .authorityDeleted: .deleteCertificate
        case .defenderSettingsUpdated: .updateDefenderSettings
        case .securityGroupUpdated: .updateSecurityGroup
        case .securityGroupDeleted: .deleteSecurityGroup
        case .configurationUpdated: .updateConfiguration
        case .configurationDeleted: .deleteConfiguration
        case .configurationsSettled: .settleConfigurations
        case .twinTargeted: .targetTwin
        case .jobScheduled: .scheduleJob
        case .jobBegan: .beginJob
        case .jobCalled: .callDevices
        case .jobDevicesEnded: .endDeviceJobs
        case .jobEnded: .endJob
        case .jobsForgotten: .forgetJobs
        case .registryJobEnqueued: .enqueueRegistryJob
        case .registryJobBegan: .beginRegistryJob
        case .registryJobImported: .importLines
        case .registryJobEnded: .endRegistryJob
        case .registryJobsForgotten: .forgetRegistryJobs
        case .routingUpdated: .updateRouting
        }
    }

    /// `{"sequence","time","kind","operation","deviceId","moduleId","version","before","after","origin"}`. Members that do not
    /// apply are null; `before` and `after` hold the changed paths only, null where nothing stood there. For a twin, `version`
    /// is the twin's; for an identity, there is none. `keysReset` is there only where a classic security agent that is told of
    /// the change sets other keys back to their defaults (defender.md section 2.3).
    static func write(_ recorded: RecordedEvent, to json: inout JSONWriter) {
        json.beginObject()
        json.key("sequence")
        json.value(recorded.sequence)
        json.key("time")
        json.value(recorded.time.description)
        json.key("kind")
        json.value(kind(recorded).rawValue)
        json.key("operation")
        json.value(operation(recorded).rawValue)
        json.key("deviceId")
        json.value(recorded.id?.device)
        json.key("moduleId")
        json.value(recorded.id?.module)
        writeEffect(recorded.event, to: &json)
        json.key("origin")
        if let origin = recorded.origin {
            json.beginObject()
            json.key("principal")
            json.value(origin.principal)
            json.key("requestId")
            json.value(origin.requestID.dashed)
            json.endObject()
        } else {
            json.null()
        }
        json.endObject()
    }

    private static func writeEffect(_ event: Event, to json: inout JSONWriter) {
        switch event {
        case .twinPatched(_, _, let effect), .twinReplaced(_, _, let effect), .twinReported(_, _, let effect):
            json.key("version")
            json.value(effect.version)
            json.key("before")
            json.raw(effect.before)
            json.key("after")
            json.raw(effect.after)
            if !effect.keysReset.isEmpty {
                json.key("keysReset")
                json.beginArray()
                for key in effect.keysReset { json.value(key) }
                json.endArray()
            }
        case .identityCreated(let identity, _), .identityUpdated(let identity):
            writeIdentity(before: nil, after: identity, to: &json)
        case .identityDeleted, .seeded, .reset, .linkOpened, .linkClosed, .sessionUpdated, .messageEnqueued,
            .messageSettled, .messageAbandoned, .feedbackCompleted, .authority, .defender, .configuration, .job,
            .registryJob, .routingUpdated:
            writeIdentity(before: nil, after: nil, to: &json)
        }
    }

    /// Keys are nobody's business in a feed of changes.
    private static func writeIdentity(before: Identity?, after: Identity?, to json: inout JSONWriter) {
        json.key("version")
        json.null()
        json.key("before")
        json.null()
        json.key("after")
        guard let after else { return json.null() }
        json.beginObject()
        json.key("generationId")
        json.value(String(after.generation))
        json.key("etag")
        json.value(after.etag)
        if !after.id.isModule {
            json.key("status")
            json.value(after.status.rawValue)
            json.key("statusReason")
            json.value(after.statusReason)
        }
        json.key("authenticationType")
        json.value(after.authentication.typeName)
        json.endObject()
    }
}
