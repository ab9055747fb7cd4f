import Access
import JSON
import Vocabulary

extension Identity {
    /// Appends the identity as the registry shows it, members in wire order (rest.md sections 5.1 and 7).
    ///
    /// - Parameters:
    ///   - forRecord: whether this is for the log, which also keeps what the registry does not show.
    ///   - showsAttributes: whether the caller's api-version knows them.
    public func writeJSON(to json: inout JSONWriter, forRecord: Bool = false, showsAttributes: Bool = false) {
        json.beginObject()
        if let module = id.module {
            json.key("moduleId")
            json.value(module)
            json.key("managedBy")
            json.value(managedBy)
        }
        json.key("deviceId")
        json.value(id.device)
        json.key("generationId")
        json.value(String(generation))
        json.key("etag")
        json.value(etag)
        json.key("connectionState")
        json.value(connectionState.rawValue)
        if !id.isModule {
            json.key("status")
            json.value(status.rawValue)
            json.key("statusReason")
            json.value(statusReason)
        }
        json.key("connectionStateUpdatedTime")
        json.value(connectionStateUpdatedTime.description)
        if !id.isModule {
            json.key("statusUpdatedTime")
            json.value(statusUpdatedTime.description)
        }
        json.key("lastActivityTime")
        json.value(lastActivityTime.description)
        json.key("cloudToDeviceMessageCount")
        json.value(cloudToDeviceMessageCount)
        json.key("authentication")
        writeAuthentication(to: &json)
        if !id.isModule {
            json.key("capabilities")
            json.beginObject()
            json.key("iotEdge")
            json.value(iotEdge)
            json.endObject()
            if let deviceScope {
                json.key("deviceScope")
                json.value(deviceScope)
            }
            if !parentScopes.isEmpty {
                json.key("parentScopes")
                json.beginArray()
                for scope in parentScopes { json.value(scope) }
                json.endArray()
            }
        }
        if forRecord || showsAttributes, !attributes.json.isEmpty {
            json.key("attributes")
            json.raw(attributes.json)
        }
        if forRecord, !modelID.isEmpty {
            json.key("modelId")
            json.value(modelID)
        }
        json.endObject()
    }

    /// All three members always stand there, null where they do not apply.
    ///
    /// - Parameter withKeys: whether symmetric keys are told; else they are null.
    public func writeAuthentication(to json: inout JSONWriter, withKeys: Bool = true) {
        var keys: (primary: String?, secondary: String?) = (nil, nil)
        var thumbprints: (primary: String?, secondary: String?) = (nil, nil)
        switch authentication {
        case .sas(let primary, let secondary) where withKeys: keys = (primary.base64, secondary.base64)
        case .selfSigned(let primary, let secondary): thumbprints = (primary?.text, secondary?.text)
        case .sas, .certificateAuthority, .none: break
        }
        json.beginObject()
        json.key("symmetricKey")
        json.beginObject()
        json.key("primaryKey")
        json.value(keys.primary)
        json.key("secondaryKey")
        json.value(keys.secondary)
        json.endObject()
        json.key("x509Thumbprint")
        json.beginObject()
        json.key("primaryThumbprint")
        json.value(thumbprints.primary)
        json.key("secondaryThumbprint")
        json.value(thumbprints.secondary)
        json.endObject()
        json.key("type")
        json.value(authentication.typeName)
        json.endObject()
    }
}

extension Identity {
    /// Reads back what `writeJSON(forRecord:)` wrote.
    init(record body: JSONValue) throws(RecordError) {
        func text(_ member: String) throws(RecordError) -> String {
            guard let text = body[member]?.string else { throw RecordError(member) }
            return text
        }
        func time(_ member: String) throws(RecordError) -> Timestamp {
            guard let text = body[member]?.string else { return .never }
            guard let time = Timestamp(text) else { throw RecordError(member) }
            return time
        }
        guard let generation = Self.generation(try text("generationId")) else { throw RecordError("generationId") }
        guard let counter = ETag.decimalCounter(try text("etag")), counter <= Int64.max else {
            throw RecordError("etag")
        }
        let waiting = body["cloudToDeviceMessageCount"].map { $0.counter.flatMap(UInt32.init(exactly:)) } ?? 0
        guard let waiting else { throw RecordError("cloudToDeviceMessageCount") }
        let device = try text("deviceId")
        let id = TwinID(trusted: body["moduleId"]?.string.map { "\(device)/\($0)" } ?? device)
        self.init(
            id: id, generation: generation, etagCounter: counter,
            authentication: try Self.authentication(body["authentication"]))
        status = body["status"]?.string.flatMap(Status.init) ?? .enabled
        statusReason = body["statusReason"]?.string
        statusUpdatedTime = try time("statusUpdatedTime")
        connectionState = body["connectionState"]?.string.flatMap(ConnectionState.init) ?? .disconnected
        connectionStateUpdatedTime = try time("connectionStateUpdatedTime")
        lastActivityTime = try time("lastActivityTime")
        cloudToDeviceMessageCount = Int(waiting)
        iotEdge = body["capabilities"]?["iotEdge"]?.bool ?? false
        deviceScope = body["deviceScope"]?.string
        parentScopes = body["parentScopes"]?.elements.compactMap(\.string) ?? []
        managedBy = body["managedBy"]?.string
        modelID = body["modelId"]?.string ?? ""
        if let value = body["attributes"] {
            do throws(HubError) {
                attributes = try IdentityAttributes(value)
            } catch {
                throw RecordError("attributes")
            }
        }
    }

    /// A generation id's number; nil where it is none, or leaves no room for the generations after it.
    static func generation(_ text: String) -> UInt64? { Int64(text).flatMap(UInt64.init(exactly:)) }

    private static func authentication(_ body: JSONValue?) throws(RecordError) -> Authentication {
        do {
            switch body?["type"]?.string {
            case "sas":
                return .sas(
                    primary: try SymmetricKey(base64: body?["symmetricKey"]?["primaryKey"]?.string ?? ""),
                    secondary: try SymmetricKey(base64: body?["symmetricKey"]?["secondaryKey"]?.string ?? ""))
            case "selfSigned":
                let prints = body?["x509Thumbprint"]
                return .selfSigned(
                    primary: try prints?["primaryThumbprint"]?.string.map { (text) throws(HubError) in
                        try Thumbprint(text)
                    },
                    secondary: try prints?["secondaryThumbprint"]?.string.map { (text) throws(HubError) in
                        try Thumbprint(text)
                    })
            case "certificateAuthority": return .certificateAuthority
            case "none": return .none
            default: throw RecordError("authentication.type")
            }
        } catch let error as RecordError {
            throw error
        } catch {
            throw RecordError("authentication")
        }
    }
}
