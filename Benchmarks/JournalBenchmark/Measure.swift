import Daemon
import Decisions
import Glibc
import Journal
import Storage
import Units

/// One piece of work, done in this process: prints its seconds and the most memory that it took.
struct Measure {
  private let state: StateDirectory
  private let disk = PosixDisk()

  init(_ state: StateDirectory) { self.state = state }

  func run(_ work: String) throws {
    let begin = ContinuousClock.now
    switch work {
    case "open": _ = try JournalReading(of: state, on: disk, trust: .key(nil))
    case "verify": _ = try JournalCheck.whole(of: state, on: disk, trust: .key(nil))
    case "list":
      var count = 0
      let customer = "C100004"
      _ = try JournalSearch(customer: customer).read(state, on: disk, trust: .key(nil)) { entry, _ in
        if entry.customer == customer { count += 1 }
      }
    case "payers":
      let history = try JournalReading(of: state, on: disk, trust: .key(nil)).history
      var contacts = 0
      for payer in 0..<payerCount { contacts += history.payers["C\(100_000 + payer)"]?.count ?? 0 }
    default: return
    }
    let took = Measure.seconds(ContinuousClock.now - begin)
    print("\(took) \(Measure.peakMegabytes)")
  }

  /// As many as the generator had when it wrote the journal.
  private var payerCount: Int { max(10, (state.path.split(separator: "/").last.flatMap { Int($0) } ?? 0) / 50) }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  private static var peakMegabytes: Int {
    let status = (try? PosixDisk().read("/proc/self/status", from: 0, count: 8192)) ?? []
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM") }
    return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) / 1024
  }
}
