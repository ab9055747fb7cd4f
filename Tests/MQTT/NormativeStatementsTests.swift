import Foundation
import Testing

/// NormativeStatements.json has every numbered statement of MQTT 3.1.1: the tests that cover it, why it does not apply
/// to a hub, or what the acceptance tests have to show.
@Suite struct NormativeStatementsTests {
    struct Statement: Decodable {
        var tests: [String]?
        var notApplicable: String?
        var acceptance: String?
    }

    static let statements: [String: Statement] = {
        guard let url = Bundle.module.url(forResource: "NormativeStatements", withExtension: "json"),
            let data = try? Data(contentsOf: url)
        else { return [:] }
        return (try? JSONDecoder().decode([String: Statement].self, from: data)) ?? [:]
    }()

    @Test("Every statement has exactly one answer, and most of them a test")
    func answersAll() {
        #expect(Self.statements.count == 141)
        for (number, statement) in Self.statements {
            let answers = [statement.tests?.first, statement.notApplicable, statement.acceptance].compactMap(\.self)
            #expect(answers.count == 1 && !answers[0].isEmpty, "\(number)")
        }
        #expect(Self.statements.values.count { $0.tests != nil } >= 95)
    }

    @Test("Every test that the table names stands in the test sources")
    func namesTests() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        var sources: [String: String] = [:]
        for name in Set(Self.statements.values.flatMap { $0.tests ?? [] }) {
            let parts = name.split(separator: "/").map(String.init)
            try #require(parts.count == 2, "\(name)")
            let file = folder.appending(path: "\(parts[0]).swift")
            let source = try sources[parts[0]] ?? String(contentsOf: file, encoding: .utf8)
            sources[parts[0]] = source
            #expect(source.contains("func \(parts[1])("), "\(name)")
        }
        #expect(!sources.isEmpty)
    }
}
