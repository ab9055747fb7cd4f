import Endpoints

extension FilesAPI {
    /// For the OpenAPI document, by operation.
    public static var descriptions: [String: OperationDescription] {
        var all: [String: OperationDescription] = [:]
        all["Device_CreateFileUploadSasUri"] = .init("Start a file upload.")
            .takes(.object([.needed("blobName", .string)])).answers(
                200,
                .object(
                    ["correlationId", "hostName", "containerName", "blobName", "sasToken"].map { .needed($0, .string) })
            ).fails(403)
        for name in ["Device_UpdateFileUploadStatus", "Device_UpdateFileUploadStatusOf"] {
            all[name] = .init("End a file upload.").takes(
                .object([
                    .optional("correlationId", .string), .needed("isSuccess", .boolean),
                    .optional("statusCode", .integer), .optional("statusDescription", .nullable(.string)),
                ])
            ).answers(204).fails(403)
        }
        all["Emulator_GetFileNotifications"] = .init("List files that have arrived.").query("after", .count).answers(
            200, .object([.needed("notifications", .array(of: .object([]))), .needed("next", .integer)]))
        all["Blob_Put"] = .init("Put Blob, Put Block and Put Block List.").foreign()
        all["Blob_Get"] = .init("Get Blob and its properties.").foreign()
        all["Blob_Delete"] = .init("Delete Blob.").foreign()
        all["Jobs_CreateImportExportJob"] = .init("Import or export devices, modules, twins and configurations.")
            .takes(importExportJobDraft).answers(200, importExportJob).fails(403)
        all["Jobs_GetImportExportJobs"] = .init("List imports and exports.").answers(200, .array(of: importExportJob))
        all["Jobs_GetImportExportJob"] = .init("Read an import or export.").answers(200, importExportJob)
        all["Jobs_CancelImportExportJob"] = .init("Cancel an import or export that has not ended.").answers(204)
            .fails(405)
        return all
    }

    private static let importExportMembers: [Schema.Member] = [
        .needed("type", .words(["export", "import"])), .optional("inputBlobContainerUri", .string),
        .optional("inputBlobName", .string), .optional("outputBlobContainerUri", .string),
        .optional("outputBlobName", .string), .optional("excludeKeysInExport", .boolean),
        .optional("includeConfigurations", .boolean), .optional("configurationsBlobName", .string),
        .optional("storageAuthenticationType", .words(["keyBased", "identityBased"])),
    ]

    private static let importExportJobDraft = Schema.named("ImportExportJobDraft", .object(importExportMembers))
    private static let importExportJob = Schema.named(
        "ImportExportJob",
        .object(
            importExportMembers + [
                .needed("jobId", .string), .needed("startTimeUtc", .time), .optional("endTimeUtc", .time),
                .needed("status", .words(["enqueued", "running", "completed", "failed", "cancelled"])),
                .needed("progress", .count), .needed("useSecondaryStorageAsSource", .boolean),
                .optional("failureReason", .string),
            ]))
}
