import Decisions
import Journal
import Ledger
import Units

/// What two months came to, from the journal and the ledger as any command reads them.
struct DemoSummary {
  /// A step and what followed it.
  struct StepRow {
    let step: String
    let level: Int
    var mails = 0
    var invoices = 0
    /// Invoices paid in full within a week after.
    var paid = 0
  }

  /// An invoice worth a look.
  struct Example {
    let decision: Decision
    let heading: String
    /// Its way here, oldest first: `12 Jan reminded (upcoming)`.
    let way: [String]
  }

  let session: Session
  let steps: [StepRow]
  let reasons: [(reason: ReasonCode, count: Int)]
  let invoices: Int
  let examples: [Example]
  let records: Int
  let sent: Int
  /// A contact that still waits for approval, if one does.
  let waiting: String?

  /// When one looks back, after the last cycle.
  static let evening = ClockTime(hour: 17, minute: 0) ?? .midnight
  private static let daysToPay = 7

  init(_ session: Session) throws(CommandFailure) {
    self.session = session
    let ledger = try session.ledger()
    var entries: [Entry] = []
    let key = try session.journalKey()
    let reading = try session.journalReading(trust: .key(key)) { entry, _ in entries.append(entry) }
    let verdict = session.verdict(ledger, reading.history)
    let account = Account(ledger.books, entries, session.policy.company.zone)

    records = reading.count
    sent = account.sent.count
    invoices = verdict.decisions.count
    waiting = verdict.waiting.first.map { session.id($0, reading.history) }
    var counts: [ReasonCode: Int] = [:]
    for decision in verdict.decisions { counts[decision.reason, default: 0] += 1 }
    reasons = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    steps = DemoSummary.steps(account)
    examples = DemoSummary.examples(verdict.decisions, account, ledger.books)
  }

  private static func steps(_ account: Account) -> [StepRow] {
    var rows: [String: StepRow] = [:]
    for (contact, day) in account.sent {
      var row = rows[contact.step] ?? StepRow(step: contact.step, level: contact.level)
      row.mails += 1
      row.invoices += contact.invoices.count
      row.paid += contact.invoices.count { item in
        account.paidInFull(item.key).map { $0 <= day + daysToPay } ?? false
      }
      rows[contact.step] = row
    }
    return rows.values.sorted { ($0.level, $0.step) < ($1.level, $1.step) }
  }

  /// One that was paid after several contacts, one that is disputed, and the open one that has come furthest.
  private static func examples(_ decisions: [Decision], _ account: Account, _ books: Books) -> [Example] {
    func most(_ fitting: [Decision]) -> Decision? {
      fitting.sorted { $0.key < $1.key }
        .max { account.contacts(about: $0.key).count < account.contacts(about: $1.key).count }
    }
    let open = decisions.filter { $0.reason != .settled && $0.reason != .disputed && $0.reason != .held }
    let chosen = [
      most(decisions.filter { $0.reason == .settled }), most(decisions.filter { $0.reason == .disputed }), most(open),
    ]
    return chosen.compactMap(\.self).map { decision in
      Example(decision: decision, heading: decision.heading(books), way: account.way(of: decision.key))
    }
  }

  /// Contacts and payments, invoice by invoice.
  private struct Account {
    let sent: [(contact: IntendedContact, day: Day)]
    private let rests: [(scope: Scope, day: Day, words: String)]
    private let books: Books

    init(_ books: Books, _ entries: [Entry], _ zone: Zone) {
      self.books = books
      var contacts: [String: IntendedContact] = [:]
      var sent: [(IntendedContact, Day)] = []
      var rests: [(Scope, Day, String)] = []
      for entry in entries {
        switch entry.event {
        case .contactIntended(let contact): contacts[contact.contact] = contact
        case .contactSent(let attempt):
          if let contact = contacts[attempt.contact] { sent.append((contact, zone.day(entry.time))) }
        case .restPlaced(let rest):
          rests.append((rest.scope, zone.day(entry.time), rest.kind == .hold ? "on hold" : "disputed"))
        case .restEnded(let end):
          rests.append((end.scope, zone.day(entry.time), end.kind == .hold ? "released" : "dispute closed"))
        default: break
        }
      }
      self.sent = sent
      self.rests = rests
    }

    func contacts(about key: ItemKey) -> [(contact: IntendedContact, day: Day)] {
      sent.filter { $0.contact.invoices.contains { $0.key == key } }
    }

    private func payments(of key: ItemKey) -> [Payment] {
      books.payments.filter { $0.customer == key.customer && $0.invoice == key.number }
    }

    /// The day on which the last of it came in; nil while something is open.
    func paidInFull(_ key: ItemKey) -> Day? {
      guard var left = books.invoices.first(where: { $0.key == key })?.amount else { return nil }
      for payment in payments(of: key) {
        left -= payment.amount
        if !left.isPositive { return payment.date }
      }
      return nil
    }

    func way(of key: ItemKey) -> [String] {
      let steps = contacts(about: key).map { contact, day in
        (day, contact.invoices.first { $0.key == key }?.step ?? contact.step)
      }
      let payments = payments(of: key).map { ($0.date, "paid \($0.amount)") }
      let rests = rests.filter { $0.scope.covers(key, payer: key.customer) }.map { ($0.day, $0.words) }
      return (steps + payments + rests).sorted { $0.0 < $1.0 }.map { "\($0.0.spoken) \($0.1)" }
    }
  }
}

extension Day {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `5 Jan`
  var spoken: String { "\(components.day) \(Day.months[components.month - 1])" }
}
