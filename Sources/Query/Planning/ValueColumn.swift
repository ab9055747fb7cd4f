/// The scalars at one path of many documents, each document known by its place.
struct ValueColumn: Sendable {
    let path: PropertyPath
    private var numbers = ValueNumbers()
    /// Where each value stands, in no order, by the value's number.
    private var holders: [[Int32]] = []
    /// By place.
    private var held: [Held] = []
    /// Values that stand nowhere any more.
    private var unheld = 0
    private var order = ValueOrder()

    /// What a place holds.
    private struct Held {
        /// The value's number; below zero where nothing stands that could be compared.
        var number: Int32 = -1
        /// The place's index in `holders[number]`.
        var index: Int32 = 0
    }

    init(of path: PropertyPath) { self.path = path }

    /// Another document stands at a place, or none.
    mutating func set(_ document: DocumentView?, at place: Int32) {
        let place = Int(place)
        if place >= held.count {
            held += repeatElement(Held(), count: max(place + 1, held.count * 2) - held.count)
        }
        let number = document.flatMap { valueNumber(in: $0) } ?? -1
        // Most changes of a twin leave most values as they are.
        guard number != held[place].number else { return }
        if held[place].number >= 0 { remove(place) }
        guard number >= 0 else { return }
        if number == holders.count { holders.append([]) } else if holders[Int(number)].isEmpty { unheld -= 1 }
        held[place] = Held(number: number, index: Int32(holders[Int(number)].count))
        holders[Int(number)].append(Int32(place))
    }

    private mutating func remove(_ place: Int) {
        let (number, index) = (Int(held[place].number), Int(held[place].index))
        held[place] = Held()
        // The last one takes its index.
        let last = holders[number].removeLast()
        if Int(last) != place {
            holders[number][index] = last
            held[Int(last)].index = Int32(index)
        }
        guard holders[number].isEmpty else { return }
        unheld += 1
        if unheld > max(Self.unheldValues, holders.count / 2) { forgetUnheld() }
    }

    /// Values that may be kept though they stand nowhere; times, for one, change again and again.
    private static let unheldValues = 1_024

    private mutating func forgetUnheld() {
        numbers = numbers.keeping { !holders[$0].isEmpty }
        holders.removeAll(where: \.isEmpty)
        for (number, places) in holders.enumerated() {
            for place in places { held[Int(place)].number = Int32(number) }
        }
        unheld = 0
        order = ValueOrder()
    }

    /// The places whose values lie within the bounds, in no order; none stands twice.
    mutating func places(in bounds: ValueBounds) -> [Int32] {
        let found = numbers(in: bounds)
        return found.count == 1 ? holders[Int(found[0])] : found.flatMap { holders[Int($0)] }
    }

    /// How many these are; none is gathered for it.
    mutating func count(in bounds: ValueBounds) -> Int {
        numbers(in: bounds).reduce(0) { $0 + holders[Int($1)].count }
    }

    /// The values within the bounds by number, each once.
    private mutating func numbers(in bounds: ValueBounds) -> [Int32] {
        switch bounds {
        case .oneOf(let values):
            let found = values.compactMap { value in numbers.number(of: value).map { Int32($0) } }
            return found.count > 1 ? Array(Set(found)) : found
        case .between(let lower, let upper):
            order.follow(numbers)
            return Array(order.numbers(from: lower, to: upper, of: numbers))
        }
    }

    /// Nil where nothing stands that could be compared.
    private mutating func valueNumber(in document: DocumentView) -> Int32? {
        guard let place = document.definedPlace(of: path), place.first != UInt8(ascii: "{"),
            place.first != UInt8(ascii: "[")
        else { return nil }
        return Int32(numbers.number(of: place))
    }
}
