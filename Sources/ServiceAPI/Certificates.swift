import Access
import Endpoints
import HTTP
import Hub
import JSON
import Vocabulary

/// Certificate authorities. The real hub keeps them with its resource provider, `Microsoft.Devices/IotHubs/certificates`,
/// whose shapes these are; TwinHub has paths of its own for them.
enum Certificates {
    static let routes: [Route] = [
        Route(.get, "/emulator/certificates", "Emulator_ListCertificates", .anyOf(.registryRead), list),
        Route(.get, one, "Emulator_GetCertificate", .anyOf(.registryRead), get),
        Route(.put, one, "Emulator_PutCertificate", .anyOf(.registryWrite), put),
        Route(.delete, one, "Emulator_DeleteCertificate", .anyOf(.registryWrite), delete),
        Route(
            .post, one + "/generateVerificationCode", "Emulator_GenerateVerificationCode", .anyOf(.registryWrite),
            challenge),
        Route(.post, one + "/verify", "Emulator_VerifyCertificate", .anyOf(.registryWrite), verify),
    ]

    private static let one = "/emulator/certificates/{certificate}"

    private static func list(_ call: Call) throws(HubError) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("value")
        json.beginArray()
        for authority in call.hub.authorities { authority.writeResource(to: &json) }
        json.endArray()
        json.endObject()
        return .now(.json(json.bytes))
    }

    private static func get(_ call: Call) throws(HubError) -> Answer {
        let name = try call.authorityName()
        guard let authority = call.hub.authorities.first(where: { $0.name == name }) else {
            throw .authorityNotFound(name)
        }
        return .now(.authority(authority))
    }

    /// The certificate as it is, or in `properties.certificate` of a document. `verified=true`, or `properties.isVerified`,
    /// vouches for it without a proof.
    private static func put(_ call: Call) throws(HubError) -> Answer {
        let name = try call.authorityName()
        let (upload, properties) = try call.certificateBody()
        var isVerified = false
        if let flag = properties?["isVerified"], !flag.isNull {
            guard let value = flag.bool else { throw .badMember("isVerified") }
            isVerified = value
        }
        switch call.parameter("verified")?.lowercased() {
        case nil, "false": break
        case "", "true": isVerified = true
        default: throw HubError(.argumentInvalid, "'verified' is true or false.")
        }
        let certificate = try AuthorityCertificate(upload: upload)
        return call.submit(
            .putAuthority(name, certificate, isVerified: isVerified, call.precondition), then: authorityAnswer)
    }

    private static func delete(_ call: Call) throws(HubError) -> Answer {
        call.submit(.deleteAuthority(try call.authorityName(), call.precondition), then: Devices.emptyAnswer)
    }

    private static func challenge(_ call: Call) throws(HubError) -> Answer {
        call.submit(.challengeAuthority(try call.authorityName(), call.precondition)) { (outcome) throws(HubError) in
            .authority(try outcome.authority(), withCode: true)
        }
    }

    private static func verify(_ call: Call) throws(HubError) -> Answer {
        let name = try call.authorityName()
        let (proof, _) = try call.certificateBody()
        return call.submit(.verifyAuthority(name, proof: proof, call.precondition), then: authorityAnswer)
    }

    private static func authorityAnswer(_ outcome: Outcome) throws(HubError) -> HTTPResponse {
        .authority(try outcome.authority())
    }
}

extension Call {
    fileprivate func authorityName() throws(HubError) -> AuthorityName {
        try AuthorityName(captures["certificate"] ?? "")
    }

    /// The certificate that the body is or holds, as it was sent, and the document's properties where it is one.
    fileprivate func certificateBody() throws(HubError) -> (upload: [UInt8], properties: JSONValue?) {
        let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
        guard request.body.first(where: { !isSpace($0) }) == UInt8(ascii: "{") else {
            guard !request.body.isEmpty else { throw HubError(.argumentNull, "BadRequest") }
            return (Array(request.body), nil)
        }
        let body = try json().root
        let properties = body["properties"] ?? body
        guard let text = properties["certificate"]?.string else { throw .badMember("certificate") }
        return (Array(text.utf8), properties)
    }
}

extension Outcome {
    /// The authority that a command left; throws what it was refused with.
    fileprivate func authority() throws(HubError) -> RegisteredAuthority {
        switch self {
        case .authority(let authority): return authority
        case .refused(let error): throw error
        default: throw HubError(.serverError, "The command left no certificate.")
        }
    }
}

extension HTTPResponse {
    /// 200 with an authority, whose quoted ETag is in the header too.
    fileprivate static func authority(_ authority: RegisteredAuthority, withCode: Bool = false) -> HTTPResponse {
        var json = JSONWriter()
        authority.writeResource(to: &json, withCode: withCode)
        var response = HTTPResponse.json(json.bytes)
        response.fields.append(HTTPField("ETag", "\"\(authority.etag)\""))
        return response
    }
}

extension RegisteredAuthority {
    /// As the resource provider shows it, times in its form (RFC 9110 section 5.6.7). The code is shown to whom it is given
    /// only.
    fileprivate func writeResource(to json: inout JSONWriter, withCode: Bool = false) {
        json.beginObject()
        for (key, value) in [
            ("id", "/emulator/certificates/\(name)"), ("name", name.description),
            ("type", "Microsoft.Devices/IotHubs/Certificates"), ("etag", etag),
        ] {
            json.key(key)
            json.value(value)
        }
        json.key("properties")
        json.beginObject()
        for (key, value) in [
            ("subject", certificate.subject), ("expiry", Self.text(certificate.expiry)),
            ("thumbprint", certificate.thumbprint), ("created", Self.text(created)), ("updated", Self.text(updated)),
            ("certificate", Base64.encode(certificate.der)),
        ] {
            json.key(key)
            json.value(value)
        }
        json.key("isVerified")
        json.value(isVerified)
        if withCode {
            json.key("verificationCode")
            json.value(verificationCode)
        }
        json.endObject()
        json.endObject()
    }

    private static func text(_ time: Timestamp) -> String { String(decoding: HTTPDate.text(time), as: UTF8.self) }
}
