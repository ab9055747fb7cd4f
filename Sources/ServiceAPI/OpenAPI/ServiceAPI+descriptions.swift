import Endpoints
import Hub

extension ServiceAPI {
    /// For the OpenAPI document, by operation.
    public static var descriptions: [String: OperationDescription] {
        var all = registry
        all.merge(twins) { $1 }
        all.merge(calls) { $1 }
        all.merge(certificates) { $1 }
        all.merge(fleetDescriptions) { $1 }
        return all
    }

    private static var registry: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["Devices_GetDevices"] = .init("List device identities, the first by id.")
            .query("top", .integer, "1 to 1000; anything else is 1000.").answers(200, .array(of: .device))
        all["Devices_GetIdentity"] = .init("Read a device identity.").answers(200, .device, headers: ["ETag"])
        all["Devices_CreateOrUpdateIdentity"] = .init("Create a device, or update it where If-Match is given.")
            .conditional().takes(.identityDraft).answers(200, .device, headers: ["ETag"]).fails(403, 409)
        all["Devices_DeleteIdentity"] = .init("Delete a device, its modules and their twins.")
            .conditional("Needed: an ETag or *.").answers(204)
        all["BulkRegistry_UpdateRegistry"] = .init("Create, update and delete many identities.")
            .takes(.array(of: .registryItem, count: 1...100)).answers(200, .bulkResult)
            .answers(400, .oneOf([.bulkResult, .error]))
        all["Devices_RegenerateKeys"] = .init("Make symmetric keys of many identities anew.").takes(.keyRequest)
            .answers(200, .keyResult).answers(207, .keyResult).answers(400, .oneOf([.keyResult, .error]))
        all["Modules_GetModulesOnDevice"] = .init("List a device's modules.").answers(200, .array(of: .module))
        all["Modules_GetIdentity"] = .init("Read a module identity.").answers(200, .module)
        all["Modules_CreateOrUpdateIdentity"] = .init("Create a module, or update it where If-Match is given.")
            .conditional().takes(.identityDraft).answers(200, .module).fails(409)
        all["Modules_DeleteIdentity"] = .init("Delete a module and its twin.")
            .conditional("Needed: an ETag or *.").answers(204)
        all["Statistics_GetDeviceStatistics"] = .init("Count devices.").answers(
            200,
            .object([
                .needed("totalDeviceCount", .count), .needed("enabledDeviceCount", .count),
                .needed("disabledDeviceCount", .count),
            ]))
        all["Statistics_GetServiceStatistics"] = .init("Count connected devices.")
            .answers(200, .object([.needed("connectedDeviceCount", .count)]))
        all["Query_GetTwins"] = .init("Query twins.")
            .header("x-ms-max-item-count", .string(pattern: "^[1-9][0-9]{0,3}$")).header("x-ms-continuation").takes(
                .object([.needed("query", .string)])
            )
            .answers(200, .array(of: .object([])), headers: ["x-ms-item-type", "x-ms-continuation"])
        all["Emulator_ExplainQuery"] = .init("How the twins of a query are found.")
            .takes(.object([.needed("query", .string)]))
            .answers(200, .object([.needed("access", .words(["scan", "index"])), .needed("candidates", .count)]))
        return all
    }

    private static var twins: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        for (kind, prefix) in [("device", "Devices"), ("module", "Modules")] {
            all["\(prefix)_GetTwin"] = .init("Read a \(kind) twin.").answers(200, .twin)
            all["\(prefix)_UpdateTwin"] = .init(
                "Merge into a \(kind) twin's tags and desired properties; null removes."
            )
            .conditional().takes(.twinChange).answers(200, .twin).fails(403)
            all["\(prefix)_ReplaceTwin"] = .init("Replace tags and desired properties of a \(kind) twin.")
                .conditional().takes(.twinChange).answers(200, .twin).fails(403)
        }
        all["DigitalTwin_GetDigitalTwin"] = .init("Read the Plug and Play view of a device's twin.").answers(
            200, .object([.needed("$dtId", .identifier), .needed("$metadata", .object([]))]), headers: ["ETag"])
        all["DigitalTwin_UpdateDigitalTwin"] = .init("Set and clear desired properties by a JSON Patch.")
            .conditional().takes(.array(of: .patchOperation)).answers(202, headers: ["ETag", "Location"]).fails(403)
        return all
    }

    private static var calls: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        for (kind, prefix) in [("device", "Devices"), ("module", "Modules")] {
            all["\(prefix)_InvokeMethod"] = .init("Call a direct method of a \(kind).").takes(.methodCall)
                .answers(200, .object([.needed("status", .integer), .needed("payload", .any)])).fails(403, 504)
        }
        for (whose, name) in [("device", "RootLevel"), ("component", "Component")] {
            all["DigitalTwin_Invoke\(name)Command"] = .init("Have a \(whose) run a command.")
                .query("connectTimeoutInSeconds", .integer(MethodInvocation.connectSeconds))
                .query("responseTimeoutInSeconds", .integer(MethodInvocation.responseSeconds))
                .takes(.any, optional: true).answers(200, .any, headers: ["x-ms-command-statuscode"]).fails(403, 504)
        }
        let feedback = Schema.object([.needed("originalMessageId", .string), .needed("statusCode", .string)])
        all["CloudToDeviceMessages_ReceiveFeedbackNotification"] = .init("Receive delivery feedback and lock it.")
            .answers(
                200, .array(of: feedback), as: "application/vnd.microsoft.iothub.feedback.json", headers: ["ETag"]
            ).answers(204)
        all["CloudToDeviceMessages_CompleteFeedbackNotification"] = .init("Complete feedback.").answers(204).fails(412)
        all["CloudToDeviceMessages_AbandonFeedbackNotification"] = .init("Abandon feedback.").answers(204).fails(412)
        all["CloudToDeviceMessages_PurgeCloudToDeviceMessageQueue"] = .init("Empty a device's queue of messages.")
            .answers(
                200,
                .object([
                    .needed("deviceId", .identifier), .needed("moduleId", .nullable(.identifier)),
                    .needed("totalMessagesPurged", .count),
                ]))
        for kind in ["Device", "Module"] {
            all["Emulator_SendCloudTo\(kind)Message"] = .init("Send a cloud-to-device message.")
                .header("iothub-ack", .words(["none", "positive", "negative", "full"])).header("iothub-expiry", .time)
                .header("iothub-messageid").takes(.string, as: "application/octet-stream", optional: true)
                .answers(201, .object([.needed("messageId", .string), .needed("sequence", .count)])).fails(403)
        }
        return all
    }

    private static var certificates: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["Emulator_ListCertificates"] = .init("List certificate authorities.")
            .answers(200, .object([.needed("value", .array(of: .certificate))]))
        all["Emulator_GetCertificate"] = .init("Read one.").answers(200, .certificate)
        all["Emulator_PutCertificate"] = .init("Register a certificate authority.").conditional()
            .query("verified", .boolean, "Asks for no proof of possession.").takes(.any)
            .answers(200, .certificate).answers(201, .certificate).fails(403, 409)
        all["Emulator_DeleteCertificate"] = .init("Forget it.").conditional().answers(204)
        all["Emulator_GenerateVerificationCode"] = .init("Make the code for a proof of possession.").conditional()
            .answers(200, .certificate)
        all["Emulator_VerifyCertificate"] = .init("Prove possession.").conditional().takes(.any)
            .answers(200, .certificate)
        return all
    }
}
