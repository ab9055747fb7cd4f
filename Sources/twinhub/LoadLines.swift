import Emulator
import JSON
import Simulator

/// A run's reports as JSON lines; progress for people goes to standard error.
enum LoadLines {
    static func write(_ report: LoadReport) {
        if case .progress(let ready, let counts) = report {
            StandardError.write(
                "\(ready) connected, \(counts.acknowledged) of \(counts.published) acknowledged, \(counts.received) received\n"
            )
            return
        }
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("event")
        switch report {
        case .progress: break
        case .connected(let moment):
            json.value("connected")
            append(moment, to: &json)
        case .told(let round, let moment):
            json.value("told")
            json.key("round")
            json.value(round)
            append(moment, to: &json)
        case .back(let moment):
            json.value("back")
            append(moment, to: &json)
        case .ended(let summary):
            json.value("ended")
            append(summary, to: &json)
        }
        json.endObject()
        StandardOutput.write(String(decoding: json.bytes, as: UTF8.self) + "\n")
    }

    static func append(_ moment: LoadMoment, to json: inout JSONWriter) {
        json.key("at")
        append(moment.ended, to: &json)
        json.key("seconds")
        json.raw("\(moment.seconds)".utf8)
    }

    private static func append(_ nanoseconds: UInt64, to json: inout JSONWriter) {
        json.raw("\(Double(nanoseconds) / 1e9)".utf8)
    }

    private static func append(_ summary: LoadSummary, to json: inout JSONWriter) {
        json.key("clients")
        json.value(summary.clients)
        append(summary.work, to: &json)
        json.key("began")
        append(summary.work.began, to: &json)
        if summary.lastReceivedAt > 0 {
            json.key("lastReceived")
            append(summary.lastReceivedAt, to: &json)
        }
        let counts = summary.counts
        let members: [(StaticString, Int)] = [
            ("connections", counts.connections), ("sessionsPresent", counts.sessionsPresent),
            ("losses", counts.losses), ("refusals", counts.refusals), ("published", counts.published),
            ("acknowledged", counts.acknowledged), ("received", counts.received), ("wrong", counts.wrong),
        ]
        for (name, count) in members {
            json.key(name)
            json.value(count)
        }
        if summary.latencies.count > 0 {
            json.key("acknowledgeMicroseconds")
            json.beginObject()
            let shares: [(StaticString, Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)]
            for (name, share) in shares {
                json.key(name)
                json.value(summary.latencies.quantile(share) / 1000)
            }
            json.endObject()
        }
        json.key("failure")
        json.value(summary.failure)
    }
}
