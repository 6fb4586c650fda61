import Decisions
import Ledger
import Units

@testable import Journal

/// Journals made on the spot.
enum Sample {
  static let instance = "0123456789abcdef0123456789abcdef"
  static let start = Instant(rfc3339: "2026-03-02T09:00:00.000Z")!
  static let salt = (0..<16).map { UInt8($0) }
  static let key = JournalKey(Array("a key of more than sixteen bytes".utf8))!

  /// Bytes of a journal that holds these groups of events, one second apart.
  static func journal(_ groups: [[HistoryEvent]], key: JournalKey? = nil) throws -> [UInt8] {
    let opening = JournalHead.opening(instance: instance, key: key, now: start)
    var (bytes, head) = (opening.bytes, opening.head)
    for (index, events) in groups.enumerated() {
      let more = try head.append(events, at: start + .seconds(index + 1)) { salt }
      bytes += more.bytes
      head = more.head
    }
    return bytes
  }

  /// A contact with two recipients, its outcomes, a hold and a note, a cycle's end.
  static let groups: [[HistoryEvent]] = [
    [.daemonStarted(version: "0.1.0", policy: "p1")],
    [.contactIntended(intended), .contactIntended(second)],
    [
      .contactSent(
        Attempt(contact: "aaaa", recipient: 0, attempt: 1, stage: "dot", code: 250, reply: "250 ok", server: "mx:25")),
      .contactFailed(
        Attempt(contact: "aaaa", recipient: 1, attempt: 1, stage: "rcpt", code: 550, reply: "550 no", badAddress: true)),
    ],
    [.restPlaced(Rest(kind: .hold, scope: .customer("C1"), by: "anna", text: "calls back"))],
    [.noteAdded(scope: .invoice(customer: "C1", number: "R-7"), by: "anna", text: "she is ill")],
    [.cycleCompleted(summary)],
  ]

  static var events: [HistoryEvent] { [.opened(instance: instance)] + groups.flatMap { $0 } }

  static let euro = Currency(code: "EUR")!
  static let intended = IntendedContact(
    contact: "aaaa", attempt: 1, customer: "C1", currency: euro, kind: .notice, schedule: "standard", step: "first",
    level: 1, channel: .email, template: "first",
    invoices: [
      AdvancedItem(
        key: ItemKey(customer: "C1", number: "R-7"), schedule: "standard", step: "first", level: 1, anchor: .due,
        anchorDate: Day(iso: "2026-02-20")!, day: 5, repetition: 0, open: Money(minor: 12_345, euro),
        ledgerSchedule: nil)
    ], listed: [ListedItem(key: ItemKey(customer: "C1", number: "R-7"), open: Money(minor: 12_345, euro))],
    amount: Money(minor: 12_345, euro), deadline: nil, messageID: "aaaa@example.com",
    sha256: Digest.sha256("message".utf8), policy: "p1", to: ["a@c1.example", "b@c1.example"], names: ["Ada"])
  static var second: IntendedContact {
    var contact = intended
    contact.contact = "bbbb"
    contact.customer = "C2"
    contact.to = ["c@c2.example"]
    return contact
  }
  static var summary: CycleSummary {
    var summary = CycleSummary()
    summary.contacts = 1
    summary.byReason = [CycleSummary.ReasonCount(reason: .contact, count: 1)]
    summary.failed = 1
    return summary
  }

  static func replay(_ bytes: [UInt8], _ trust: Chain.Trust = .key(nil), pieces: Int = .max) throws -> Replay {
    var replay = Replay(trust)
    try replay.begin(file: "journal/000001.jsonl")
    var at = 0
    while at < bytes.count {
      let end = pieces < bytes.count - at ? at + pieces : bytes.count
      try replay.feed(Array(bytes[at..<end]))
      at = end
    }
    return replay
  }

  static func lines(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split(separator: 10).map(Array.init) }
  static func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [10] } }
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// A line as erasure leaves it: without its personal part.
  static func erased(_ line: [UInt8]) throws -> [UInt8] {
    let layout = try line.withUnsafeBytes { bytes in Result { () throws(LineFault) in try LineLayout(bytes) } }.get()
    return Array(line[..<layout.kept]) + Array("}".utf8)
  }
}
