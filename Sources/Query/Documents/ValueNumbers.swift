/// Numbers the values that stand in documents, from 0, in the order in which they come: equal ones have the same, however they are
/// written. A spelling that was seen before is known by its bytes.
struct ValueNumbers {
    private(set) var values: [QueryValue] = []
    private var numbers: [QueryValue: Int] = [:]
    private var spellings = ByteTable()

    /// Values that all have several spellings are possible, and not to be provided for.
    private static let spellingsPerValue = 2

    var count: Int { values.count }

    subscript(number: Int) -> QueryValue { values[number] }

    /// Nil for a value that has not come yet.
    func number(of value: QueryValue) -> Int? { numbers[value] }

    mutating func number(of place: DocumentView.Place) -> Int {
        let text = place.text
        if let known = spellings.number(of: text) { return known }
        let number = number(adding: QueryValue(place))
        if spellings.count < values.count * Self.spellingsPerValue { spellings.add(text, number) }
        return number
    }

    private mutating func number(adding value: QueryValue) -> Int {
        if let known = numbers[value] { return known }
        numbers[value] = values.count
        values.append(value)
        return values.count - 1
    }

    /// The same with only some of the values, which are numbered anew in the order of their numbers.
    func keeping(_ isKept: (Int) -> Bool) -> ValueNumbers {
        var kept = ValueNumbers()
        for (number, value) in values.enumerated() where isKept(number) { _ = kept.number(adding: value) }
        return kept
    }
}
