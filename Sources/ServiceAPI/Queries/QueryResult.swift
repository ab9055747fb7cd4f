import Hub
import JSON
import Query
import Vocabulary

/// All rows of a query: the twins, device jobs or jobs that match, as they stood, or what was made of them.
struct QueryResult: Sendable {
    /// What rows are, as clients read it in `x-ms-item-type` (query.md section 1).
    enum ItemType: String {
        case twin = "Twin"
        case deviceJob = "DeviceJob"
        case jobResponse = "JobResponse"
        case raw = "Raw"
    }

    let itemType: ItemType
    private let rows: Rows

    private enum Rows: Sendable {
        case twins([HeldTwin], TwinQuery)
        case deviceJobs([DeviceJobRow])
        case jobs([ScheduledJob])
        case aggregates([[UInt8]])
    }

    /// Makes the rows of the twins that match. They are ordered by device and module, so that pages, and sums of fractions, are the
    /// same each time.
    ///
    /// - Parameter find: hands over each of them, in any order.
    init(of query: TwinQuery, _ find: ((Occupant, DocumentView) -> Void) -> Void) throws(HubError) {
        itemType = query.selectsDocuments ? .twin : .raw
        guard query.isAggregate else {
            rows = .twins(Self.ordered(find, top: query.top), query)
            return
        }
        var aggregation = Aggregation(of: query)
        var hasRoom = true
        func add(_ document: DocumentView) {
            guard hasRoom else { return }
            do throws(Aggregation.TooManyGroups) { try aggregation.add(document) } catch { hasRoom = false }
        }
        if query.dependsOnOrder {
            for twin in Self.ordered(find) { twin.withDocument(add) }
        } else {
            find { _, document in add(document) }
        }
        guard hasRoom else {
            throw HubError(.argumentInvalid, "The query makes more than \(QueryLimits.groups) groups.")
        }
        rows = .aggregates(aggregation.rows)
    }

    private static func ordered(_ find: ((Occupant, DocumentView) -> Void) -> Void, top: Int? = nil) -> [HeldTwin] {
        var rows = OrderedTwins(top: top)
        find { occupant, _ in rows.add(occupant) }
        return rows.twins
    }

    /// Runs a query of `devices.jobs`. Rows are ordered by device, and for one device by the age of its jobs.
    init(of query: TwinQuery, in book: JobBook) {
        itemType = .deviceJob
        var found: [DeviceJobRow] = []
        let access = query.access
        for job in book.all where access?.admits(["jobId": job.id.description]) ?? true {
            for part in job.devices.rows {
                // A row is written only where it may be one of them.
                let known = ["deviceId": part.device.device, "status": part.status.rawValue]
                guard access?.admits(known) ?? true else { continue }
                let row = DeviceJobRow(job: job, part: part)
                if QueryDocument(row.document).withView(query.matches) { found.append(row) }
            }
        }
        let order = found.indices.sorted { (found[$0].part.device, $0) < (found[$1].part.device, $1) }
        rows = .deviceJobs(order.prefix(query.top ?? .max).map { found[$0] })
    }

    init(of jobs: [ScheduledJob]) {
        itemType = .jobResponse
        rows = .jobs(jobs)
    }

    var count: Int {
        switch rows {
        case .twins(let twins, _): twins.count
        case .deviceJobs(let rows): rows.count
        case .jobs(let jobs): jobs.count
        case .aggregates(let rows): rows.count
        }
    }

    /// The rows as a JSON array.
    func page(_ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<count)
        var json = JSONWriter()
        json.beginArray()
        switch rows {
        case .twins(let twins, let query):
            for twin in twins[range] { twin.withDocument { query.writeRow(of: $0, to: &json) } }
        case .deviceJobs(let rows):
            for row in rows[range] { json.raw(row.document) }
        case .jobs(let jobs):
            for job in jobs[range] { job.writeDocument(to: &json) }
        case .aggregates(let rows):
            for row in rows[range] { json.raw(row) }
        }
        json.endArray()
        return json.bytes
    }
}
