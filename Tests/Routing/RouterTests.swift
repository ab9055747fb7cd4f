import Events
import Hub
import JSON
import Journal
import Testing
import Twins
import Vocabulary

@testable import Routing

@Suite struct RouterTests {
    private static let origin = Origin(
        principal: "policy test", requestID: RequestID(high: 1, low: 7), transport: "test")

    private let hub: Hub
    private let router: Router

    init() throws {
        hub = try Hub(log: MemoryLog())
        router = Router(hub)
        let item = try RegistryItem(JSONDocument(parsing: #"{"id":"d1","tags":{"site":"A","n":3,"o":{"p":"q"}}}"#).root)
        try done(.bulk([item]))
    }

    private func done(_ command: Command) throws {
        if case .refused(let error) = hub.execute(command, origin: Self.origin) { throw error }
    }

    private func declare(_ text: String) throws { try done(.putRouting(RoutingPlanTests.plan(text).declaration)) }

    private func message(
        _ body: String = "{}", from device: String = "d1", _ properties: EventProperties = [:],
        source: EventSource = .deviceMessages
    ) -> DeviceEvent {
        DeviceEvent(
            enqueuedTime: Timestamp(unixSeconds: 1_790_000_000), source: source, deviceID: device,
            systemProperties: [
                "content-type": "application/json", "content-encoding": "utf-8",
                "iothub-connection-device-id": device,
            ], properties: properties, body: Array(body.utf8))
    }

    private func routed(_ event: DeviceEvent) -> DeviceEvent {
        var event = event
        router.routing()?(&event)
        return event
    }

    private func endpoints(_ event: DeviceEvent) -> [String]? { routed(event).routing?.endpoints }

    @Test func `Nothing is done where nothing is declared, before and after`() throws {
        #expect(router.routing() == nil)
        try declare("{}")
        #expect(endpoints(message()) == ["events"])
        try done(.putRouting(nil))
        #expect(router.routing() == nil)
    }

    @Test func `Each endpoint gets a message once, in the order of the routes, and the fallback what nobody took`()
        throws
    {
        func route(_ name: String, _ endpoint: String, _ condition: String, _ more: String = "") -> String {
            #"{"name":"\#(name)","source":"DeviceMessages","condition":"\#(condition)","endpointNames":["\#(endpoint)"]\#(more)}"#
        }
        let routes = [
            route("1", "b", "$body.t > 70"), route("2", "a", "level = 'high'"), route("3", "b", "$body.t > 80"),
            route("4", "c", "true", #","isEnabled":false"#), route("5", "c", "$connectionDeviceId = 'd2'"),
        ]
        let feeds = #"{"feeds":[{"name":"a"},{"name":"b"},{"name":"c"}]}"#
        let declared = #"{"endpoints":\#(feeds),"routes":[\#(routes.joined(separator: ","))]"#
        try declare(declared + "}")
        #expect(endpoints(message(#"{"t":90}"#)) == ["b"])
        #expect(endpoints(message(#"{"t":90}"#, ["Level": "high"])) == ["b", "a"])
        #expect(endpoints(message(#"{"t":1}"#)) == ["events"])
        #expect(endpoints(message("no JSON")) == ["events"])
        #expect(endpoints(message(from: "d2")) == ["c"])
        // The fallback takes device messages alone.
        #expect(endpoints(message(source: .twinChangeEvents)) == [])
        try declare(
            declared + #","fallbackRoute":{"source":"DeviceMessages","endpointNames":["c"],"condition":"$body.t = 1"}}"#
        )
        #expect(endpoints(message(#"{"t":1}"#)) == ["c"])
        #expect(endpoints(message(#"{"t":2}"#)) == [])
        try declare(
            declared + #","fallbackRoute":{"source":"DeviceMessages","endpointNames":["c"],"isEnabled":false}}"#)
        #expect(endpoints(message(#"{"t":1}"#)) == [])
    }

    @Test func `The twin is read as it stands when the event comes`() throws {
        try declare(
            #"{"endpoints":{"feeds":[{"name":"a"}]},"routes":[{"name":"1","source":"TwinChangeEvents","#
                + #""condition":"$twin.tags.site = 'B'","endpointNames":["a"]}]}"#)
        let event = message(source: .twinChangeEvents)
        #expect(endpoints(event) == [])
        let patch = try ServicePatch(body: JSONDocument(parsing: #"{"tags":{"site":"B"}}"#))
        try done(.patchTwin(TwinID(device: "d1"), patch, .none))
        #expect(endpoints(event) == ["a"])
        #expect(endpoints(message(from: "d2", source: .twinChangeEvents)) == [])
    }

    @Test func `Enrichments are of the twin, the hub or the text itself`() throws {
        let values = [
            "plain", "$twin.tags.site", "$twin.tags.n", "$twin.tags.o", "$twin.tags.none", "$IotHubName",
            "$twin.properties.desired.$version", "$Twin.TAGS.Site",
        ]
        let list = values.enumerated().map { #"{"key":"e\#($0)","value":"\#($1)","endpointNames":["events"]}"# }
        try declare("{\"enrichments\":[\(list.joined(separator: ","))]}")
        let event = routed(message("{}", ["e0": "sent"]))
        let expected = ["plain", "A", "3", #"{"p":"q"}"#, "$twin.tags.none", "twinhub", "1", "A"]
        #expect(event.properties.all.map { $0.value } == expected)
        #expect(event.routing?.enrichments.map(\.original) == ["sent", nil, nil, nil, nil, nil, nil, nil])
        // A sender of which nothing is known.
        #expect(routed(message(from: "d9")).properties["e1"] == "$twin.tags.site")
    }

    @Test func `An endpoint gets only the enrichments that name it, and only where the event goes there`() throws {
        try declare(
            #"{"endpoints":{"feeds":[{"name":"a"},{"name":"b"}]},"routes":[{"name":"1","source":"DeviceMessages","#
                + #""endpointNames":["a"]}],"enrichments":[{"key":"x","value":"1","endpointNames":["a","b"]},"#
                + #"{"key":"y","value":"2","endpointNames":["events","b"]}]}"#)
        let event = routed(message())
        #expect(
            event.routing
                == EventRouting(endpoints: ["a"], enrichments: [.init(name: "x", value: "1", endpoints: ["a"])]))
        #expect(event.properties.isEmpty)
    }
}
