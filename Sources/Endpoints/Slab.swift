/// Values under small numbers that are given again once free.
struct Slab<Value> {
    private var values: [Value?] = []
    private var free: [Int] = []
    private(set) var count = 0

    mutating func insert(_ value: Value) -> Int {
        count += 1
        guard let place = free.popLast() else {
            values.append(value)
            return values.count - 1
        }
        values[place] = value
        return place
    }

    /// Takes the value out; nil where the number is not in use.
    mutating func remove(_ place: Int) -> Value? {
        guard place < values.count, let value = values[place] else { return nil }
        values[place] = nil
        free.append(place)
        count -= 1
        return value
    }
}
