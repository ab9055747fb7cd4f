import Endpoints
import Hub
import Vocabulary

/// Which changes a reader wants to see: of one device or module, of one kind.
struct ChangeFilter {
    private let device: String?
    private let module: String?
    private let kind: ChangeDocument.Kind?

    /// From the query: `deviceId`, `moduleId`, `kind`.
    init(_ call: Call) throws(HubError) {
        device = call.parameter("deviceId")
        module = call.parameter("moduleId")
        guard let name = call.parameter("kind") else {
            kind = nil
            return
        }
        guard let known = ChangeDocument.Kind(rawValue: name) else {
            let names = ChangeDocument.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubError(.argumentInvalid, "'kind' is one of \(names).")
        }
        kind = known
    }

    /// What concerns the whole hub concerns every device of it.
    func wants(_ event: RecordedEvent) -> Bool {
        if let kind, kind != ChangeDocument.kind(event) { return false }
        guard let id = event.id else { return true }
        if let device, device != id.device { return false }
        if let module, module != id.module { return false }
        return true
    }
}
