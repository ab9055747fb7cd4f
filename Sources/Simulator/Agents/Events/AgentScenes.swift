/// What happens on simulated devices: an industrial gateway's ordinary day. Nothing here is meant to raise an alert, except what
/// baseline checks find where they are to fail.
enum AgentScenes {
    struct Process {
        let executable: String
        let commandLine: String
        let userID: String
        let userName: String
    }

    struct Connection {
        let process: Int
        let remoteAddress: String
        let port: Int
        let isOutgoing: Bool
    }

    struct Check {
        let id: String
        let description: String
        let severity: String
    }

    static let processes = [
        Process(executable: "/usr/sbin/cron", commandLine: "/usr/sbin/cron -f", userID: "0", userName: "root"),
        Process(
            executable: "/usr/bin/python3", commandLine: "python3 /opt/line/collect.py --interval 5", userID: "1000",
            userName: "line"),
        Process(executable: "/bin/df", commandLine: "df -h /var", userID: "1000", userName: "line"),
        Process(
            executable: "/usr/sbin/logrotate", commandLine: "logrotate /etc/logrotate.conf", userID: "0",
            userName: "root"),
        Process(executable: "/bin/systemctl", commandLine: "systemctl status line", userID: "0", userName: "root"),
        Process(
            executable: "/usr/sbin/chronyd", commandLine: "/usr/sbin/chronyd -q", userID: "105", userName: "_chrony"),
    ]

    static let connections = [
        Connection(process: 1, remoteAddress: "10.20.0.4", port: 8883, isOutgoing: true),
        Connection(process: 1, remoteAddress: "10.20.0.17", port: 502, isOutgoing: true),
        Connection(process: 5, remoteAddress: "10.20.0.1", port: 123, isOutgoing: true),
        Connection(process: 4, remoteAddress: "10.20.0.30", port: 9100, isOutgoing: false),
    ]

    /// Sign-ins over the network; the last fails.
    static let logins = [("10.20.0.30", true), ("10.20.0.31", true), ("10.20.0.44", false)]

    /// What a device may listen on beside its secure shell.
    static let ports = [502, 1883, 4840, 9100]

    static let users = [("root", "0", "root", "0"), ("line", "1000", "line;dialout", "1000;20")]

    static let checks = [
        Check(id: "CCE-14027-7", description: "Disable support for RDS.", severity: "Warning"),
        Check(
            id: "CCE-4209-3", description: "Ensure permissions on /etc/crontab are configured.", severity: "Important"),
        Check(id: "CCE-4268-9", description: "Ensure that no account has an empty password.", severity: "Critical"),
    ]

    static let hardware = "USB Serial Converter"
}
