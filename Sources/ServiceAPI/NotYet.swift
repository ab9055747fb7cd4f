import Access
import Endpoints
import HTTP

/// What the real hub has and TwinHub does not yet: each answers 501 and names itself, never a plausible lie.
enum NotYet {
    private static let registry: Permissions = [.registryRead, .registryWrite]

    static let routes: [Route] = [
        // Jobs
        .missing(.post, "/jobs/create", "Jobs_CreateImportExportJob", .allOf(registry)),
        .missing(.get, "/jobs", "Jobs_GetImportExportJobs", .allOf(registry)),
        .missing(.get, "/jobs/{id}", "Jobs_GetImportExportJob", .allOf(registry)),
        .missing(.delete, "/jobs/{id}", "Jobs_CancelImportExportJob", .allOf(registry)),
    ]
}
