/// What is left to try for a connection that is being dialled.
final class Dial {
    var addresses: ArraySlice<SocketAddress>
    let tls: TLSContext?
    let serverName: String?

    init(addresses: [SocketAddress], tls: TLSContext?, serverName: String?) {
        self.addresses = addresses[...]
        self.tls = tls
        self.serverName = serverName
    }
}
