import Intake
import Ledger
import Storage
import Units

/// What is remembered of the last accepted snapshot: how many rows each file had, for `max_shrink`.
///
/// Lies in the state directory as `ledger.json`. Losing it loses one comparison and nothing else, so a fault is not one
/// of sending.
package struct LedgerState {
  private let path: String

  package init(_ state: StateDirectory) { path = state.path + "/ledger.json" }

  /// Empty before the first snapshot.
  package var rowCounts: RowCounts {
    guard let bytes = try? PosixDisk().read(path).bytes, let value = try? JSONReader.value(bytes[...]),
      let rows = value.object?["rows"]?.object
    else { return [:] }
    var counts: RowCounts = [:]
    for file in IntakeFormat.File.allCases {
      // No file has more rows, and sums of these must not overflow.
      counts[file] = rows[file.rawValue]?.int.flatMap { (0...Int(Int32.max)).contains($0) ? $0 : nil }
    }
    return counts
  }

  package func accept(_ counts: RowCounts) {
    guard counts != rowCounts else { return }
    let rows = JSONObject(
      IntakeFormat.File.allCases.sorted().compactMap { file in
        counts[file].map { (file.rawValue, .int($0)) }
      })
    let text = JSONObject([("rows", .object(rows))]).text + "\n"
    try? PosixDisk().replace(path, with: Array(text.utf8))
  }
}
