/// Where a blob container is, as a request names it: `https://host/container?signature`, or `file:///folder`.
public struct ContainerURI: Sendable {
    public let address: String
    /// Behind the `?`: what proves that its sender may use the container. Looked at when a job is asked for and kept nowhere, so
    /// that no log holds a signature.
    public let query: String

    public init(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        address = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : ""
    }
}
