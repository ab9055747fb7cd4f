import Endpoints

/// What back ends call: the operations of the hub's service API, and those of its device API that go over HTTPS. Imports and exports
/// are beside the files that they read and write (`FilesAPI`).
public enum ServiceAPI {
    public static func routes(_ desk: QueryDesk, _ jobs: JobDesk) -> [Route] {
        Devices.routes + Modules.routes + BulkRegistry.routes + DeviceKeys.routes + Twins.routes + Statistics.routes
            + DirectMethods.routes + DigitalTwins.routes + CloudToDevice.routes + Certificates.routes
            + Queries(desk).routes + Configurations(desk).routes + ScheduledJobs(jobs: jobs, queries: desk).routes
    }

    /// Ends every wait on this shard, as a server does that stops. On the shard.
    public static func endWaits(on services: ShardServices) {
        services.room(JobRunner.self)?.end()
        services.room(MethodCalls.self)?.endAll()
    }
}
