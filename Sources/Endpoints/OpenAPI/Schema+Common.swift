import Vocabulary

extension Schema {
    /// The forms of an error (rest.md section 4.1).
    public static var error: Schema {
        .named(
            "Error",
            .oneOf([
                .named("ErrorMessage", .object([.needed("Message", .string), .needed("ExceptionMessage", .string)])),
                .named(
                    "NumericError",
                    .object([
                        .needed("errorCode", .integer), .needed("trackingId", .string), .needed("message", .string),
                        .needed("timestampUtc", .time),
                    ])),
            ]))
    }

    static var apiVersion: Schema {
        .string(pattern: #"^20(1[7-9]|[2-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(-preview)?$"#)
    }

    /// What a segment of a path may be.
    static func capture(_ name: String) -> Schema {
        switch name {
        case "device", "module": .identifier
        default: .string(pattern: #"^[A-Za-z0-9._\-]{1,64}$"#)
        }
    }

    /// A device's or module's id (rest.md section 19).
    public static var identifier: Schema { .string(pattern: #"^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$"#) }
}
