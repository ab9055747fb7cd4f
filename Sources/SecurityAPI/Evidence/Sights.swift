import Defender
import Endpoints
import Vocabulary

/// What has been seen of devices since somebody last looked, by device: how often each thing, and when last. Shards and the writer
/// note it here; what follows from it is worked out elsewhere.
struct Sights {
    /// Different things that wait at once; what comes beyond is counted in ``leftOut`` alone.
    static let limit = 262_144

    enum Sight: Hashable {
        case operation(WitnessedOperation)
        /// Tags or desired properties were written, so that what follows from them is to be looked at again.
        case twinUpdated(TwinID, isDesired: Bool)
        case reported
        case message(rejected: Bool, Evidence.Transport)
        /// The device, or a module of it, has come, changed or gone.
        case identity(TwinID)
    }

    struct Seen {
        var times: Int
        var last: Timestamp
    }

    private(set) var byDevice: [String: [Sight: Seen]] = [:]
    private(set) var leftOut = 0
    private var count = 0

    mutating func add(_ sight: Sight, of device: String, at time: Timestamp) {
        if byDevice[device]?[sight] == nil {
            guard count < Self.limit else {
                leftOut += 1
                return
            }
            count += 1
        }
        byDevice[device, default: [:]][sight, default: Seen(times: 0, last: time)].times += 1
        byDevice[device]?[sight]?.last = time
    }
}

extension Sights.Sight {
    /// What it is to the rules about findings: each of these, so often as it was seen. `identity` is no evidence by itself.
    var evidence: [Evidence] {
        switch self {
        case .operation(.directMethodInvoked): [.directMethodInvoked]
        case .operation(.fileUploaded): [.fileUploaded]
        case .operation(.commandsPurged): [.queuePurged]
        case .operation(.refused(let cause)):
            switch cause {
            case .tokenExpired: [.tokenExpired, .unauthorizedOperation]
            case .tokenInvalid: [.tokenInvalid, .unauthorizedOperation]
            case .certificateExpired: [.certificateExpired, .unauthorizedOperation]
            case .thumbprintMismatch: [.thumbprintMismatch, .unauthorizedOperation]
            case .other: [.unauthorizedOperation]
            }
        // A connection without TLS is TwinHub's own, and says nothing of what the device can do.
        case .operation(.signedIn(cipher: nil)): []
        case .operation(.signedIn(let cipher?)):
            [.vulnerableCipher(suite: CipherSuites.isStrong(cipher) ? nil : cipher)]
        case .twinUpdated, .reported: [.twinUpdated]
        case .message(let isRejected, let transport):
            [isRejected ? .cloudToDeviceRejected(transport) : .cloudToDeviceSent(transport)]
        case .identity: []
        }
    }
}

extension [Sights.Sight: Sights.Seen] {
    /// The twins that are to be judged anew after this; nil where nothing of it can make a difference.
    var judging: SecurityTwins.Judging? {
        var modules: Set<String> = []
        var isOtherwise = false
        for sight in keys {
            switch sight {
            case .twinUpdated(let id, let isDesired):
                isOtherwise = true
                if isDesired, let module = id.module { modules.insert(module) }
            case .identity(let id):
                isOtherwise = true
                // Whether a device is one for IoT Edge stands with its own identity.
                modules.insert(id.module ?? SecurityTwins.edgeAgent)
            default: break
            }
        }
        return isOtherwise ? .modules(modules) : nil
    }
}
