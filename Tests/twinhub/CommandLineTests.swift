import ArgumentParser
import Hub
import Testing

@testable import twinhub

/// What stands on a command line and in the environment.
@Suite struct CommandLineTests {
    private func added(_ arguments: [String], _ variables: [String: String]) -> [String] {
        let sorted = variables.sorted { $0.key < $1.key }.map { (name: "TWINHUB_\($0.key)", value: $0.value) }
        return EnvironmentFlags.adding(to: arguments, variables: sorted)
    }

    @Test func `A variable stands for a flag that the command has`() {
        #expect(added(["serve"], ["HTTPS_PORT": "0", "NO_SUCH": "1"]) == ["serve", "--https-port=0"])
        #expect(added(["log", "verify"], ["DATA": "d"]) == ["log", "verify", "--data=d"])
        #expect(added(["health"], ["HTTPS_PORT": "0"]) == ["health"])
    }

    @Test func `What the command line says wins`() {
        #expect(added(["serve", "--https-port", "1"], ["HTTPS_PORT": "0"]) == ["serve", "--https-port", "1"])
        #expect(added(["serve", "--https-port=1"], ["HTTPS_PORT": "0"]) == ["serve", "--https-port=1"])
        #expect(added(["env", "--data", "d"], ["READY_FILE": "f"]) == ["env", "--data", "d"])
    }

    @Test(arguments: ["1", "true", "YES", "on"])
    func `A flag without a value is on where its variable says so`(_ value: String) {
        #expect(added(["serve"], ["EPHEMERAL": value]) == ["serve", "--ephemeral"])
        #expect(added(["serve"], ["EPHEMERAL": "0"]) == ["serve"])
    }

    @Test func `A list's values are set apart by commas`() {
        #expect(added(["serve"], ["HOST_NAME": "a,b"]) == ["serve", "--host-name=a", "--host-name=b"])
    }

    @Test(arguments: [
        (["serve", "--defender"], ["serve", "--defender=classic"]),
        (["serve", "--defender", "--ephemeral"], ["serve", "--defender=classic", "--ephemeral"]),
        (["serve", "--defender", "micro"], ["serve", "--defender", "micro"]),
        (["serve", "--defender=both"], ["serve", "--defender=both"]),
    ])
    func `A value may be left out where the flag has one of its own`(_ given: [String], filled: [String]) {
        #expect(OptionalValues.filling(given) == filled)
    }

    @Test(arguments: [
        ["--tls-cert", "a"], ["--shards", "0"], ["--throttle-units", "0"], ["--query-lag", "61"], ["--sas-grace=-1"],
        ["--keep-patches=-1"], ["--max-connections", "0"], ["--events-keep", "soon"], ["--throttle", "S9"],
        ["--head-deadline", "86401"], ["--durability", "maybe"], ["--disabled-connack", "4"],
        ["--https-port", "65536"],
    ])
    func `What cannot be is refused before anything is begun`(_ flags: [String]) {
        #expect(throws: (any Error).self) { try ServeCommand.parse(flags) }
    }

    @Test func `What is said is taken`() throws {
        let command = try ServeCommand.parse([
            "--ephemeral", "--https-port", "0", "--throttle", "S2", "--events-keep", "2GiB,12h", "--defender-strict",
            "--endpoints-keep", "5",
        ])
        #expect(command.ephemeral && command.httpsPort == 0 && command.mqttPort == 8883)
        #expect(command.throttle == .s2 && command.eventsKeep.seconds == 43_200)
        #expect(command.defender == nil && command.defenderStrict == true && command.limits.endpointsKeep == 5)
    }

    @Test(arguments: [
        ("1", 1), ("3155760000", 3_155_760_000), ("0", nil), ("-5", nil), ("3155760001", nil), ("an hour", nil),
    ])
    func `A lifetime is one second to a hundred years`(_ text: String, seconds: Int64?) {
        #expect(Lifetime(argument: text)?.seconds == seconds)
    }
}
