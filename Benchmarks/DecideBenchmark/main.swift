import Daemon
import Decisions
import Delivery
import Glibc
import Storage
import Units

// One measurement, told as one line of JSON. `compare.py` beside it makes the ledgers, runs this and DuckDB on them, and
// prints the table.
//
//     DecideBenchmark once CONFIG NOW       reads the ledger as the daemon does, and decides all of it
//     DecideBenchmark cycles CONFIG NOW     two cycles, one after the other, nothing having changed
//
// NOW is RFC 3339; it is the clock of decisions.

func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func usage() -> rusage {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage
}

/// Processor time of all threads, in seconds.
func processorSeconds() -> Double {
  let usage = usage()
  return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

/// The most memory that was resident at once, in MB of 10^6 bytes.
func peakMegabytes() -> Int { usage().ru_maxrss * 1024 / 1_000_000 }

func once(_ config: String, at now: Instant) throws {
  let site = try Site.load(config)
  let folder = LedgerFolder(site.configuration.ledger, zones: site.zones)
  let (began, work) = (seconds(), processorSeconds())
  let books = try folder.read().ledger.books
  let read = seconds()
  let verdict = decide(
    books, ContactHistory(), site.policy, now: now, ledgerAge: .zero, detail: .contacts, workers: Threads())
  let decided = seconds()
  let worked = processorSeconds() - work
  let reasons = verdict.tally.sorted { $0.key < $1.key }.map { "\"\($0.key.rawValue)\": \($0.value)" }
  print(
    """
    {"invoices": \(books.invoices.count), "customers": \(books.customers.count), "payments": \(books.payments.count), \
    "read": \(read - began), "decide": \(decided - read), "cpu": \(worked), "peak_mb": \(peakMegabytes()), \
    "contacts": \(verdict.contacts.count), "waiting": \(verdict.waitingCount), \
    "reasons": {\(reasons.joined(separator: ", "))}}
    """)
}

func cycles(_ config: String, at now: Instant) throws {
  let installation = try Installation.load(config)
  let journal = try JournalFile(
    installation.state, on: PosixDisk(), as: .cycles, key: installation.key, now: now)
  defer { journal.close() }
  let history = journal.releaseHistory()
  var runner = CycleRunner(
    installation, history: history, journal: journal,
    postman: .answering { _ in DeliveryResult(verdict: .accepted, stage: .dot) }, clock: .frozen(at: now),
    log: { _ in })
  let began = seconds()
  let first = runner.run()
  let between = seconds()
  let second = runner.run()
  let ended = seconds()
  guard first.ending == .completed, second.ending == .completed, first.summary == second.summary else {
    print("the two cycles differ: \(first.summary), \(second.summary)")
    exit(1)
  }
  print(
    """
    {"first": \(between - began), "second": \(ended - between), "peak_mb": \(peakMegabytes())}
    """)
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let now = Instant(rfc3339: arguments[3]) else {
  print("usage: DecideBenchmark once|cycles CONFIG NOW")
  exit(64)
}
do {
  switch arguments[1] {
  case "once": try once(arguments[2], at: now)
  case "cycles": try cycles(arguments[2], at: now)
  default: exit(64)
  }
} catch {
  print("DecideBenchmark: \(error)")
  exit(1)
}
