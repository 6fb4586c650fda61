import Ledger
import Units

/// `date_format = "auto"`: which format a file's own dates prove.
///
/// A format is proven when every date of the file can be read by it and by no other of `candidates`. A file in which no
/// day is beyond the twelfth proves nothing between day-month and month-day, and is refused.
struct DateProof {
  /// In the order in which they are told to a person.
  static let candidates: [DatePattern] = [
    "yyyy-MM-dd", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "d.M.yyyy", "d.M.yy", "d/M/yyyy", "M/d/yyyy", "d/M/yy", "M/d/yy",
    "d-M-yyyy", "M-d-yyyy", "d-M-yy", "M-d-yy", "d-MMM-yyyy", "d-MMM-yy", "d MMM yyyy", "d MMMM yyyy", "MMM d yyyy",
    "MMM d, yyyy", "MMMM d, yyyy",
  ].compactMap { try? DatePattern($0) }

  /// A date cell and its line, as a proof that is refused shows it.
  struct Shown {
    let line: Int
    let column: String
    /// In quotes.
    let text: String
  }

  private var alive = DateProof.candidates.indices.map { $0 }
  private var firstCell: (Shown, [UInt8])?
  /// The cell that no candidate could read any more.
  private var breaking: Shown?
  /// By candidates, the first cell on which the two read different days.
  private var differing: [[Int]: (Shown, [UInt8])] = [:]

  /// Looks at one date cell; `cell` is made only when it must be shown.
  mutating func look(at bytes: Cell, _ cell: () -> Shown) {
    guard !bytes.isEmpty, breaking == nil else { return }
    if firstCell == nil { firstCell = (cell(), Array(bytes)) }
    var days: [Day] = []
    var next: [Int] = []
    for index in alive {
      guard case .day(let day) = DateProof.candidates[index].read(bytes) else { continue }
      next.append(index)
      days.append(day)
    }
    if next.isEmpty {
      breaking = cell()
      return
    }
    alive = next
    if next.count > 1, Set(days).count > 1, differing[next] == nil { differing[next] = (cell(), Array(bytes)) }
  }

  /// The proven format, or why there is none.
  func verdict(file: String) -> Result<DateFormat, Refusal> {
    guard let (first, firstBytes) = firstCell else { return .success(.iso) }
    if let breaking {
      return .failure(
        Refusal(
          Place(file: file, line: breaking.line),
          "\(breaking.column): date_format = \"auto\" finds no format that reads "
            + "\(breaking.text) and all dates before it; correct it, or declare date_format, such as \"d.M.yyyy\""))
    }
    if alive.count == 1 { return .success(.pattern(DateProof.candidates[alive[0]])) }
    let (cell, bytes) = differing[alive] ?? (first, firstBytes)
    let readings = alive.map { index -> String in
      guard case .day(let day) = bytes.withUnsafeBufferPointer(DateProof.candidates[index].read) else { return "" }
      return "\(day) by \"\(DateProof.candidates[index])\""
    }
    return .failure(
      Refusal(
        Place(file: file, line: cell.line),
        "\(cell.column): date_format = \"auto\" cannot tell whether \(cell.text) is "
          + readings.joined(separator: " or ") + ": no date of the file decides it; declare date_format"))
  }

  struct Refusal: Error {
    let reason: LedgerRejection.Reason
    init(_ place: Place, _ words: String) { reason = .init(place, words) }
  }
}
