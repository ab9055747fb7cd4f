import Events
import Hub
import JSON
import Query
import Testing
import Vocabulary

@testable import Routing

@Suite struct RoutingPlanTests {
    static func plan(_ text: String) throws -> RoutingPlan { try RoutingPlan(JSONDocument(parsing: text).root) }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var declaration: String
        var code: ErrorCode
        var says: String
        var testDescription: String { declaration }

        init(_ declaration: String, _ says: String, _ code: ErrorCode = .argumentInvalid) {
            (self.declaration, self.says, self.code) = (declaration, says, code)
        }
    }

    private static func route(
        name: String = "r", source: String = "DeviceMessages", _ more: String = "",
        to endpoints: String = #"["events"]"#
    ) -> String {
        #"{"routes":[{"name":"\#(name)","source":"\#(source)",\#(more)"endpointNames":\#(endpoints)}]}"#
    }

    private static let enrichment = #"{"key":"k","value":"v","endpointNames":["events"]}"#

    static let refusals: [Refusal] = [
        Refusal("[]", "not an object"),
        Refusal(#"{"route":[]}"#, "'route' is no member"),
        Refusal(#"{"routes":{}}"#, "'routes' is not an array"),
        Refusal(#"{"routes":[1]}"#, "not an object"),
        Refusal(route(name: ""), "1 to 64"),
        Refusal(route(name: String(repeating: "n", count: 65)), "1 to 64"),
        Refusal(route(name: "a/b"), "1 to 64"),
        Refusal(route(name: ".."), "1 to 64"),
        Refusal(route(source: "Messages"), "one of DeviceMessages", .invalidSourceOnRoute),
        Refusal(route(#""condition":1,"#), "not a string"),
        Refusal(route(#""condition":"a = ","#), "Line 1:"),
        Refusal(route(#""condition":"level > 2","#), "Invalid operands to binary operator '>'"),
        // Of twin changes alone.
        Refusal(route(#""condition":"twin_change_includes(a)","#), "Invalid built-in function"),
        Refusal(route(#""isEnabled":"yes","#), "not true or false"),
        Refusal(route(to: "[]"), "one endpoint"),
        Refusal(route(to: #"["events","events"]"#), "one endpoint"),
        Refusal(route(to: #"["nowhere"]"#), "no endpoint 'nowhere'"),
        Refusal(route(to: #""events""#), "one endpoint"),
        Refusal(
            #"{"routes":[{"name":"R","source":"DeviceMessages","endpointNames":["events"]},{"name":"r","source":"DeviceMessages","endpointNames":["events"]}]}"#,
            "Two routes are called 'r'"),
        Refusal(#"{"endpoints":[]}"#, "not an object"),
        Refusal(#"{"endpoints":{"feeds":[{"name":"events"}]}}"#, "the hub's own"),
        Refusal(#"{"endpoints":{"feeds":[{}]}}"#, "1 to 64"),
        Refusal(#"{"endpoints":{"feeds":[{"name":"a"},{"name":"A"}]}}"#, "Two endpoints are called 'A'"),
        Refusal(#"{"endpoints":{"eventHubs":[{"name":"a"}]}}"#, "TwinHub has no 'eventHubs'", .notImplemented),
        Refusal(
            #"{"endpoints":{"feeds":[\#((0...10).map { "{\"name\":\"f\($0)\"}" }.joined(separator: ","))]}}"#,
            "more than 10"),
        Refusal(#"{"endpoints":{"folders":[{"name":"a"}],"feeds":[{"name":"a"}]}}"#, "Two endpoints are called 'a'"),
        Refusal(#"{"endpoints":{"webhooks":[{"name":"a"}]}}"#, "'url' of endpoint 'a'"),
        Refusal(#"{"endpoints":{"webhooks":[{"name":"a","url":"ftp://h/"}]}}"#, "'url' of endpoint 'a'"),
        Refusal(#"{"fallbackRoute":[]}"#, "not an object"),
        Refusal(
            #"{"fallbackRoute":{"source":"TwinChangeEvents","endpointNames":["events"]}}"#, "is DeviceMessages",
            .invalidSourceOnRoute),
        Refusal(#"{"fallbackRoute":{"source":"DeviceMessages","endpointNames":["x"]}}"#, "no endpoint 'x'"),
        Refusal(#"{"enrichments":[{"key":"k","value":"v","endpointNames":[]}]}"#, "'endpointNames' of enrichment 'k'"),
        Refusal(#"{"enrichments":[{"key":"k","value":1,"endpointNames":["events"]}]}"#, "'key', 'value'"),
        Refusal(
            #"{"enrichments":[{"key":"\#(String(repeating: "k", count: 257))","value":"v","endpointNames":["events"]}]}"#,
            "at most 256 bytes"),
        Refusal(
            #"{"enrichments":[{"key":"k","value":"\#(String(repeating: "v", count: 4097))","endpointNames":["events"]}]}"#,
            "its value 4096"),
        Refusal(#"{"enrichments":[{"key":"k","value":"$twin.etag","endpointNames":["events"]}]}"#, "$twin.tags"),
        Refusal(#"{"enrichments":[{"key":"k","value":"v","endpointNames":["x"]}]}"#, "no endpoint 'x'"),
        Refusal(#"{"enrichments":[\#(enrichment),\#(enrichment)]}"#, "Two enrichments have the key 'k'"),
    ]

    @Test(arguments: refusals)
    func `What is wrong with a declaration is said`(_ one: Refusal) throws {
        let error = try #require(throws: HubError.self) { try Self.plan(one.declaration) }
        #expect(error.code == one.code)
        #expect(error.text.contains(one.says), "\(error.text)")
    }

    @Test func `A plan is written as it is read, with what was left out`() throws {
        let text =
            #"{"endpoints":{"feeds":[{"name":"hot"}],"folders":[{"name":"cold"}],"webhooks":[{"name":"w","url":"http://[::1]/"}]},"#
            + #""routes":[{"name":"r","source":"TwinChangeEvents","#
            + #""condition":"twin_change_includes(properties.reported)","endpointNames":["hot"],"isEnabled":false}],"#
            + #""fallbackRoute":{"name":"$fallback","source":"DeviceMessages","condition":"true","endpointNames":["events"],"#
            + #""isEnabled":true},"enrichments":[{"key":"site","value":"$twin.tags.site","endpointNames":["hot","events"]}]}"#
        let plan = try Self.plan(text)
        #expect(String(decoding: plan.declaration.json, as: UTF8.self) == text)
        #expect(plan.has("hot") && plan.has("events") && !plan.has("Hot"))
        let least = try Self.plan(#"{"endpoints":{"eventHubs":[],"feeds":null},"routes":null,"fallbackRoute":null}"#)
        #expect(try RoutingPlan(least.declaration).declaration == Self.plan("{}").declaration)
    }

    @Test func `Without a declaration every source goes to the built-in endpoint, with one only what routes take`()
        throws
    {
        let message = RouteMessage(application: [], system: [], body: [])
        let empty = try Self.plan("{}")
        for source in EventSource.allCases {
            let everything = RoutingPlan.byDefault.routes(taking: message, of: source).map(\.endpoint)
            #expect(everything == (source.isEmitted ? ["events"] : []))
            let taken = empty.routes(taking: message, of: source).map(\.endpoint)
            #expect(taken == (source == .deviceMessages ? ["events"] : []))
        }
        let routes = try RoutingPlan(RoutingPlan.byDefault.declaration).routes
        #expect(routes.count == EventSource.allCases.count { $0.isEmitted && $0 != .deviceMessages })
    }
}
