extension Array {
    /// The index of the first element for which `belongsToSecondPart` holds, where all such elements stand behind all
    /// others; `count` where there is none.
    func partitionPoint(_ belongsToSecondPart: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
