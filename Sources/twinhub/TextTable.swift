/// Rows of cells as aligned columns, the last one as wide as it is.
enum TextTable {
    static func text(_ rows: [[String]], _ paint: (_ row: Int, _ line: String) -> String = { $1 }) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.enumerated().map { number, row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return paint(number, cells.joined(separator: "  ")) + "\n"
        }.joined()
    }
}
