/// Rows of cells, aligned for people.
public enum Columns {
  /// One line a row, cells padded to their column's width and parted by two spaces; no space at the end of a line.
  ///
  /// Widths count characters, so colour must come after; wide (CJK) characters count as one.
  public static func lines(_ rows: [[String]], indent: Int = 0) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = String(repeating: " ", count: max(0, indent))
      for (column, cell) in row.enumerated() {
        line += cell
        if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
