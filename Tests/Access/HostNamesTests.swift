import Testing

@testable import Access

@Suite struct HostNamesTests {
    private static let names = HostNames(extra: ["Hub.Factory.example", "192.0.2.7"])

    static let cases: [(host: String, isAccepted: Bool)] = [
        ("localhost", true), ("LOCALHOST", true), ("localhost:8443", true), ("hub.localhost", true),
        ("127.0.0.1", true),
        ("127.0.0.1:443", true), ("127.1.2.3", true), ("::1", true), ("[::1]", true), ("[::1]:8443", true),
        ("emu.azure-devices.net", true), ("Emu.Azure-Devices.net:8883", true), ("hub.factory.example", true),
        ("HUB.factory.example:1", true), ("192.0.2.7", true),
        ("", false), ("example.com", false), ("azure-devices.net", false), ("emu.azure-devices.net.example.com", false),
        ("emuazure-devices.net", false), ("localhost.example.com", false), ("x.localhost", false), ("192.0.2.8", false),
        ("factory.example", false), ("::2", false), (":8443", false), ("127.0.0.1.example.com", false),
        ("127.example.com", false),
    ]

    @Test(
        "A token's host is one of the hub's names, a loopback literal, or the real hub's (clients.md)", arguments: cases
    )
    func accepts(_ sample: (host: String, isAccepted: Bool)) {
        #expect(Self.names.accepts(sample.host) == sample.isAccepted)
    }
}
