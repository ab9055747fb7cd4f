import Endpoints

/// What is done to many devices at once: configurations and jobs (rest.md sections 11 and 12).
extension Schema {
    static var configuration: Schema {
        .named(
            "Configuration",
            .object([
                .needed("id", .string), .needed("schemaVersion", .nullable(.string)),
                .needed("labels", .nullable(.object([]))), .needed("content", .object([])),
                .needed("targetCondition", .string), .needed("createdTimeUtc", .time),
                .needed("lastUpdatedTimeUtc", .time), .needed("priority", .integer),
                .needed("systemMetrics", .metrics), .needed("metrics", .metrics), .needed("etag", .string),
            ]))
    }

    static var configurationDraft: Schema {
        .named(
            "ConfigurationDraft",
            .object([
                .optional("id", .string), .optional("schemaVersion", .nullable(.string)),
                .optional("labels", .nullable(.map(of: .string))), .needed("content", .configurationContent),
                .optional("targetCondition", .string), .optional("priority", .integer),
                .optional("metrics", .object([.optional("queries", .map(of: .string))])),
            ]))
    }

    /// One of the three.
    static var configurationContent: Schema {
        .named(
            "ConfigurationContent",
            .object([
                .optional("deviceContent", .object([])), .optional("moduleContent", .object([])),
                .optional("modulesContent", .map(of: .object([]))),
            ]))
    }

    static var job: Schema {
        .named(
            "Job",
            .object([
                .optional("jobId", .string), .needed("type", .string), .needed("status", .string),
                .optional("queryCondition", .string), .optional("createdTime", .time), .optional("startTime", .time),
                .optional("endTime", .time), .optional("maxExecutionTimeInSeconds", .integer),
                .optional("cloudToDeviceMethod", .object([])), .optional("updateTwin", .object([])),
                .optional("failureReason", .string), .optional("statusMessage", .string),
                .optional(
                    "deviceJobStatistics",
                    .object(
                        ["deviceCount", "failedCount", "succeededCount", "runningCount", "pendingCount"]
                            .map { .needed($0, .count) })),
            ]))
    }

    static var jobDraft: Schema {
        .named(
            "JobDraft",
            .object([
                .needed("jobId", .string), .needed("type", .words(["scheduleUpdateTwin", "scheduleDeviceMethod"])),
                .optional("cloudToDeviceMethod", .methodCall), .optional("updateTwin", .twinChange),
                .needed("queryCondition", .string), .optional("startTime", .time),
                .optional("maxExecutionTimeInSeconds", .count),
            ]))
    }

    private static var metrics: Schema { .object([.needed("results", .object([])), .needed("queries", .object([]))]) }
}
