import Daemon
import Decisions
import Glibc
import Journal
import Storage
import Units

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let begin = ContinuousClock.now
  try work()
  let took = ContinuousClock.now - begin
  return Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
}

/// Kilobytes: the most that this process ever held, and what it holds now.
func memory() -> (peak: Int, now: Int) {
  var peak = 0
  var now = 0
  for line in String(decoding: (try? PosixDisk().read("/proc/self/status", from: 0, count: 8192)) ?? [], as: UTF8.self)
    .split(separator: "\n")
  {
    let digits = Int(line.filter(\.isNumber)) ?? 0
    if line.hasPrefix("VmHWM") { peak = digits }
    if line.hasPrefix("VmRSS") { now = digits }
  }
  return (peak, now)
}

let words = CommandLine.arguments
let state = StateDirectory(words[2])
switch words[1] {
case "generate":
  let total = Int(words[3]) ?? 0
  let start = Instant(seconds: 1_600_000_000)
  guard let euro = Currency(code: "EUR") else { break }
  let took = try seconds {
    let journal = try JournalFile(state, on: PosixDisk(), as: .command, key: nil, now: start)
    var generator = Generator(begin: start, euro: euro)
    while let (events, now) = generator.next(of: total) { try journal.record(events, now: now) }
  }
  print("generated \(total) records in \(took) s")
case "open":
  var reading: JournalReading?
  let took = try seconds { reading = try JournalReading(of: state, on: PosixDisk(), trust: .key(nil)) }
  print("open: \(reading?.count ?? 0) records in \(took) s, peak \(memory().peak / 1024) MB")
default: break
}
