import Ledger
import Units

/// Rows of payments.csv that are the same in all they say, as exports that overlap have them. Without an id they may be two
/// payments; and one id with other content may be a payment in parts.
struct PaymentDoubles {
  private let table: Table
  private let id: Int
  /// What a payment does not hold: who paid, and the columns that dunningd does not know.
  private let others: [Int]

  /// - Parameters:
  ///   - id: the column of the payment's own number.
  ///   - read: the columns of date and money, which may be written in several ways.
  init(_ table: Table, id: Int, read: Set<Int>) {
    self.table = table
    self.id = id
    others = table.headers.indices.filter { !read.contains($0) }
  }

  /// What rows of one day that are the same have in common.
  private struct Content: Hashable {
    let amount: Money
    let cells: [[UInt8]]
  }

  /// Keeps the first of each.
  ///
  /// - Parameters:
  ///   - own: one customer's, by date, line.
  ///   - rows: the same customer's.
  func drop(
    _ own: inout [Payment], _ rows: ArraySlice<OwnedRow>, with reader: inout CSVReader, _ findings: inout Findings
  ) {
    var byLine: [Int: OwnedRow] = [:]
    var doubles: Set<Int> = []
    var start = 0
    while start < own.count {
      // One day at a time.
      var end = start + 1
      while end < own.count, own[end].date == own[start].date { end += 1 }
      for same in sameIDs(own[start..<end]) {
        if byLine.isEmpty { for row in rows { byLine[Int(row.line)] = row } }
        var kept: [Content: Int] = [:]
        for index in same {
          guard let row = byLine[own[index].place.line] else { continue }
          let content = Content(amount: own[index].amount, cells: cells(of: row, with: &reader))
          if let twin = kept[content] {
            findings.warn(
              own[index].place, table.header(at: id, PaymentColumn.id.rawValue),
              "the same row stands on line \(own[twin].place.line): it counts once")
            doubles.insert(index)
          } else {
            kept[content] = index
          }
        }
      }
      start = end
    }
    if doubles.isEmpty { return }
    own = own.indices.filter { !doubles.contains($0) }.map { own[$0] }
  }

  /// Those of the payments that have an id which others have too, by that.
  private func sameIDs(_ payments: ArraySlice<Payment>) -> [[Int]] {
    if payments.count < 2 { return [] }
    var byID: [String: [Int]] = [:]
    for index in payments.indices where !payments[index].id.isEmpty {
      byID[payments[index].id, default: []].append(index)
    }
    return byID.values.filter { $0.count > 1 }
  }

  private func cells(of row: OwnedRow, with reader: inout CSVReader) -> [[UInt8]] {
    reader.move(to: Int(row.start), line: Int(row.line))
    return reader.next() ? others.map { Array(reader.field($0)) } : []
  }
}
