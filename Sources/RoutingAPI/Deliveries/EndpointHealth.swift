import JSON
import Vocabulary

/// How an endpoint fares, in the resource provider's terms (`EndpointHealthData`).
struct EndpointHealth: Sendable {
    enum Status: String, Sendable {
        /// Nothing has been sent there since the start.
        case unknown
        case healthy
        /// The last attempt failed, and another one follows.
        case unhealthy
        /// The last messages were given up.
        case dead
    }

    private(set) var status = Status.unknown
    private var delivered = 0
    private var givenUp = 0
    private var lastError: (reason: String, time: Timestamp)?
    private var lastAttempt: Timestamp?
    private var lastSuccess: Timestamp?

    mutating func delivered(_ messages: Int, at time: Timestamp) {
        status = .healthy
        (lastAttempt, lastSuccess) = (time, time)
        delivered += messages
    }

    mutating func failed(_ failure: DeliveryFailure, at time: Timestamp) {
        status = .unhealthy
        lastAttempt = time
        lastError = (failure.reason, time)
    }

    mutating func gaveUp(_ messages: Int, _ failure: DeliveryFailure, at time: Timestamp) {
        failed(failure, at: time)
        status = .dead
        givenUp += messages
    }

    /// With TwinHub's own `delivered` and `givenUp`, which count messages since the start.
    func write(_ endpoint: String, to json: inout JSONWriter) {
        json.beginObject()
        json.key("endpointId")
        json.value(endpoint)
        json.key("healthStatus")
        json.value(status.rawValue)
        json.key("lastKnownError")
        json.value(lastError?.reason)
        json.key("lastKnownErrorTime")
        json.value(lastError?.time.description)
        json.key("lastSuccessfulSendAttemptTime")
        json.value(lastSuccess?.description)
        json.key("lastSendAttemptTime")
        json.value(lastAttempt?.description)
        json.key("delivered")
        json.value(delivered)
        json.key("givenUp")
        json.value(givenUp)
        json.endObject()
    }
}
