import Glibc
import Simulation
import Synchronization
import Units

/// Runs simulated years, one a seed, and shortens the history of each in which something went wrong.
///
///     dunningd-simulate --seeds A..B [--days N] [--jobs N] [--tell]
///
/// Exit 0 when nothing was objected to, 1 when something was, 64 for wrong words.
@main
struct SimulateTool {
  static func main() {
    guard let words = Words(CommandLine.arguments.dropFirst()) else {
      print("usage: dunningd-simulate --seeds A..B [--days 365] [--jobs 1] [--until-found] [--no-shrink] [--tell]")
      exit(64)
    }
    guard let euro = Currency(code: "EUR"), let dollar = Currency(code: "USD") else { exit(70) }
    let run = SeedRun(words, [euro, dollar])
    exit(run.all() ? 0 : 1)
  }
}

/// What was asked for on the command line.
struct Words {
  var seeds: ClosedRange<UInt64> = 1...1
  var days = 365
  var jobs = 1
  /// Ends with the first seed that goes wrong.
  var isUntilFound = false
  var shrinks = true
  /// Prints each history.
  var tells = false

  init?(_ words: ArraySlice<String>) {
    var hasSeeds = false
    var words = words
    while let word = words.popFirst() {
      switch word {
      case "--seeds":
        let ends = (words.popFirst() ?? "").split(separator: ".", omittingEmptySubsequences: true).map { UInt64($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, ends.count <= 2 else {
          return nil
        }
        seeds = first...last
        hasSeeds = true
      case "--days":
        guard let count = words.popFirst().flatMap({ Int($0) }), (1...3650).contains(count) else { return nil }
        days = count
      case "--jobs":
        guard let count = words.popFirst().flatMap({ Int($0) }), (1...256).contains(count) else { return nil }
        jobs = count
      case "--until-found": isUntilFound = true
      case "--no-shrink": shrinks = false
      case "--tell": tells = true
      default: return nil
      }
    }
    guard hasSeeds else { return nil }
  }
}
