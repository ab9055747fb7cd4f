import Endpoints

extension DeviceAPI {
    /// For the OpenAPI document, by operation.
    public static var descriptions: [String: OperationDescription] {
        var all = messages
        all.merge(twins) { $1 }
        all.merge(feeds) { $1 }
        all["Emulator_Seed"] = .init("Load bulk import lines as a part of the seed.")
            .takes(.string, as: "text/plain").answers(200, .object([.needed("identities", .count)]))
            .fails(403, 409)
        all["Emulator_Reset"] = .init("Back to the seed, or to nothing.")
            .takes(.object([.optional("to", .words(["seed", "empty"]))]), optional: true).answers(204)
        return all
    }

    private static var messages: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["Device_SendDeviceEvent"] = .init("Send a message, or a batch of them.")
            .takes(.string, as: "application/octet-stream", optional: true).answers(204).fails(403)
        all["Device_ReceiveDeviceBoundNotification"] = .init("Receive a message and lock it.")
            .header("iothub-messagelocktimeout", .integer).answers(
                200, .any, as: "application/octet-stream", headers: ["ETag", "iothub-sequencenumber"]
            ).answers(204).fails(403)
        all["Device_CompleteDeviceBoundNotification"] = .init("Complete a message, or reject it.")
            .query("reject", .string, "Rejects, with a value or without.").answers(204).fails(403, 412)
        all["Device_AbandonDeviceBoundNotification"] = .init("Abandon a message.").answers(204).fails(403, 412)
        all["Emulator_SendInputMessage"] = .init("Hand a message to a module's input.")
            .takes(.string, as: "application/octet-stream", optional: true).answers(204)
        return all
    }

    private static var twins: [String: OperationDescription] {
        let section = Schema.object([.needed("$version", .count)])
        var all: [String: OperationDescription] = [:]
        for (kind, name) in [("device", ""), ("module", "Module")] {
            all["Emulator_Get\(name)Twin"] = .init("Read the twin as the \(kind) sees it.")
                .answers(200, .object([.needed("desired", section), .needed("reported", section)]))
            all["Emulator_Update\(name)ReportedProperties"] = .init("Report for the \(kind).")
                .conditional("The reported $version that is believed to stand.").takes(.object([]))
                .answers(204, headers: ["x-reported-version"]).fails(403)
            all["Emulator_Watch\(name)DesiredProperties"] = waiting(
                .init("Wait for the \(kind)'s desired properties to change.").query("generation", .count)
            )
            .answers(200, .object([]), as: "application/json", "text/event-stream")
        }
        return all
    }

    private static var feeds: [String: OperationDescription] {
        func page(_ collection: String) -> Schema {
            .object([.needed(collection, .array(of: .object([]))), .needed("next", .integer)])
        }
        var all: [String: OperationDescription] = [:]
        all["Emulator_WatchChanges"] = waiting(.init("Follow every change of the hub."))
            .query("deviceId", .identifier).answers(200, page("changes"), as: "application/json", "text/event-stream")
        all["Emulator_ReadEvents"] = waiting(.init("Read what a back end would from Event Hubs."))
            .query("deviceId", .identifier).query("source").query("endpoint")
            .answers(200, page("events"), as: "application/json", "text/event-stream")
        return all
    }

    /// A long poll, or an event stream where `Accept` asks for one.
    private static func waiting(_ description: OperationDescription) -> OperationDescription {
        description.query("after", .count, "Tells what is behind this.").header("Prefer", .string, "wait=SECONDS")
            .answers(204).fails(410)
    }
}
