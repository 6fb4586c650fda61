import Decisions
import Letters
import Units

/// A digest as a person reads it, in a terminal or as a mail.
struct DigestText {
  let digest: StaffDigest
  let customers: [String: String]
  let zone: Zone
  let overdueDays: Int
  /// From which day on it tells what went out.
  let since: Day
  /// The journal's newest record, so that whoever keeps the mail can show later that nothing before it was changed.
  let head: (seq: Int, digest: String)?

  /// Of each kind so many are told one by one.
  private static let linesMax = 40
  /// So many invoices are named in a line.
  private static let numbersMax = 6

  var subject: String {
    var parts: [String] = []
    if !digest.goingOut.isEmpty { parts.append("\(digest.goingOut.count.of("contact")) today") }
    if !digest.tasks.isEmpty {
      let late = overdue.count
      parts.append(digest.tasks.count.of("task") + (late > 0 ? " (\(late) overdue)" : ""))
    }
    if !digest.made.isEmpty { parts.append("\(digest.made.count) went out") }
    return "dunningd \(digest.day): " + (parts.isEmpty ? "nothing to tell" : parts.joined(separator: ", "))
  }

  var text: String {
    var lines: [String] = []
    func section(_ title: String, _ entries: [String]) {
      guard !entries.isEmpty else { return }
      lines.append(title)
      lines += entries.prefix(Self.linesMax)
      if entries.count > Self.linesMax { lines.append("  … and \(entries.count - Self.linesMax) more") }
      lines.append("")
    }
    let late = overdue
    section(
      "Waiting for more than \(overdueDays.of("day")): what to do, and the command that ends it",
      late.map(line))
    section(
      "Waiting for you", digest.tasks.filter { digest.day - $0.since <= overdueDays }.map(line))
    section("Goes out today, unless somebody stops it (dunningd hold, dunningd skip)", digest.goingOut.map(line))
    section("Went out since \(since)", digest.made.map(line))
    if let head { lines.append("Journal: \(head.seq) records, head \(head.digest)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var overdue: [StaffTask] { digest.overdue(after: overdueDays) }

  private func line(_ task: StaffTask) -> String {
    let age = max(0, digest.day - task.since)
    let facts = [
      task.kind.rawValue.replacing("_", with: " "), name(task.customer), task.amount?.description ?? "",
      age.of("day"), DigestText.numbers(task.invoices),
    ]
    return "  " + facts.filter { !$0.isEmpty }.joined(separator: ", ") + "\n      \(task.text)\n      \(task.command)"
  }

  private func line(_ entry: Forecast.Entry) -> String {
    let contact = entry.contact
    let channel = contact.channel == .email ? "" : contact.channel.rawValue
    let facts = [
      zone.civil(entry.at).clock.description, channel, name(contact.payer.id),
      "\(contact.step.name) (level \(contact.step.level))", contact.total.description,
      DigestText.numbers(contact.advancing.map(\.key.number)), contact.waitsFor == nil ? "" : "once it is approved",
    ]
    return "  " + facts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private func line(_ made: StaffDigest.Made) -> String {
    let contact = made.contact
    let outcome =
      switch made.standing {
      case .made: "sent"
      case .inDoubt: "in doubt"
      case .deferred: "put off"
      case .failed: "failed"
      case .bounced: "came back"
      case .outbox: "in the outbox"
      case .undone: "called off"
      }
    let facts = [
      name(contact.customer), "\(contact.step) (level \(contact.level))", contact.amount.description,
      DigestText.numbers(contact.invoices.map(\.key.number)), outcome,
    ]
    return "  " + facts.joined(separator: ", ")
  }

  private func name(_ customer: String) -> String {
    guard let name = customers[customer], !name.isEmpty, name != customer else { return customer }
    return "\(customer) \(name)"
  }

  private static func numbers(_ numbers: [String]) -> String {
    var seen: Set<String> = []
    let each = numbers.filter { seen.insert($0).inserted }
    return each.prefix(numbersMax).joined(separator: " ")
      + (each.count > numbersMax ? " and \(each.count - numbersMax) more" : "")
  }
}
