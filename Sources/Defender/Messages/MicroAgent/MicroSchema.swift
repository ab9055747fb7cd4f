/// Schema 2.3 of the RTOS agent as data (defender.md section 5.6).
enum MicroSchema {
    /// The major version that the slots below are of.
    static let major: UInt8 = 2

    enum Message {
        static let moduleID = 0
        static let moduleVersion = 1
        static let timezone = 2
        static let events = 3
    }

    enum Event {
        static let id = 0
        static let time = 1
        static let collectionInterval = 2
        static let payloadType = 3
        static let payload = 4
        /// Bytes of the struct UUID.
        static let idSize = 16
    }

    /// The union's tables by their tags; tag 0 is NONE and has no table.
    static let payloads: [(name: String, fields: [MicroField])] = [
        ("NONE", []),
        (
            "NetworkActivity",
            [
                MicroField("ipv4_activity", .tables(activity(addresses(.number(4), width: 4)))),
                MicroField("ipv6_activity", .tables(activity(addresses(.numbers(count: 4, width: 4), width: 16)))),
            ]
        ),
        (
            "SystemInformation",
            [MicroField("os_info", .text), MicroField("kernel_info", .text), MicroField("hw_info", .text)]
        ),
        (
            "ListeningPorts",
            [
                MicroField("ipv4_ports", .structures(port(.number(4), width: 4))),
                MicroField("ipv6_ports", .structures(port(.numbers(count: 4, width: 4), width: 16))),
            ]
        ),
        ("Heartbeat", []),
        ("Baseline", [MicroField("baseline_checks", .tables(baselineCheck))]),
        (
            "Process",
            [
                MicroField("executable", .text), MicroField("process_id", .number(4)),
                MicroField("parent_process_id", .number(4)), MicroField("user_id", .number(4)),
                MicroField("user_name", .text), MicroField("commandline", .text),
                MicroField("event_type", .word(["FORK", "EXEC", "EXIT"])),
                MicroField("hit_count", .number(4), absent: 1),
            ]
        ),
        ("Log", [MicroField("logs", .tables(log))]),
    ]

    private static let protocols = ["TCP", "UDP", "ICMP"]

    private static func activity(_ addresses: MicroField.Structure) -> [MicroField] {
        [MicroField("addresses", .structure(addresses)), MicroField("common", .table(common))]
    }

    private static let common = [
        MicroField("local_port", .number(2)), MicroField("remote_port", .number(2)),
        MicroField("bytes_in", .number(4)), MicroField("bytes_out", .number(4)),
        MicroField("protocol", .word(protocols)), MicroField("process_id", .number(2)),
        MicroField("user_id", .number(2)), MicroField("executable", .text), MicroField("commandline", .text),
    ]

    private static let baselineCheck = [
        MicroField("id", .text), MicroField("result", .word(["PASS", "FAIL", "ERROR"])), MicroField("error", .text),
        MicroField("description", .text),
        MicroField("severity", .word(["CRITICAL", "IMPORTANT", "WARNING", "INFORMATIONAL"])),
        MicroField("remediation", .text),
    ]

    private static let log = [
        MicroField("message", .text),
        MicroField("level", .word(["NOTSET", "FATAL", "ERROR", "WARN", "INFO", "DEBUG"])),
        MicroField("timestamp", .number(8)), MicroField("line", .number(4)), MicroField("filename", .text),
    ]

    private static func addresses(_ address: MicroField.Structure.MemberType, width: Int) -> MicroField.Structure {
        MicroField.Structure(
            size: 2 * width,
            members: [
                MicroField.Structure.Member(name: "local_address", offset: 0, type: address),
                MicroField.Structure.Member(name: "remote_address", offset: width, type: address),
            ])
    }

    /// Padded to the four bytes that its address is aligned to.
    private static func port(_ address: MicroField.Structure.MemberType, width: Int) -> MicroField.Structure {
        MicroField.Structure(
            size: width + 4,
            members: [
                MicroField.Structure.Member(name: "local_address", offset: 0, type: address),
                MicroField.Structure.Member(name: "local_port", offset: width, type: .number(2)),
                MicroField.Structure.Member(name: "protocol", offset: width + 2, type: .word(protocols)),
            ])
    }
}
