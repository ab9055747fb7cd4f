import Endpoints

/// What back ends call: every operation of the hub's service API, and those of its device API that go over HTTPS. What
/// TwinHub does not emulate yet has its row as well, and answers 501.
public enum ServiceAPI {
    public static func routes(_ desk: QueryDesk, _ jobs: JobDesk) -> [Route] {
        Devices.routes + Modules.routes + BulkRegistry.routes + Twins.routes + Statistics.routes
            + DirectMethods.routes + DigitalTwins.routes + CloudToDevice.routes + Certificates.routes
            + Queries(desk).routes + Configurations(desk).routes + ScheduledJobs(jobs: jobs, queries: desk).routes
            + NotYet.routes
    }

    /// Ends every wait on this shard, as a server does that stops. On the shard.
    public static func endWaits(on services: ShardServices) {
        services.room(JobRunner.self)?.end()
        services.room(MethodCalls.self)?.endAll()
    }
}
