import ArgumentParser
import Emulator

/// How commands fail: with one sentence on standard error and status 1.
enum Failures {
    static func reported(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            StandardError.write("twinhub: \(error)\n")
            throw ExitCode.failure
        }
    }
}
