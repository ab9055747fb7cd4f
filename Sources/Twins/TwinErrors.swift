import JSON
import Vocabulary

/// The errors about twin documents, in the service's words where those are known (twins.md section 7). The service
/// prints them in the registry envelope, the device channel in the numeric one.
extension HubError {
    /// A body that is not JSON.
    public static func malformed(_ error: JSONError, envelope: Envelope = .twin) -> HubError {
        HubError(.iotHubFormatError, "The body is not valid JSON: \(error)", envelope: envelope)
    }

    /// No body where one is needed.
    public static func missingBody(envelope: Envelope = .twin) -> HubError {
        HubError(.argumentNull, "BadRequest", envelope: envelope)
    }

    static func notAnObject(envelope: Envelope) -> HubError {
        HubError(.iotHubFormatError, "The body has to be a JSON object.", envelope: envelope)
    }

    static func sectionNotAnObject(envelope: Envelope) -> HubError {
        invalid("Provided json is not a valid 'tags' or 'properties' object: an object is needed.", envelope)
    }

    static func arraysNotSupported(envelope: Envelope) -> HubError {
        invalid("Provided json is not a valid 'tags' or 'properties' object: arrays are not supported.", envelope)
    }

    static func invalidName(_ name: String, envelope: Envelope) -> HubError {
        invalid(
            "Property or Tag name has invalid characters. Error in Property/Tag \(name). "
                + "Must not contain Control Characters, '.', '$', '#', or ' '.", envelope)
    }

    static func emptyName(envelope: Envelope) -> HubError {
        invalid("Property or Tag name cannot be empty.", envelope)
    }

    static func nameTooLong(limit: Int, envelope: Envelope) -> HubError {
        invalid("Property or Tag name should be maximum \(limit) bytes.", envelope)
    }

    static func nullValue(_ name: String, envelope: Envelope) -> HubError {
        invalid("Value of Property or Tag cannot be null. Error in Property/Tag \(name)", envelope)
    }

    /// The missing space is the service's own.
    static func nullInArray(_ name: String, envelope: Envelope) -> HubError {
        invalid("Value of Property or Tag cannot be null. Error inProperty/Tag \(name)", envelope)
    }

    static func stringTooLong(limit: Int, envelope: Envelope) -> HubError {
        invalid("Property or Tag value should be maximum \(limit) bytes.", envelope)
    }

    static func integerOutOfRange(_ name: String, envelope: Envelope) -> HubError {
        invalid(
            "Property or Tag value has to be an integer between \(TwinLimits.integers.lowerBound) and "
                + "\(TwinLimits.integers.upperBound). Error in Property/Tag \(name)", envelope)
    }

    static func tooDeep(limit: Int, envelope: Envelope) -> HubError {
        invalid("Properties or Tags can be nested at most \(limit) levels deep.", envelope)
    }

    static func sectionTooLarge(_ section: TwinSection, limit: Int, envelope: Envelope) -> HubError {
        HubError(
            .deviceModelMaxPropertiesExceeded, "'\(section.name)' size should be less than \(limit) bytes.",
            envelope: envelope)
    }

    /// The hub's own bytes do not read back: a fault of TwinHub, never of a caller.
    static func unreadableTwin(_ error: JSONError) -> HubError {
        HubError(.serverError, "A stored twin cannot be read: \(error)", envelope: .twin)
    }

    private static func invalid(_ text: String, _ envelope: Envelope) -> HubError {
        HubError(.argumentInvalid, text, envelope: envelope)
    }
}
