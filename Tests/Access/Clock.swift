import Vocabulary

extension Environment {
    /// One whose wall clock stands still.
    static func standing(at seconds: Int64) -> Environment {
        var environment = Environment.system
        environment.now = { Timestamp(unixSeconds: seconds) }
        return environment
    }
}
