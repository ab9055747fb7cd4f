import Vocabulary

/// Writes the topics that the hub publishes to (mqtt.md section 3.2). Their form is exact: every trait of it is what some
/// SDK stumbles over when it is missing.
public enum HubTopic {
    /// A cloud-to-device message.
    public static func appendCommand(to identity: TwinID, _ bag: PropertyBag, to topic: inout [UInt8]) {
        append(identity, to: &topic)
        topic.append("messages/devicebound/")
        bag.append(to: &topic)
    }

    /// A message to a module's input. The `/` behind the input's name is always there: the C SDK aborts without it.
    public static func appendInput(
        _ input: String, of module: TwinID, _ bag: PropertyBag, to topic: inout [UInt8]
    ) {
        append(module, to: &topic)
        topic.append("inputs/")
        topic.append(input)
        topic.append(UInt8(ascii: "/"))
        bag.append(to: &topic)
    }

    /// The answer to a twin read or a reported patch; the version only where a patch was accepted. The request's id
    /// comes first and comes back as it was. A status has three digits.
    public static func appendTwinResponse(
        status: Int, requestID: UnsafeRawBufferPointer, version: Int64? = nil, to topic: inout [UInt8]
    ) {
        topic.append("$iothub/twin/res/")
        topic.append(decimal: Int64(status), width: 3)
        topic.append("/?$rid=")
        topic.append(contentsOf: requestID)
        guard let version else { return }
        topic.append("&$version=")
        topic.append(decimal: version)
    }

    /// A change of desired properties.
    public static func appendDesiredPatch(version: Int64, to topic: inout [UInt8]) {
        topic.append("$iothub/twin/PATCH/properties/desired/?$version=")
        topic.append(decimal: version)
    }

    /// A direct method. Nothing follows the request's id: the C SDK takes all the rest for it. The id is of `0-9 a-z`.
    public static func appendMethod(_ name: String, requestID: String, to topic: inout [UInt8]) {
        topic.append("$iothub/methods/POST/")
        topic.append(name)
        topic.append("/?$rid=")
        topic.append(requestID)
    }

    private static func append(_ identity: TwinID, to topic: inout [UInt8]) {
        topic.append("devices/")
        topic.append(identity.device)
        if let module = identity.module {
            topic.append("/modules/")
            topic.append(module)
        }
        topic.append(UInt8(ascii: "/"))
    }
}
