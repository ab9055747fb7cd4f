/// A CONNECT (MQTT 3.1.1 section 3.1), its rules checked. The views are valid as long as the bytes it was read from.
public struct ConnectPacket {
    /// UTF-8, not checked yet.
    public var clientID: UnsafeRawBufferPointer
    /// Whether what the client's last session left behind is forgotten, and this one leaves nothing behind.
    public var isClean: Bool
    /// In seconds; 0 for none.
    public var keepAlive: UInt16
    public var will: PublishPacket?
    public var userName: UnsafeRawBufferPointer?
    public var password: UnsafeRawBufferPointer?

    public init(
        clientID: UnsafeRawBufferPointer, isClean: Bool, keepAlive: UInt16, will: PublishPacket? = nil,
        userName: UnsafeRawBufferPointer? = nil, password: UnsafeRawBufferPointer? = nil
    ) {
        self.clientID = clientID
        self.isClean = isClean
        self.keepAlive = keepAlive
        self.will = will
        self.userName = userName
        self.password = password
    }
}
