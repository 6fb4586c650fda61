import Daemon
import Decisions
import Ledger
import Units

/// The person at the made-up company who steps in, by the same records as the commands write.
struct DemoClerk {
  static let name = "Ms Berger"
  /// For how many days she believes in an announced payment.
  private static let patience = 12

  private let business: DemoBusiness
  /// Contacts that she has looked at and sleeps over.
  private var seen: Set<String> = []
  /// What she does on a day, in this order.
  private var diary: [(day: Day, task: Task)] = []
  private var known: Set<String> = []

  private enum Task {
    case dispute(ItemKey)
    case hold(String)
    case release(String)
    case correct(DemoBusiness.Customer)
  }

  init(_ business: DemoBusiness) { self.business = business }

  // MARK: - What reaches her

  /// A message arrived; some customers call then.
  mutating func arrived(_ contact: IntendedContact, on day: Day) {
    guard let customer = business.customers.first(where: { $0.id == contact.customer }), !known.contains(customer.id)
    else { return }
    switch customer.habit {
    case .disputes:
      guard let item = contact.invoices.first else { return }
      plan(.dispute(item.key), on: day + 1, customer)
    case .announces: plan(.hold(customer.id), on: day + 1, customer)
    default: break
    }
  }

  /// The mail server knows no such mailbox: she asks the customer for the right one.
  mutating func refused(_ contact: IntendedContact, on day: Day) {
    guard let customer = business.customers.first(where: { $0.id == contact.customer }), !known.contains(customer.id)
    else { return }
    plan(.correct(customer), on: day + 4, customer)
  }

  private mutating func plan(_ task: Task, on day: Day, _ customer: DemoBusiness.Customer) {
    known.insert(customer.id)
    diary.append((day, task))
  }

  // MARK: - What she does

  /// The morning of a day. What she changes in the ledger is exported with the rest.
  mutating func work(_ session: Session, on day: Day, _ ledger: inout DemoLedger) throws(CommandFailure) -> [DemoNote] {
    guard day.weekday < .saturday else { return [] }
    var notes: [DemoNote] = []
    let due = diary.filter { $0.day <= day }
    diary.removeAll { $0.day <= day }
    for (_, task) in due { notes += try carryOut(task, session, day, &ledger) }
    return notes + (try approveNotices(session))
  }

  private mutating func carryOut(
    _ task: Task, _ session: Session, _ day: Day, _ ledger: inout DemoLedger
  ) throws(CommandFailure) -> [DemoNote] {
    switch task {
    case .dispute(let key):
      let reason = "two of the five frames arrived bent"
      let scope = Scope.invoice(customer: key.customer, number: key.number)
      _ = try session.append([.restPlaced(Rest(kind: .dispute, scope: scope, by: Self.name, text: reason))])
      return [.command("dispute \(key.number) --reason \"\(reason)\"")]
    case .hold(let customer):
      let reason = "payment announced by phone"
      _ = try session.append([
        .restPlaced(Rest(kind: .hold, scope: .customer(customer), by: Self.name, text: reason))
      ])
      diary.append((day + Self.patience, .release(customer)))
      return [.command("hold \(customer) --reason \"\(reason)\"")]
    case .release(let customer):
      let reason = "no money came"
      _ = try session.append([
        .restEnded(kind: .hold, scope: .customer(customer), by: Self.name, outcome: nil, text: reason)
      ])
      return [.command("release \(customer) --reason \"\(reason)\"")]
    case .correct(let customer):
      let parts = customer.email.split(separator: "@")
      let email = "invoices@" + (parts.last ?? "")
      ledger.correct(email: email, of: customer.id)
      return [.event("\(customer.id) \(customer.name) has a new address in the ledger: \(email)")]
    }
  }

  /// Notices that ask for a person's word get it the morning after they were first seen.
  private mutating func approveNotices(_ session: Session) throws(CommandFailure) -> [DemoNote] {
    let history = try session.history()
    let waiting = session.verdict(try session.ledger(), history).waiting.filter { $0.isWaiting(for: .contact) }
    var notes: [DemoNote] = []
    for contact in waiting {
      let id = session.id(contact, history)
      guard !seen.insert(id).inserted else { continue }
      let lines = contact.advancing.map(Approval.Line.init)
      _ = try session.append([.approvalGiven(Approval(extent: .contact, subject: id, lines: lines, by: Self.name))])
      notes.append(.command("approve \(id)", about: "\(contact.payer.id), step \(contact.step.name), \(contact.total)"))
    }
    return notes
  }

  /// Nothing was ever sent, so the first list waits for her word.
  func approveCycle(_ session: Session) throws(CommandFailure) -> [DemoNote] {
    let history = try session.history()
    let waiting = session.verdict(try session.ledger(), history).waiting.filter { $0.isWaiting(for: .cycle) }
    guard !waiting.isEmpty else { return [] }
    let list = CycleList(waiting, instance: history.instance)
    let lines = waiting.flatMap { $0.advancing.map(Approval.Line.init) }
    _ = try session.append([
      .approvalGiven(Approval(extent: .cycle, subject: list.hash, lines: lines, by: Self.name))
    ])
    return [
      .event(
        "The first cycle waits for a person: \(waiting.count) contacts are due, and nothing was ever sent before."),
      .command("approve --cycle \(list.hash)"),
    ]
  }
}

/// What happened on a day besides mails and payments.
struct DemoNote: Equatable {
  /// A command that the clerk typed; else something that came from outside.
  var isCommand: Bool
  var text: String
  /// What the command was about, for those who do not know ids by heart.
  var about = ""

  static func command(_ text: String, about: String = "") -> DemoNote {
    DemoNote(isCommand: true, text: "dunningd " + text, about: about)
  }
  static func event(_ text: String) -> DemoNote { DemoNote(isCommand: false, text: text) }
}
