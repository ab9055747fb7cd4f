import Endpoints

extension ServiceAPI {
    /// Of configurations and jobs.
    static var fleetDescriptions: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["Configuration_GetConfigurations"] = .init("List configurations.").query("top", .integer)
            .answers(200, .array(of: .configuration))
        all["Configuration_Get"] = .init("Read a configuration.").answers(200, .configuration, headers: ["ETag"])
        all["Configuration_CreateOrUpdate"] = .init("Create a configuration, or update it where If-Match is given.")
            .conditional().takes(.configurationDraft).answers(200, .configuration, headers: ["ETag"])
            .fails(409)
        all["Configuration_Delete"] = .init("Delete a configuration; what it has set stays.").conditional().answers(204)
        all["Configuration_TestQueries"] = .init("Try a target condition and metrics.").takes(
            .object([.optional("targetCondition", .string), .optional("customMetricQueries", .map(of: .string))])
        ).answers(
            200,
            .object([.optional("targetConditionError", .string), .needed("customMetricQueryErrors", .map(of: .string))])
        )
        all["Configuration_ApplyOnEdgeDevice"] = .init("Set an edge device's modules.").takes(.configurationContent)
            .answers(204).fails(403, 409)
        all["Jobs_QueryScheduledJobs"] = .init("List jobs.").query("jobType").query("jobStatus")
            .header("x-ms-max-item-count", .string(pattern: "^[1-9][0-9]{0,3}$")).header("x-ms-continuation")
            .answers(200, .array(of: .job), headers: ["x-ms-item-type", "x-ms-continuation"])
        all["Jobs_GetScheduledJob"] = .init("Read a job.").answers(200, .job)
        all["Jobs_CreateScheduledJob"] = .init("Schedule a job.").takes(.jobDraft).answers(200, .job).fails(409)
        all["Jobs_CancelScheduledJob"] = .init("Cancel a job.").answers(200, .job).fails(405)
        return all
    }
}
