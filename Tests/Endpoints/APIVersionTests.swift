import Testing
import Vocabulary

@testable import Endpoints

@Suite struct APIVersionTests {
    /// Those that clients send (rest.md section 1.1), and one of tomorrow.
    static let accepted = [
        "2016-02-03", "2016-11-14", "2018-04-01", "2018-06-30", "2018-08-30-preview", "2019-10-01", "2020-03-13",
        "2020-05-31-preview", "2020-06-30-preview", "2020-09-30", "2021-04-12", "2024-03-31", "2031-12-31",
    ]

    @Test("A date is a version, also as a preview", arguments: accepted)
    func accepts(_ text: String) throws { #expect(try APIVersion(text).text == text) }

    static let refused: [String?] = [
        nil, "", "2016-02-02", "2015-12-31", "2021-04", "2021-04-12-", "2021-04-12-Preview", "2021-04-12-beta",
        "2021-04-12preview",
        "2021-04-12-preview-preview", "2021-04-12 ", " 2021-04-12", "20210412", "2021/04/12", "21-04-12", "latest",
        "2021-O4-12",
        "2021-04-1٢", "2021-13-01", "2021-00-01", "2021-01-32", "2021-01-00",
    ]

    @Test("Anything else is an invalid protocol version", arguments: refused)
    func refuses(_ text: String?) {
        let error = #expect(throws: HubError.self) { try APIVersion(text) }
        #expect(error?.code == .invalidProtocolVersion)
        #expect(error?.text == "BadRequest")
    }

    static let models: [(text: String, hasModelID: Bool)] = [
        ("2020-03-13", false), ("2020-05-31-preview", false), ("2020-09-29", false), ("2020-09-30", true),
        ("2021-04-12", true),
    ]

    @Test("Twins have a model id from 2020-09-30 on", arguments: models)
    func knowsModels(_ sample: (text: String, hasModelID: Bool)) throws {
        #expect(try APIVersion(sample.text).hasModelID == sample.hasModelID)
        #expect(APIVersion.none.hasModelID)
    }

    @Test("Versions are in the order of their dates")
    func sorts() throws {
        #expect(try Self.accepted.map { try APIVersion($0) }.sorted().map(\.text) == Self.accepted)
    }
}
