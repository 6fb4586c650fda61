import Decisions
import Delivery
import Foundation
import Ledger
import Storage
import Synchronization
import Testing
import Units

@testable import Daemon

/// The loop around the engine, with real files and a mail server of values.
@Suite("The cycle in the world")
struct CycleRunnerTests {
  /// One connection: takes what is handed over, and answers one at a time.
  private final class Server: Sendable {
    private let state = Mutex((submitted: [String](), waiting: [Int]()))
    let whileTaking: @Sendable (String) -> Void

    init(_ whileTaking: @escaping @Sendable (String) -> Void) { self.whileTaking = whileTaking }

    var submitted: [String] { state.withLock { $0.submitted } }

    var postman: Postman {
      Postman(
        submit: { envelope in
          self.state.withLock {
            $0.submitted.append(envelope.recipient)
            $0.waiting.append(envelope.ticket)
          }
          self.whileTaking(envelope.recipient)
        },
        next: { _ in
          self.state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }.map {
            Delivered(ticket: $0, result: .accepted)
          }
        },
        probe: { ProbeReport(result: .accepted) })
    }
  }

  private static func office(
    _ rows: [String], hours: String = "00:00-24:00", connections: Int = 1, channel: String = "email",
    _ work: (_ folder: String, _ installation: Installation, JournalFile) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dunningd-runner-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder + "/ledger", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let config = """
      [company]
      name = "Example GmbH"
      time_zone = "UTC"
      country = "DE"
      language = "en"
      currency = "EUR"
      [ledger]
      path = "\(folder)/ledger"
      [mail]
      url = "smtp://127.0.0.1:2525"
      security = "none"
      from = "ar@example.com"
      connections = \(connections)
      max_per_minute = 1000000
      [journal]
      directory = "\(folder)/state"
      [contact]
      hours = "\(hours)"
      days = "mon-sun"
      holidays = []
      first_cycle = "send"
      [[schedule]]
      name = "standard"
      steps = [{ name = "first", day = 5, level = 1, template = "second", channel = "\(channel)" }]
      """
    try config.write(toFile: folder + "/dunningd.toml", atomically: true, encoding: .utf8)
    try ("number,customer,due,amount,email,cc\n" + rows.map { $0 + "\n" }.joined()).write(
      toFile: folder + "/ledger/invoices.csv", atomically: true, encoding: .utf8)
    let installation = try Installation.load(folder + "/dunningd.toml")
    let journal = try JournalFile(
      installation.state, on: PosixDisk(), as: .cycles, key: installation.key, now: Rig.morning)
    defer { journal.close() }
    try work(folder, installation, journal)
  }

  private static func invoices(_ count: Int) -> [String] {
    (1...count).map { "R-\($0),K-\($0),2026-02-20,120.00,ar@k\($0).example," }
  }

  @Test("who is put on hold while others are on the wire gets nothing, whoever hears of it first")
  func holdWhileSending() throws {
    try Self.office(Self.invoices(6)) { folder, installation, journal in
      let state = installation.state
      let server = Server { recipient in
        guard recipient == "ar@k2.example" else { return }
        let clerk = try? JournalFile(state, on: PosixDisk(), as: .command, key: nil, now: Rig.morning)
        _ = try? clerk?.record(
          [.restPlaced(Rest(kind: .hold, scope: .customer("K-3"), by: "ann", text: "call first"))], now: Rig.morning)
      }
      var runner = CycleRunner(
        installation, history: journal.releaseHistory(), journal: journal, postman: server.postman,
        clock: .frozen(at: Rig.morning), log: { _ in })
      let report = runner.run()
      #expect(report.ending == .completed)
      #expect(server.submitted.sorted() == [1, 2, 4, 5, 6].map { "ar@k\($0).example" })
    }
  }

  @Test("what was recorded in time, but took until the hours were over, does not begin")
  func slowRecord() throws {
    try Self.office(Self.invoices(2), hours: "08:00-09:01") { folder, installation, journal in
      let server = Server { _ in }
      let lock = installation.state.journalLock
      let isLate = Atomic(false)
      let clock = Clock {
        if isLate.load(ordering: .relaxed) { return Rig.morning + .minutes(2) }
        // Whoever has the lock is about to record, and takes more than a second for it.
        if (try? PosixDisk().lock(lock, waitMilliseconds: 0)) == nil {
          usleep(1_100_000)
          isLate.store(true, ordering: .relaxed)
        }
        return Rig.morning
      }
      var runner = CycleRunner(
        installation, history: journal.releaseHistory(), journal: journal, postman: server.postman, clock: clock,
        log: { _ in })
      let report = runner.run()
      #expect(report.ending == .completed)
      #expect(server.submitted.isEmpty)
    }
  }

  @Test("systemd hears that the daemon lives while it decides on many payers")
  func heartbeat() throws {
    try Self.office(Self.invoices(3_000)) { folder, installation, journal in
      let beats = Atomic(0)
      var runner = CycleRunner(
        installation, history: journal.releaseHistory(), journal: journal, postman: Server { _ in }.postman,
        clock: .frozen(at: Rig.morning), log: { _ in }, heartbeat: { beats.add(1, ordering: .relaxed) })
      #expect(runner.run().summary.byReason.isEmpty == false)
      #expect(beats.load(ordering: .relaxed) > 60)
    }
  }

  @Test("a page that was posted since the last cycle does not come back, not for a moment")
  func postedPage() throws {
    try Self.office(["R-1,K-1,2026-02-20,120.00,,"], channel: "letter") { folder, installation, journal in
      try "id,name,address,country\nK-1,Alpha Ltd,Alpha Ltd;Main Street 1;10115 Berlin,DE\n".write(
        toFile: folder + "/ledger/customers.csv", atomically: true, encoding: .utf8)
      let outbox = folder + "/state/outbox"
      func pages() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: outbox)) ?? []).filter { $0.hasSuffix(".html") }
      }
      let seen = Mutex<[String]>([])
      let isPosted = Atomic(false)
      let server = Server { _ in }
      var runner = CycleRunner(
        installation, history: journal.releaseHistory(), journal: journal, postman: server.postman,
        clock: .frozen(at: Rig.morning), log: { _ in },
        meanwhile: { if isPosted.load(ordering: .relaxed) { seen.withLock { $0 += pages() } } })
      _ = runner.run()
      let page = try #require(pages().first)
      let clerk = try JournalFile(installation.state, on: PosixDisk(), as: .command, key: nil, now: Rig.morning)
      let letter = try #require(clerk.history.outbox.first?.id)
      try clerk.record([.contactResolved(contact: letter, sent: true, by: "ann")], now: Rig.morning)
      try FileManager.default.removeItem(atPath: outbox + "/" + page)
      isPosted.store(true, ordering: .relaxed)
      _ = runner.run()
      #expect(seen.withLock { $0 }.isEmpty && pages().isEmpty)
    }
  }

  /// Answers in any order, while a clerk puts customers on hold, or enters what they paid: nothing of theirs may begin from
  /// then on.
  private final class BusyOffice: Sendable {
    private struct State {
      var random: UInt64
      var waiting: [Envelope] = []
      var resting: Set<String> = []
      var begun: Set<String> = []
      var tooLate: [String] = []

      mutating func pick(_ count: Int) -> Int {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(random >> 33) % count
      }
    }
    private let state: Mutex<State>
    private let clerk: @Sendable (_ customer: String) -> Void
    private let customers: Int

    init(seed: UInt64, customers: Int, clerk: @escaping @Sendable (_ customer: String) -> Void) {
      state = Mutex(State(random: seed))
      self.customers = customers
      self.clerk = clerk
    }

    var resting: Set<String> { state.withLock { $0.resting } }
    var begun: Set<String> { state.withLock { $0.begun } }
    var tooLate: [String] { state.withLock { $0.tooLate } }

    var postman: Postman {
      Postman(
        submit: { envelope in
          let customer = "K-" + envelope.recipient.drop { !$0.isNumber }.prefix { $0.isNumber }
          self.state.withLock {
            $0.waiting.append(envelope)
            $0.begun.insert(customer)
            if $0.resting.contains(customer) { $0.tooLate.append(envelope.recipient) }
          }
        },
        next: { _ in
          let (envelope, customer) = self.state.withLock { state -> (Envelope?, String?) in
            guard !state.waiting.isEmpty else { return (nil, nil) }
            let customer = state.pick(3) == 0 ? "K-\(1 + state.pick(self.customers))" : nil
            return (state.waiting.remove(at: state.pick(state.waiting.count)), customer)
          }
          if let customer {
            self.clerk(customer)
            // What comes within a thousandth of a second of the first byte cannot be heeded.
            usleep(1_500)
            self.state.withLock { _ = $0.resting.insert(customer) }
          }
          return envelope.map { Delivered(ticket: $0.ticket, result: .accepted) }
        },
        probe: { ProbeReport(result: .accepted) })
    }
  }

  @Test(
    "who is put on hold, or has paid, gets nothing that begins later, in whatever order things happen",
    arguments: 1...24)
  func standsStillAtAnyTime(seed: Int) throws {
    let customers = 12
    let rows = (1...customers).map {
      "R-\($0),K-\($0),2026-02-20,120.00,ar@k\($0).example" + ($0 % 3 == 0 ? ";boss@k\($0).example," : ",")
    }
    try Self.office(rows, connections: 1 + seed % 3) { folder, installation, journal in
      let state = installation.state
      let payments = Mutex("customer,date,amount,invoice\n")
      let office = BusyOffice(seed: UInt64(seed), customers: customers) { customer in
        if seed % 2 == 0 {
          let text = payments.withLock { text in
            text += "\(customer),2026-03-01,120.00,R\(customer.dropFirst())\n"
            return text
          }
          try? text.write(toFile: folder + "/ledger/payments.csv", atomically: true, encoding: .utf8)
          return
        }
        let clerk = try? JournalFile(state, on: PosixDisk(), as: .command, key: nil, now: Rig.morning)
        _ = try? clerk?.record(
          [.restPlaced(Rest(kind: .hold, scope: .customer(customer), by: "ann", text: "call first"))], now: Rig.morning)
      }
      var runner = CycleRunner(
        installation, history: journal.releaseHistory(), journal: journal, postman: office.postman,
        clock: .frozen(at: Rig.morning), log: { _ in })
      // It ends early where facts change again and again: the next cycle goes on.
      for _ in 0..<10 { _ = runner.run() }
      #expect(office.tooLate.isEmpty)
      #expect(office.begun.union(office.resting).count == customers)
    }
  }
}
