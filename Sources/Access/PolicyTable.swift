import Vocabulary

/// A hub's policies.
public struct PolicyTable: Sendable {
    /// Policies of one hub (rest.md section 2.4).
    public static let limit = 16

    public let policies: [AccessPolicy]

    init(_ policies: [AccessPolicy]) { self.policies = policies }

    /// The policy of this name, which compares without case; nil where there is none.
    public subscript(_ name: String) -> AccessPolicy? {
        policies.first { $0.name == name } ?? policies.first { $0.name.lowercased() == name.lowercased() }
    }

    /// The five policies that every hub begins with, and what they allow.
    static let defaults: [(name: String, permissions: Permissions)] = [
        ("iothubowner", [.registryRead, .registryWrite, .serviceConnect, .deviceConnect]),
        ("service", .serviceConnect),
        ("device", .deviceConnect),
        ("registryRead", .registryRead),
        ("registryReadWrite", [.registryRead, .registryWrite]),
    ]

    /// The default policies with keys that everybody knows, so that a connection string can be written into a test.
    public static let wellKnown = PolicyTable(
        zip(defaults, wellKnownKeys).map { policy, keys in
            AccessPolicy(
                name: policy.name, primary: SymmetricKey(trusted: keys.0), secondary: SymmetricKey(trusted: keys.1),
                permissions: policy.permissions)
        })

    /// In the order of `defaults`. These are published on purpose and protect nothing.
    private static let wellKnownKeys = [
        ("D0NtdE2RiJNwSdddNzFf2ytvNtkNqrzo5JbtrtuJuFM=", "ZFxCU936HusCR+m8p6/zaLtZJAdGgW+rf8NudEvS1R8="),
        ("s4jgEJta5YEbuoZ4MIjoRH4TLQza8sSAJhg1C/iXcgk=", "ODaXgCa3c17BPJIID0IkPE8QahQ4+ialoA2QYDUYLvI="),
        ("bSGyFbfGHfGcXCG+ZaMUr0WAwiF6N2gnJ/cLMCAOdBs=", "U7TnpNdgJLlNJSatK1f5Sws7q2exOOVW50i1yFl1AjY="),
        ("0sj3dgG69sD+nbiBdmk1znpqO94lpt87RTtwuCUlJOM=", "aezS6pkNneQ+ZNHVGiMkk3+lbgHYh7HNl3NLAaCKYUM="),
        ("sx1KIKcTnMAG86rf2FLMBdAzG9r/RT0H8mx9WBrfmZk=", "A7CNNmhd4+YfQBk7b1HpAhqMxL03D4V+xpgjggTbl0A="),
    ]

    /// The default policies with random keys.
    public static func generated(_ environment: Environment) -> PolicyTable {
        PolicyTable(
            defaults.map {
                AccessPolicy(
                    name: $0.name, primary: .generate(environment), secondary: .generate(environment),
                    permissions: $0.permissions)
            })
    }

    // MARK: As text

    /// One policy a line: name, primary key, secondary key, separated by spaces.
    public var text: String {
        policies.map { "\($0.name) \($0.primary.base64) \($0.secondary.base64)\n" }.joined()
    }

    /// Reads `text` back. Throws where a line is not of that form or a default policy is missing.
    public init(text: String) throws(HubError) {
        var policies: [AccessPolicy] = []
        for (name, permissions) in Self.defaults {
            let line = text.split(separator: "\n").map { $0.split(separator: " ") }.first {
                $0.first.map(String.init) == name
            }
            guard let line, line.count == 3 else {
                throw HubError(.argumentInvalid, "there is no line for policy \(name)")
            }
            policies.append(
                AccessPolicy(
                    name: name, primary: try SymmetricKey(base64: String(line[1])),
                    secondary: try SymmetricKey(base64: String(line[2])), permissions: permissions))
        }
        self.policies = policies
    }
}
