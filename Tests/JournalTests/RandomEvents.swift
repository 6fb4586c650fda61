import Decisions
import Ledger
import Units

@testable import Journal

/// Numbers that a seed decides (SplitMix64), so that a failing test fails again.
struct Seeded {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  mutating func chance() -> Bool { below(2) == 0 }
  mutating func pick<Value>(_ list: [Value]) -> Value { list[below(list.count)] }
}

/// Events of every kind with contents of every kind.
extension Seeded {
  static let kindCount = 26

  mutating func event() -> HistoryEvent { event(kind: below(Seeded.kindCount)) }

  /// One of `kindCount` kinds.
  mutating func event(kind: Int) -> HistoryEvent {
    switch kind {
    case 0: .contactIntended(intended())
    case 1: .contactSent(attempt())
    case 2: .contactDeferred(attempt(), next: instant())
    case 3: .contactFailed(attempt())
    case 4: .contactInDoubt(contact: contact(), recipient: below(3), attempt: below(5), why: text())
    case 5: .contactResolved(contact: contact(), sent: chance(), by: text())
    case 6: .contactCancelled(contact: contact(), reason: pick(ReasonCode.allCases))
    case 7:
      .contactBounced(
        contact: contact(), recipient: below(2), attempt: chance() ? below(4) : nil, status: "5.1.\(below(9))",
        permanent: chance(), mail: optional(), excerpt: optional())
    case 8: .contactReplied(reply())
    case 9: .addressCleared(customer: text(), address: optional(), by: text())
    case 10, 11:
      .restPlaced(rest(pick(Rest.Kind.allCases)))
    case 12, 13:
      .restEnded(
        RestEnd(
          kind: pick(Rest.Kind.allCases), scope: scope(), id: optional(), by: text(),
          outcome: pick([nil, "kept", "broken", "partly_kept", "completed", "released", "closed"]),
          paid: chance() ? money(currency()) : nil, until: chance() ? day() : nil, text: optional()))
    case 14: .stepSkipped(scope: scope(), step: text(), undone: chance(), by: text(), text: optional())
    case 15: .noteAdded(scope: scope(), by: text(), text: optional())
    case 24:
      .statementRequested(
        StatementRequest(
          customer: text(), currency: currency(), isWithdrawn: chance(), by: text(), text: optional()))
    case 16: .approvalGiven(approval())
    case 17: .daemonStarted(version: text(), policy: text())
    case 18: .daemonStopped(version: text())
    case 19: .daemonReloaded(version: text(), policy: text())
    case 20: .cycleCompleted(summary())
    case 22, 23: .callLogged(call())
    case 21: .journalErased(customer: text(), records: below(99), messages: below(9), by: text(), text: optional())
    default: .journalRecovered(bytes: below(5000), sha256: text(), file: text())
    }
  }

  mutating func text() -> String {
    pick([
      "", "C-100", "Jørgensen & Søn", "客户", "a\"b\\c", "line\nfeed\ttab", "\u{1B}[31mred", "\u{202E}abc", "😀", "\u{0}",
      "\u{85}\u{2028}", ",\"check\":\"", ",\"personal\":{}", "e\u{301}", "\u{FEFF}bom",
    ]) + (chance() ? String(below(1000)) : "")
  }

  mutating func optional() -> String? { chance() ? text() : nil }
  mutating func contact() -> String { pick(["aaaa", "bbbb", "cccc", "dddd"]) }
  mutating func instant() -> Instant { Instant(milliseconds: 1_700_000_000_000 + below(100_000_000_000)) }
  mutating func day() -> Day { Day(number: 15_000 + below(10_000)) }
  mutating func currency() -> Currency { Currency(code: pick(["EUR", "JPY", "KWD", "CLF"]))! }
  mutating func money(_ currency: Currency) -> Money {
    Money(minor: pick([0, 1, -1, 99, 100, -123_456, 12_345_678, 5_000_000_000_000]), currency)
  }
  mutating func key() -> ItemKey { ItemKey(customer: text(), number: text(), item: chance() ? "" : text()) }
  mutating func scope() -> Scope { chance() ? .customer(text()) : .invoice(customer: text(), number: text()) }
  mutating func texts(_ most: Int) -> [String] { (0..<below(most + 1)).map { _ in text() } }

  mutating func rest(_ kind: Rest.Kind) -> Rest {
    let currency = currency()
    return Rest(
      kind: kind, id: chance() ? "" : text(), scope: scope(),
      items: (0..<below(3)).map { _ in ListedItem(key: key(), open: money(pick([currency, self.currency()]))) },
      amount: chance() ? money(currency) : nil, until: chance() ? day() : nil,
      stage: kind == .plan ? pick(Rest.Stage.allCases) : .agreed, owner: optional(),
      deadline: chance() ? day() : nil, by: text(), text: optional())
  }

  /// What a call comes to has the call's own words.
  mutating func call() -> LoggedCall {
    var call = LoggedCall(
      customer: text(), outcome: pick(LoggedCall.Outcome.allCases), contact: chance() ? intended() : nil,
      rest: chance() ? rest(pick([.promise, .dispute])) : nil, by: text(), text: optional())
    call.rest?.text = call.text
    return call
  }

  mutating func attempt() -> Attempt {
    Attempt(
      contact: contact(), recipient: below(3), attempt: below(4), stage: pick(["", "rcpt", "dot"]),
      code: chance() ? 250 + below(300) : nil, reply: optional(), server: pick(["", "mail:25"]), badAddress: chance())
  }

  mutating func reply() -> Reply {
    Reply(
      contact: chance() ? contact() : nil, customer: text(), mail: optional(), excerpt: optional(),
      suggestions: (0..<below(3)).map { _ in
        Suggestion(
          pick(Suggestion.Kind.allCases), line: optional(), days: (0..<below(3)).map { _ in day() },
          amounts: (0..<below(3)).map { _ in Money(minor: 1 + below(1_000_000), currency()) })
      })
  }

  mutating func intended() -> IntendedContact {
    let currency = currency()
    return IntendedContact(
      contact: contact(), attempt: 1 + below(3), customer: text(), currency: currency,
      kind: pick(ContactKind.allCases), schedule: text(), step: text(), level: below(5),
      channel: pick(Channel.allCases), template: text(),
      invoices: (0..<below(3)).map { _ in
        AdvancedItem(
          key: key(), schedule: text(), step: text(), level: below(4), anchor: pick(Step.Anchor.allCases),
          anchorDate: day(), day: below(60) - 10, repetition: below(3), open: money(currency),
          ledgerSchedule: optional())
      }, listed: (0..<below(3)).map { _ in ListedItem(key: key(), open: money(currency)) }, amount: money(currency),
      deadline: chance() ? day() : nil, messageID: text(), sha256: text(), policy: text(), to: texts(3), cc: texts(2),
      names: texts(2))
  }

  mutating func approval() -> Approval {
    Approval(
      extent: chance() ? .contact : .cycle, subject: text(),
      lines: (0..<below(3)).map { _ in
        Approval.Line(key: key(), step: text(), repetition: below(3), upTo: money(currency()))
      }, granted: chance(), by: text(), text: optional())
  }

  mutating func summary() -> CycleSummary {
    var summary = CycleSummary()
    summary.contacts = below(100)
    summary.byReason = ReasonCode.allCases.filter { _ in chance() }
      .map { CycleSummary.ReasonCount(reason: $0, count: below(1000)) }
    summary.failed = below(9)
    summary.deferred = below(9)
    summary.inDoubt = below(9)
    return summary
  }
}
