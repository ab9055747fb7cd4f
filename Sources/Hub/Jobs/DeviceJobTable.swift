import Vocabulary

/// The devices of one job, by id. Kept in pages, since the state before each batch is held on to until the batch is durable: a
/// change copies its own page only.
public struct DeviceJobTable: Sendable {
    static let pageRows = 256

    private(set) var pages: [[DeviceJob]] = []
    private var counts: [DeviceJob.Status: Int] = [:]
    public private(set) var count = 0
    /// No row before this one is pending: they are taken in order, and none becomes pending again.
    private var firstPending = 0
    private(set) var payloadBytes = 0

    init() {}

    /// - Parameter rows: by id, none twice.
    init(_ rows: [DeviceJob]) {
        for row in rows { append(row) }
    }

    mutating func append(_ row: DeviceJob) {
        if count % Self.pageRows == 0 { pages.append([]) }
        pages[pages.count - 1].append(row)
        count += 1
        add(row, 1)
    }

    public func count(_ status: DeviceJob.Status) -> Int { counts[status] ?? 0 }

    /// Rows that have not ended.
    public var unfinished: Int { count(.pending) + count(.running) }

    public var rows: some Sequence<DeviceJob> { pages.joined() }

    public subscript(_ device: TwinID) -> DeviceJob? { place(of: device).map { pages[$0.page][$0.row] } }

    /// The first devices that have not had their turn.
    public func pending(_ limit: Int) -> [TwinID] {
        guard limit > 0, count(.pending) > 0 else { return [] }
        var found: [TwinID] = []
        var index = firstPending
        while index < count, found.count < limit {
            let row = pages[index / Self.pageRows][index % Self.pageRows]
            if row.status == .pending { found.append(row.device) }
            index += 1
        }
        return found
    }

    /// The row goes on; false where there is none, or where it has ended.
    @discardableResult
    mutating func advance(_ device: TwinID, to phase: DeviceJob.Phase) -> Bool {
        guard let (page, row) = place(of: device) else { return false }
        switch pages[page][row].phase {
        case .ended, .canceled: return false
        case .pending, .running: break
        }
        add(pages[page][row], -1)
        pages[page][row].phase = phase
        add(pages[page][row], 1)
        while firstPending < count,
            pages[firstPending / Self.pageRows][firstPending % Self.pageRows].status != .pending
        {
            firstPending += 1
        }
        return true
    }

    /// Every row that has not ended does so.
    mutating func end(at time: Timestamp, running result: DeviceJobResult) {
        for page in pages.indices where unfinished > 0 {
            guard pages[page].contains(where: { $0.status == .pending || $0.status == .running }) else { continue }
            for row in pages[page].indices {
                let phase: DeviceJob.Phase
                switch pages[page][row].phase {
                case .pending: phase = .canceled(at: time)
                case .running(let since): phase = .ended(result, began: since, at: time)
                case .ended, .canceled: continue
                }
                add(pages[page][row], -1)
                pages[page][row].phase = phase
                add(pages[page][row], 1)
            }
        }
        firstPending = count
    }

    private mutating func add(_ row: DeviceJob, _ step: Int) {
        counts[row.status, default: 0] += step
        if case .ended(let result, _, _) = row.phase { payloadBytes += step * result.payloadBytes }
    }

    private func place(of device: TwinID) -> (page: Int, row: Int)? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if pages[middle / Self.pageRows][middle % Self.pageRows].device < device {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < count else { return nil }
        let place = (low / Self.pageRows, low % Self.pageRows)
        return pages[place.0][place.1].device == device ? place : nil
    }
}
