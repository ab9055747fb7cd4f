/// The numbers and the texts among numbered values, each kind in order. What comes anew is sorted in when somebody asks.
struct ValueOrder: Sendable {
    private var numbers: [Int32] = []
    private var texts: [Int32] = []
    /// Values with smaller numbers have been taken in.
    private var next = 0

    mutating func follow(_ values: ValueNumbers) {
        guard next < values.count else { return }
        let new = (next..<values.count).map { Int32($0) }
        next = values.count
        func precedes(_ one: Int32, _ other: Int32) -> Bool {
            Evaluator.compare(.less, values[Int(one)], values[Int(other)]) == true
        }
        func take(_ new: [Int32], into all: inout [Int32]) {
            let new = new.sorted(by: precedes)
            var merged: [Int32] = []
            merged.reserveCapacity(all.count + new.count)
            var rest = all[...]
            for value in new {
                let end = rest.partitioningIndex { precedes(value, $0) }
                merged += rest[..<end]
                merged.append(value)
                rest = rest[end...]
            }
            all = merged + rest
        }
        take(new.filter { values[Int($0)].kind == .number }, into: &numbers)
        take(new.filter { values[Int($0)].kind == .string }, into: &texts)
    }

    /// The values, by number, that lie between two limits of one kind.
    func numbers(from lower: ValueBounds.Limit?, to upper: ValueBounds.Limit?, of values: ValueNumbers) -> ArraySlice<
        Int32
    > {
        let all = if case .text? = (lower ?? upper)?.value { texts } else { numbers }
        func index(_ limit: ValueBounds.Limit, _ comparison: Expression.Comparison) -> Int {
            all[...].partitioningIndex { Evaluator.compare(comparison, values[Int($0)], limit.value) == true }
        }
        let start = lower.map { index($0, $0.isIncluded ? .greaterOrEqual : .greater) } ?? 0
        let end = upper.map { index($0, $0.isIncluded ? .greater : .greaterOrEqual) } ?? all.count
        return start < end ? all[start..<end] : []
    }
}

extension ArraySlice<Int32> {
    /// The first index from which on the predicate holds; it holds for no element before one for which it does not.
    fileprivate func partitioningIndex(where predicate: (Int32) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
