import Decisions
import Units

extension Listing {
  /// - Parameter tellsChange: each is added, removed, or stays.
  static func contacts(tellsChange: Bool = false, empty: String) -> Listing {
    // Who is asked for what counts; the rest is left out on a narrow terminal and is in the JSON.
    Listing(
      [
        .init("DAY"), .init("TIME", spare: 1), .init("CUSTOMER", least: 10), .init("STEP", least: 6),
        .init("LEVEL", right: true, spare: 2),
        .init("AMOUNT", right: true), .init("INVOICES", least: 8), .init("TO", least: 12, spare: 3),
        .init("WAITS FOR", least: 8),
      ],
      names: (tellsChange ? ["change"] : []) + [
        "day", "time", "local_time", "contact", "customer", "name", "currency", "amount", "kind", "schedule", "step",
        "level", "channel", "to", "invoices", "listed", "deadline", "reason",
      ], empty: empty)
  }

  /// - Parameters:
  ///   - zone: where the payer is.
  ///   - id: the contact's id.
  mutating func add(_ contact: PlannedContact, at instant: Instant, zone: Zone, id: String, change: String? = nil) {
    let invoices = contact.advancing.map(\.key.number)
    let reason = contact.waitsFor?.code ?? .contact
    // The id is what other commands ask for, the name what a person knows.
    let name =
      contact.payer.name.isEmpty || contact.payer.name == contact.payer.id
      ? contact.payer.id : "\(contact.payer.id) \(contact.payer.name)"
    let local = zone.civil(instant)
    let sign = change.map { $0 == "added" ? "+ " : $0 == "removed" ? "- " : "  " } ?? ""
    rows.append(
      Row(
        [
          sign + contact.day.description, local.clock.description, name, contact.step.name,
          String(contact.step.level), contact.total.description, invoices.joined(separator: " "),
          contact.to.joined(separator: " "), reason == .contact ? "" : reason.rawValue,
        ],
        (change.map { [("change", .string($0))] } ?? []) + [
          ("day", .day(contact.day)), ("time", .instant(instant)), ("local_time", .string(local.clock.description)),
          ("contact", .string(id)), ("customer", .string(contact.payer.id)), ("name", .string(contact.payer.name)),
          ("currency", .string(contact.currency.code)), ("amount", .money(contact.total)),
          ("kind", .string(contact.kind.rawValue)), ("schedule", .string(contact.schedule)),
          ("step", .string(contact.step.name)), ("level", .int(contact.step.level)),
          ("channel", .string(contact.channel.rawValue)), ("to", .strings(contact.to)),
          ("invoices", .strings(invoices)), ("listed", .strings(contact.listed.map(\.invoice.key.number))),
          ("deadline", contact.deadline.map(JSONValue.day) ?? .null), ("reason", .string(reason.rawValue)),
        ]))
  }
}
