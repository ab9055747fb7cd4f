// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors wherever `CI` is set; on a developer's machine they stay warnings, so that work in progress builds.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// Whether two parts of the program use one stored property at once, one of them to change it, is looked for while it runs in
/// debug builds, in which all tests of the rooms run. In release builds the search took a tenth of a request's instructions.
let settings = warnings + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

/// One room of the house: a folder under `Sources/` and, mirroring it, one under `Tests/`.
func room(_ name: String, on floorsBelow: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: floorsBelow, swiftSettings: settings)
}

func tests(_ name: String, _ others: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + others, path: "Tests/\(name)",
        resources: resources, swiftSettings: warnings)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let deques: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let ordered: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let heaps: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "TwinHub",
    products: [.executable(name: "twinhub", targets: ["twinhub"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // Floor 0: what Swift cannot import by itself, nothing else.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .target(name: "CSystem"),

        // Floor 1: the words every floor speaks.
        room("Vocabulary", on: ["CSystem"]),
        room("JSON", on: []),

        // Floor 2: each knows one subject, and nothing of the others.
        room("Twins", on: ["Vocabulary", "JSON"]),
        room("Access", on: ["Vocabulary", "COpenSSL"]),
        room("Query", on: ["JSON"]),
        room("Defender", on: ["Vocabulary", "JSON"]),
        room("Blobs", on: ["Vocabulary", "JSON", "COpenSSL"]),
        room("Journal", on: ["Vocabulary", "JSON", "CSystem", "CZlib", deques]),
        room("Reactor", on: ["Vocabulary", "CSystem", "COpenSSL", deques]),

        // Floor 3: the hub itself, what it tells back ends, and the codecs.
        room(
            "Hub",
            on: [
                "Vocabulary", "JSON", "CSystem", "Twins", "Access", "Query", "Defender", "Journal", deques, heaps,
                ordered,
            ]),
        room("Events", on: ["Vocabulary", "JSON", "Journal"]),
        room("HTTP", on: ["Vocabulary", "CZlib", "COpenSSL", "CNGHTTP2"]),
        room("MQTT", on: ["Vocabulary"]),

        // Floor 4: what an endpoint is, and what back ends are told of devices.
        room("Endpoints", on: ["Vocabulary", "JSON", "Journal", "Access", "Reactor", "Hub", "Events", "HTTP"]),
        room("Routing", on: ["Vocabulary", "JSON", "Twins", "Access", "Query", "Journal", "Hub", "Events"]),

        // Floor 5: the endpoints.
        room(
            "ServiceAPI",
            on: ["Vocabulary", "JSON", "Twins", "Access", "Query", "Reactor", "Hub", "HTTP", "Endpoints"]),
        room(
            "DeviceAPI",
            on: [
                "Vocabulary", "JSON", "Twins", "Access", "Journal", "Reactor", "Hub", "Events", "HTTP", "MQTT",
                "Endpoints", "Routing", deques,
            ]),

        room(
            "SecurityAPI",
            on: [
                "Vocabulary", "JSON", "Access", "Defender", "Query", "Journal", "Hub", "Events", "HTTP", "Endpoints",
                deques,
            ]),
        room(
            "RoutingAPI",
            on: [
                "Vocabulary", "JSON", "Access", "Query", "Journal", "Reactor", "Hub", "Events", "HTTP", "Endpoints",
                "Routing",
            ]),
        room("FilesAPI", on: ["Vocabulary", "JSON", "Blobs", "Hub", "HTTP", "Endpoints"]),

        // Floor 6: where everything is put together, and clients of it made of the codecs.
        room("Simulator", on: ["Vocabulary", "JSON", "Access", "Defender", "Reactor", "MQTT"]),
        room(
            "Emulator",
            on: [
                "Vocabulary", "JSON", "Twins", "Access", "Journal", "Reactor", "Hub", "Events", "HTTP", "Endpoints",
                "Routing", "ServiceAPI", "DeviceAPI", "SecurityAPI", "RoutingAPI", "Blobs", "FilesAPI", logging,
            ]),

        // Floor 7: the command line.
        .executableTarget(
            name: "twinhub",
            dependencies: [
                "Vocabulary", "JSON", "Access", "Defender", "Blobs", "Journal", "Reactor", "Hub", "Events", "HTTP",
                "MQTT", "Endpoints", "DeviceAPI", "Simulator", "Emulator", arguments,
            ],
            swiftSettings: settings),

        // What several suites share.
        .target(
            name: "TestSupport", dependencies: ["Journal", "Vocabulary"], path: "Tests/Support", swiftSettings: warnings
        ),
        tests("Reactor", ["TestSupport"]),
        tests("JSON", ["TestSupport"]),
        tests("Twins", ["JSON", "TestSupport", "Vocabulary"], resources: [.copy("TwinVectors.json")]),
        tests("Journal", ["Vocabulary"]),
        tests("Hub", ["Access", "Defender", "JSON", "Journal", "Query", "TestSupport", "Twins", "Vocabulary"]),
        tests(
            "Routing",
            ["Access", "Events", "Hub", "JSON", "Journal", "Query", "TestSupport", "Twins", "Vocabulary"]),
        tests("RoutingAPI", ["Events", "JSON", "Journal", "Routing", "TestSupport", "Vocabulary"]),
        tests(
            "SecurityAPI",
            ["Defender", "Events", "Hub", "JSON", "Journal", "Routing", "TestSupport", "Twins", "Vocabulary"]),
        tests("Events", ["JSON", "Journal", "TestSupport", "Vocabulary"]),
        tests("MQTT", ["TestSupport", "Vocabulary"], resources: [.copy("NormativeStatements.json")]),
        tests("Blobs", ["Vocabulary"]),
        tests("HTTP", ["CNGHTTP2", "TestSupport", "Vocabulary"]),
        tests("Access", ["Vocabulary"]),
        tests("Vocabulary"),
        tests("Query", ["JSON"], resources: [.copy("QueryVectors.json")]),
        tests("Defender", ["JSON", "Vocabulary"], resources: [.copy("MicroBodies")]),
        tests("Endpoints", ["Access", "HTTP", "JSON", "Vocabulary"]),
        tests("ServiceAPI", ["Hub", "Journal", "Query", "TestSupport", "Vocabulary"]),
        tests("DeviceAPI", ["Hub", "MQTT"]),
        tests("FilesAPI", ["Blobs"]),
        tests("Emulator"),
        tests("twinhub", ["Hub", "Vocabulary", arguments]),
        tests("Simulator", ["Access", "Defender", "JSON", "MQTT", "Reactor", "TestSupport", "Vocabulary"]),
    ]
)
