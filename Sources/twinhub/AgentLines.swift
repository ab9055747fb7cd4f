import Emulator
import JSON
import Simulator

/// The reports of a run of agents as JSON lines; progress for people goes to standard error.
enum AgentLines {
    static func write(_ report: AgentReport) {
        if case .progress(let counts) = report {
            StandardError.write(
                "\(counts.connected) connected, \(counts.told) told, \(counts.reported) reported, \(counts.refused) refused, "
                    + "\(counts.events) events sent, \(counts.missing) missing\n")
            return
        }
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("event")
        switch report {
        case .progress: break
        case .started(let moment):
            json.value("started")
            LoadLines.append(moment, to: &json)
        case .told(let change, let moment):
            json.value("told")
            json.key("change")
            json.value(change)
            LoadLines.append(moment, to: &json)
        case .reported(let change, let moment):
            json.value("reported")
            json.key("change")
            json.value(change)
            LoadLines.append(moment, to: &json)
        case .ended(let summary):
            json.value("ended")
            append(summary, to: &json)
        }
        json.endObject()
        StandardOutput.write(String(decoding: json.bytes, as: UTF8.self) + "\n")
    }

    private static func append(_ summary: AgentSummary, to json: inout JSONWriter) {
        LoadLines.append(summary.work, to: &json)
        let counts = summary.counts
        let members: [(StaticString, Int)] = [
            ("agents", summary.agents), ("drifting", summary.drifting), ("silent", summary.silent),
            ("failingBaseline", summary.failingBaseline), ("connected", counts.connected), ("told", counts.told),
            ("reported", counts.reported), ("refused", counts.refused), ("missing", counts.missing),
            ("messages", counts.messages), ("events", counts.events), ("acknowledged", counts.acknowledged),
            ("losses", counts.losses),
        ]
        for (name, count) in members {
            json.key(name)
            json.value(count)
        }
        json.key("failure")
        json.value(summary.failure)
    }
}
