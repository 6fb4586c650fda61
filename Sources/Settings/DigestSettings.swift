import Decisions
import TOML
import Units

/// `[digest]`: what the staff gets by mail each morning, and when something stops the sending.
package struct DigestSettings: Sendable, Equatable {
  /// The company's local time at which the digests go, on days on which contacts are made.
  package var at: ClockTime
  /// Who gets what concerns customers without an owner.
  package var to: MailAddress
  /// Who is told at once what stops the sending; nil: whom `to` names.
  package var alerts: MailAddress?
  /// A task that waits longer is told apart.
  package var overdueDays = 3
  package var place: Place

  package var alertAddress: MailAddress { alerts ?? to }
}

extension DigestSettings {
  init?(_ reader: TableReader) {
    reader.require("to", expected: "the mailbox of whoever looks after customers without an owner")
    let to = reader.mailbox("to")
    let at = reader.value("at", expected: "a time such as \"08:00\"") { $0.line.flatMap { ClockTime(text: $0) } }
    let alerts = reader.mailbox("alerts")
    let overdue = reader.days("overdue", 0...365)
    reader.finish()
    guard let to else { return nil }
    self.init(
      at: at?.value ?? DigestSettings.usual, to: to, alerts: alerts, overdueDays: overdue?.value ?? 3,
      place: reader.place)
  }

  private static let usual = ClockTime(text: "08:00")!  // a literal that reads
}
