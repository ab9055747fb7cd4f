/// Command lines that raise an alert (defender.md section 6.4). The service's own patterns are not published; these are
/// TwinHub's.
struct CommandPattern: Sendable {
    let type: FindingType
    /// Any of these: words that stand in the command line in this order, others between them allowed. A word is compared
    /// by itself and by its last path component; a `*` in front or behind stands for any text.
    let anyOf: [[String]]

    static let all: [CommandPattern] = [
        CommandPattern(
            FindingType(
                "IoT_PrivilegedContainer", "Privileged container detected", .deviceAlert, .medium, .approximation),
            ["docker", "run", "--privileged*"], ["docker", "create", "--privileged*"],
            ["podman", "run", "--privileged*"]),
        CommandPattern(
            alert("Bash history cleared", .low), ["history", "-c"], ["rm", "*.bash_history"], ["unset", "HISTFILE"],
            ["truncate", "*.bash_history"], [">", "*.bash_history"]),
        CommandPattern(alert("Detected suspicious use of the nohup command", .medium), ["nohup"]),
        CommandPattern(alert("Detected suspicious use of the useradd command", .medium), ["useradd"]),
        CommandPattern(alert("htaccess file access detected", .medium), ["*.htaccess"]),
        CommandPattern(
            alert("Potential loss of data detected", .medium), ["rm", "-rf"], ["rm", "-fr"], ["rm", "-r", "-f"],
            ["rm", "-f", "-r"], ["dd", "of=/dev/sd*"], ["dd", "of=/dev/mmcblk*"]),
        CommandPattern(
            alert("Removal of system logs files detected", .medium), ["rm", "/var/log*"], ["shred", "/var/log*"],
            ["truncate", "/var/log*"]),
        CommandPattern(
            alert("Possible attempt to disable Auditd logging detected", .high), ["auditctl", "-e", "0"],
            ["auditctl", "-e0"], ["systemctl", "stop", "auditd*"], ["systemctl", "disable", "auditd*"],
            ["service", "auditd", "stop"], ["kill*", "auditd"]),
        CommandPattern(
            alert("Disable firewall", .high), ["ufw", "disable"], ["iptables", "-F*"], ["iptables", "--flush"],
            ["nft", "flush", "ruleset"], ["systemctl", "stop", "firewalld*"], ["systemctl", "disable", "firewalld*"],
            ["service", "iptables", "stop"]),
        CommandPattern(
            alert("Port forwarding detection", .high), ["ssh", "-L*"], ["ssh", "-R*"], ["ssh", "-D*"],
            ["iptables", "DNAT"], ["iptables", "REDIRECT"]),
        CommandPattern(spaceAfterFilename),
    ]

    /// Has no words: it is about the executable's name.
    static let spaceAfterFilename = alert("Space after filename", .medium)

    private static func alert(_ name: String, _ severity: FindingType.Severity) -> FindingType {
        FindingType(name, .deviceAlert, severity, .approximation)
    }

    private init(_ type: FindingType, _ anyOf: [String]...) {
        self.type = type
        self.anyOf = anyOf
    }

    /// Whether a process is what this is about; `words` are its command line's.
    func matches(_ process: StartedProcess, _ words: [[UInt8]]) -> Bool {
        if type == Self.spaceAfterFilename { return process.executable.utf8.last == UInt8(ascii: " ") }
        return anyOf.contains { pattern in
            var rest = pattern[...]
            for word in words {
                guard let wanted = rest.first else { break }
                if Self.matches(word, wanted.utf8) { rest.removeFirst() }
            }
            return rest.isEmpty
        }
    }

    private static func matches(_ word: [UInt8], _ wanted: String.UTF8View) -> Bool {
        let star = UInt8(ascii: "*")
        if wanted.last == star { return word.starts(with: wanted.dropLast()) }
        if wanted.first == star { return word.suffix(wanted.count - 1).elementsEqual(wanted.dropFirst()) }
        return word.elementsEqual(wanted) || StartedProcess.lastComponent(word).elementsEqual(wanted)
    }
}
