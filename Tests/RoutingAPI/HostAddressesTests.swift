import Testing

@testable import RoutingAPI

struct HostAddressesTests {
    @Test func `A literal is its own address, and what is on this machine is left to the reactor`() {
        #expect(HostAddresses.of("127.0.0.1") == ["127.0.0.1"])
        #expect(HostAddresses.of("::1") == ["::1"])
        #expect(HostAddresses.of("localhost") == ["localhost"])
        #expect(HostAddresses.of("Hub.LOCALHOST") == ["Hub.LOCALHOST"])
    }

    @Test func `A name that nobody has leads nowhere`() {
        #expect(HostAddresses.of("no-such-host.invalid").isEmpty)
    }
}
