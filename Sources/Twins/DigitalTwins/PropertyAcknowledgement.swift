import JSON

/// What a device reports of a writable property that it has been asked to change:
/// `{"value":…,"ac":<code>,"av":<version>,"ad":<description>}`, as the Plug and Play conventions have it. Devices that leave
/// `av` or `ad` out are understood too.
struct PropertyAcknowledgement {
    let value: JSONValue
    let code: JSONValue
    let version: JSONValue?
    let description: JSONValue?

    /// Nil where a reported value is a plain one.
    init?(_ reported: JSONValue) {
        guard let value = reported["value"], let code = reported["ac"], code.kind == .number,
            reported.members.allSatisfy({ ["value", "ac", "av", "ad"].contains($0.key) })
        else { return nil }
        self.value = value
        self.code = code
        version = reported["av"]
        description = reported["ad"]
    }
}
