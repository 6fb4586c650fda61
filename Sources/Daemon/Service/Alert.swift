import Decisions
import Units

/// Something that keeps contacts from being made, and that a person has to see to.
package struct Alert: Sendable, Equatable {
  /// The raw values stand in the state directory.
  package enum Kind: String, Sendable, CaseIterable {
    case ledger
    case staleLedger = "stale-ledger"
    case cashNotPosted = "cash-not-posted"
    case badRows = "bad-rows"
    case approval
    case content
    case relay
    case webhook
    case outbox
    case clock
    case journalLocked = "journal-locked"
    case journal
  }

  package var kind: Kind
  /// What happened.
  package var words: String

  /// What the cycle ran into; empty when nothing stopped it.
  package static func found(in report: CycleReport) -> [Alert] {
    var alerts: [Alert] = []
    if let kind = kind(of: report), let trouble = report.trouble { alerts.append(Alert(kind: kind, words: trouble)) }
    if let fault = report.relayFault {
      alerts.append(Alert(kind: .relay, words: "the mail server is at fault, no customer is: \(fault.sentence)"))
    }
    if let fault = report.webhookFault {
      alerts.append(Alert(kind: .webhook, words: "the webhook's service is at fault, no customer is: \(fault.brief)"))
    }
    if let words = report.outboxFault { alerts.append(Alert(kind: .outbox, words: words)) }
    func count(_ reason: ReasonCode) -> Int { report.summary.byReason.first { $0.reason == reason }?.count ?? 0 }
    func invoices(_ count: Int) -> String { count.of("invoice waits", "invoices wait") }
    let stale = count(.staleLedger)
    if stale > 0 {
      alerts.append(
        Alert(kind: .staleLedger, words: "the ledger is older than max_age: \(invoices(stale)) for a new one"))
    }
    let cash = count(.cashNotPosted)
    if cash > 0 {
      alerts.append(
        Alert(kind: .cashNotPosted, words: "the bank statements are not posted far enough: \(invoices(cash)) for them"))
    }
    let bad = count(.quarantined)
    if bad > 0 {
      alerts.append(
        Alert(kind: .badRows, words: "rows of the ledger cannot be read: \(invoices(bad)) until they are corrected"))
    }
    if let need = report.waitsAsList { alerts.append(Alert(kind: .approval, words: words(of: need, report.waiting))) }
    return alerts
  }

  private static func kind(of report: CycleReport) -> Kind? {
    switch report.ending {
    case .ledgerRejected: .ledger
    case .journalBroken: .journal
    case .clockWentBack: .clock
    case .contentRefused: .content
    // The next cycle begins anew; what is at fault outside is told by itself.
    case .journalLocked: .journalLocked
    case .keepsChanging, .completed, .stopped, .relayAtFault: nil
    }
  }

  /// Whether what that cycle did shows that such a trouble is over. Silence does not: a cycle that decided nothing has seen
  /// nothing, and one outside of the hours knows of no list.
  package static func isOver(_ kind: Kind, by report: CycleReport) -> Bool {
    guard report.hasDecided, !found(in: report).contains(where: { $0.kind == kind }) else { return false }
    let isSending = report.summary.contacts > 0
    switch kind {
    case .content: return isSending
    case .approval: return isSending || !report.summary.byReason.contains { $0.reason == .outsideHours }
    case .ledger, .staleLedger, .cashNotPosted, .badRows, .relay, .webhook, .outbox, .clock, .journalLocked, .journal:
      return true
    }
  }

  private static func words(of need: Ground.ApprovalNeed, _ waiting: Int) -> String {
    switch need {
    case .largeCycle(let contacts, let limit):
      "\(contacts) contacts are due at once, and max_per_cycle is \(limit): none of them is made before a person's word"
    default:
      "nothing was ever sent from here: \(waiting.of("contact waits", "contacts wait")) for a person's word"
    }
  }

  /// What it means, and what to do.
  private var remedy: String {
    switch kind {
    case .ledger: "`dunningd check` says what is wrong with the ledger. Export it again, or mend the rows."
    case .staleLedger: "Look why the export has not run, and run it."
    case .cashNotPosted: "Post the bank statements; the file of cash_through says how far they are posted."
    case .badRows: "`dunningd check` names each row, and what is wrong with it."
    case .approval: "`dunningd approve` shows the list; `dunningd approve --cycle` approves it."
    case .content:
      "The mail server refuses what is written, not to whom. `dunningd journal list --type contact.failed` has its words."
    case .relay: "`dunningd check --online` visits the mail server and says what it answers."
    case .webhook: "Mails and letters go on. Look at the service behind `[webhook] url`."
    case .outbox: "Mails go on. Look at the folder of `[letter] outbox`, its owner and the space on its disk."
    case .clock: "Set the clock of this machine right. Nothing is sent or recorded before."
    case .journalLocked:
      "Find the process that is named, and why it keeps the journal. The daemon tries again each minute; nothing is lost."
    case .journal:
      "The daemon has ended. Look at the disk and at `dunningd journal verify`, then start it again: it reads afresh what "
        + "became durable."
    }
  }

  package var subject: String {
    // Everything else goes on.
    let isPart = kind == .badRows || kind == .outbox || kind == .webhook
    let what = isPart ? "something rests" : "sending has stopped"
    return "dunningd: \(what) (\(kind.rawValue.replacing("-", with: " ")))"
  }

  /// - Parameter since: in the company's time.
  package func text(since: String) -> String {
    """
    Since \(since): \(words).

    No reminder that depends on it goes out meanwhile. Nothing is lost: what is due is decided afresh, by the ledger as it
    is then, as soon as this is over.

    \(remedy)
    `dunningd status` shows how things stand. You get one more message when it is over.

    """
  }
}
