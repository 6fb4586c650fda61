import Daemon
import Decisions
import Glibc
import Journal
import Storage
import Units

// swift run -c release JournalBenchmark FOLDER [RECORDS ...]
//
// Writes journals of so many records (100,000, 1,000,000 and 10,000,000 without) below FOLDER, unless they are there, and
// prints for each what it takes to open it, to verify it beside `sha256sum` on the same files, to list one customer's
// records, and to look up every payer once, as a first cycle does. Each is measured in a process of its own.

let words = CommandLine.arguments
if words.count == 4, words[1] == "--measure" {
  try Measure(StateDirectory(words[3])).run(words[2])
} else if words.count >= 2 {
  let sizes = words.dropFirst(2).compactMap { Int($0) }
  try Table(words[0], folder: words[1]).print(sizes.isEmpty ? [100_000, 1_000_000, 10_000_000] : sizes)
} else {
  print("usage: JournalBenchmark FOLDER [RECORDS ...]")
}
