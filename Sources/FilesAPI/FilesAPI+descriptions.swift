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
        return all
    }
}
