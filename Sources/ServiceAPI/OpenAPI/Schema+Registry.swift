import Endpoints

/// The documents of the registry (rest.md sections 5 to 8), as far as clients rely on them.
extension Schema {
    static var device: Schema {
        .named(
            "Device",
            .object([
                .needed("deviceId", .identifier), .needed("generationId", .string), .needed("etag", .string),
                .needed("connectionState", .connectionState), .needed("status", .status),
                .needed("statusReason", .nullable(.string)), .needed("connectionStateUpdatedTime", .time),
                .needed("statusUpdatedTime", .time), .needed("lastActivityTime", .time),
                .needed("cloudToDeviceMessageCount", .count), .needed("authentication", .authentication),
                .needed("capabilities", .capabilities), .optional("deviceScope", .string),
                .optional("parentScopes", .array(of: .string)), .optional("attributes", .object([])),
            ]))
    }

    static var module: Schema {
        .named(
            "Module",
            .object([
                .needed("moduleId", .identifier), .needed("managedBy", .nullable(.string)),
                .needed("deviceId", .identifier), .needed("generationId", .string), .needed("etag", .string),
                .needed("connectionState", .connectionState), .needed("connectionStateUpdatedTime", .time),
                .needed("lastActivityTime", .time), .needed("cloudToDeviceMessageCount", .count),
                .needed("authentication", .authentication), .optional("attributes", .object([])),
            ]))
    }

    /// What a device or module is made or changed by; ids that stand here are the path's.
    static var identityDraft: Schema {
        .named(
            "IdentityDraft",
            .object([
                .optional("deviceId", .identifier), .optional("moduleId", .identifier), .optional("status", .status),
                .optional("statusReason", .nullable(.string)), .optional("authentication", .authenticationDraft),
                .optional("capabilities", .capabilities), .optional("managedBy", .nullable(.string)),
                .optional("attributes", .map(of: .oneOf([.string, .boolean, .integer]))),
            ]))
    }

    static var registryItem: Schema {
        .named(
            "RegistryItem",
            .object([
                .needed("id", .identifier), .optional("moduleId", .identifier),
                .optional(
                    "importMode",
                    .words([
                        "create", "createOrUpdate", "createOrUpdateIfMatchETag", "update", "updateIfMatchETag",
                        "updateTwin", "updateTwinIfMatchETag", "delete", "deleteIfMatchETag",
                    ])), .optional("eTag", .string), .optional("twinETag", .string), .optional("status", .status),
                .optional("authentication", .authenticationDraft), .optional("capabilities", .capabilities),
                .optional("tags", .object([])), .optional("properties", .object([])),
            ]))
    }

    static var bulkResult: Schema {
        .named(
            "BulkResult",
            .object([
                .needed("isSuccessful", .boolean),
                .needed(
                    "errors",
                    .array(
                        of: .object([
                            .needed("deviceId", .string), .needed("errorCode", .integer),
                            .needed("errorStatus", .string), .optional("moduleId", .string),
                        ]))), .needed("warnings", .array(of: .any)),
            ]))
    }

    static var keyRequest: Schema {
        .named(
            "KeyRequest",
            .object([
                .needed("policyKey", .words(["primaryKey", "secondaryKey", "both"])),
                .needed(
                    "devices",
                    .array(
                        of: .object([.needed("id", .identifier), .optional("moduleId", .identifier)]), count: 1...1000)
                ),
            ]))
    }

    static var keyResult: Schema {
        .named(
            "KeyResult",
            .object([
                .needed("policyKey", .string),
                .needed("rotatedKeys", .array(of: .object([.needed("id", .identifier)]))),
                .needed(
                    "errors",
                    .array(
                        of: .object([
                            .needed("id", .string), .needed("errorCode", .integer), .needed("errorStatus", .string),
                        ]))),
            ]))
    }

    static var twin: Schema {
        .named(
            "Twin",
            .object([
                .needed("deviceId", .identifier), .optional("moduleId", .identifier), .needed("etag", .string),
                .needed("deviceEtag", .string), .needed("status", .status), .needed("statusUpdateTime", .time),
                .needed("connectionState", .connectionState), .needed("lastActivityTime", .time),
                .needed("cloudToDeviceMessageCount", .count), .needed("authenticationType", .authenticationType),
                .needed("x509Thumbprint", .object([])), .optional("modelId", .string), .needed("version", .count),
                .optional("tags", .object([])),
                .needed(
                    "properties",
                    .object([.needed("desired", .twinSection), .needed("reported", .twinSection)])),
                .optional("capabilities", .capabilities),
            ]))
    }

    /// What a twin is merged with or replaced by.
    static var twinChange: Schema {
        .named(
            "TwinChange",
            .object([
                .optional("tags", .object([])),
                .optional("properties", .object([.optional("desired", .object([]))])),
            ]))
    }

    static var methodCall: Schema {
        .named(
            "MethodCall",
            .object([
                .needed("methodName", .string(pattern: "^[A-Za-z0-9_*.-]{1,100}$")), .optional("payload", .any),
                .optional("responseTimeoutInSeconds", .integer(5...300)),
                .optional("connectTimeoutInSeconds", .integer(0...300)),
            ]))
    }

    /// Of a JSON Patch of a digital twin.
    static var patchOperation: Schema {
        .named(
            "PatchOperation",
            .object([
                .needed("op", .words(["add", "replace", "remove"])),
                .needed("path", .string(pattern: "^(/[A-Za-z][A-Za-z0-9]{0,62}){1,2}$")), .optional("value", .any),
            ]))
    }

    /// A certificate authority in the shape of the real hub's resource provider.
    static var certificate: Schema {
        .named(
            "Certificate",
            .object([.needed("name", .string), .needed("etag", .string), .needed("properties", .object([]))]))
    }

    private static var twinSection: Schema {
        .object([.needed("$metadata", .object([])), .needed("$version", .count)])
    }

    private static var authentication: Schema {
        .named(
            "Authentication",
            .object([
                .needed("symmetricKey", .object([])), .needed("x509Thumbprint", .object([])),
                .needed("type", .authenticationType),
            ]))
    }

    private static var authenticationDraft: Schema {
        .named(
            "AuthenticationDraft",
            .object([
                .optional("type", .authenticationType),
                .optional(
                    "symmetricKey",
                    .object([.optional("primaryKey", .string), .optional("secondaryKey", .string)])),
                .optional(
                    "x509Thumbprint",
                    .object([.optional("primaryThumbprint", .string), .optional("secondaryThumbprint", .string)])),
            ]))
    }

    private static var capabilities: Schema { .object([.needed("iotEdge", .boolean)]) }
    private static var status: Schema { .words(["enabled", "disabled"]) }
    private static var connectionState: Schema { .words(["Connected", "Disconnected"]) }
    private static var authenticationType: Schema { .words(["sas", "selfSigned", "certificateAuthority", "none"]) }
}
