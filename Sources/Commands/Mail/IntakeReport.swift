import Incoming
import Units

/// What came back, for a person: a line a message, and what it comes to.
struct IntakeReport {
  private var found: [(place: Int, row: JSONObject)] = []
  private(set) var unreadable = 0

  /// As `MailDesk` gives them, in the order in which the messages lie.
  var rows: [JSONObject] { found.sorted { $0.place < $1.place }.map(\.row) }

  mutating func add(_ row: JSONObject, at place: Int) { found.append((place, row)) }

  mutating func addUnreadable(_ file: String, at place: Int) {
    unreadable += 1
    var row = MailDesk.emptyRow
    row["file"] = .string(file)
    row["result"] = .string(MailDesk.Result.unreadable.rawValue)
    add(row, at: place)
  }

  var listing: Listing {
    var listing = Listing(
      [
        .init("FILE", least: 12, spare: 1), .init("KIND"), .init("CUSTOMER", least: 8), .init("CONTACT", spare: 2),
        .init("STATUS"), .init("BECAME"), .init("SAYS", least: 20),
      ], names: MailDesk.emptyRow.members.map(\.name), empty: "Nothing has come back.")
    listing.rows = rows.map { row in
      func text(_ name: String) -> String { row[name]?.string ?? "" }
      let isPermanent = row["permanent"]?.bool ?? false
      let suggestions = (row["suggestions"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
      let says = [
        suggestions.isEmpty ? "" : "(\(suggestions))", text("note").isEmpty ? text("excerpt").onOneLine : text("note"),
      ]
      return Listing.Row(
        [
          String(text("file").split(separator: "/").last ?? ""), text("kind"), text("customer"), text("contact"),
          text("status") + (isPermanent ? " permanent" : ""), text("result"),
          says.filter { !$0.isEmpty }.joined(separator: " "),
        ], row.members.map { ($0.name, $0.value) })
    }
    return listing
  }

  /// `4 messages: 1 bounce (1 address bad), 2 replies, 1 auto-reply; 3 recorded, 1 left.`
  func summary(isDry: Bool) -> String {
    func count(_ number: Int, _ one: String, _ several: String) -> String? {
      number == 0 ? nil : number.of(one, several)
    }
    func kind(_ kind: Arrival.Kind) -> Int { rows.count { $0["kind"]?.string == kind.rawValue } }
    func result(_ result: MailDesk.Result) -> Int { rows.count { $0["result"]?.string == result.rawValue } }
    let bad = rows.count { $0["permanent"]?.bool == true && $0["result"]?.string == MailDesk.Result.recorded.rawValue }
    let kinds = [
      count(kind(.bounce), "bounce", "bounces").map { $0 + (bad == 0 ? "" : " (\(bad) permanent)") },
      count(kind(.delay), "delay", "delays"), count(kind(.delivered), "receipt", "receipts"),
      count(kind(.reply), "answer", "answers"), count(kind(.unsubscribe), "unsubscribe wish", "unsubscribe wishes"),
      count(kind(.complaint), "complaint", "complaints"), count(kind(.autoReply), "auto-reply", "auto-replies"),
      count(kind(.report), "other report", "other reports"), count(unreadable, "unreadable", "unreadable"),
    ]
    let recorded = result(.recorded)
    let results = [
      isDry ? "\(recorded) would be recorded" : "\(recorded) recorded",
      count(result(.known), "known already", "known already"),
      count(
        result(.left), "belongs to nobody that we know and stays where it is",
        "belong to nobody that we know and stay where they are"),
    ]
    return (count(rows.count, "message", "messages") ?? "no message") + ": "
      + kinds.compactMap(\.self).joined(separator: ", ") + "; " + results.compactMap(\.self).joined(separator: ", ")
      + "."
  }
}
