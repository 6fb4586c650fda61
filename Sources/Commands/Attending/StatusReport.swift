import Daemon
import Units

/// `status` as JSON, made by the daemon, and as lines for a person, made where it is asked for.
struct StatusReport {
  let fields: JSONObject

  var json: String { fields.text }

  init(_ status: ServiceStatus) {
    var last: JSONValue = .null
    if let cycle = status.lastCycle {
      last = .object(
        JSONObject([
          ("began", .instant(cycle.began)), ("ended", .instant(cycle.ended)),
          ("contacts", .int(cycle.summary.contacts)), ("failed", .int(cycle.summary.failed)),
          ("deferred", .int(cycle.summary.deferred)), ("in_doubt", .int(cycle.summary.inDoubt)),
          (
            "by_reason",
            .object(JSONObject(cycle.summary.byReason.map { ($0.reason.rawValue, .int($0.count)) }))
          ),
          ("trouble", cycle.trouble.map(JSONValue.string) ?? .null),
        ]))
    }
    fields = JSONObject([
      ("state", .string(status.activity.rawValue)), ("version", .string(dunningdVersion)),
      ("started", .instant(status.started)), ("policy", .string(status.policy)), ("last_cycle", last),
      ("next_cycle", status.nextCycle.map(JSONValue.instant) ?? .null),
      ("breaker", .string(status.relayFault == nil ? "closed" : "open")),
      ("relay_fault", status.relayFault.map(JSONValue.string) ?? .null), ("doubts", .int(status.doubts)),
      ("webhook_fault", status.webhookFault.map(JSONValue.string) ?? .null), ("letters", .int(status.letters)),
      ("waiting_for_approval", .int(status.waiting)), ("bad_rows", .int(status.badRows)),
      (
        "next_contacts",
        .array(
          status.upcoming.map { next in
            .object(
              JSONObject([
                ("day", .day(next.day)), ("customer", .string(next.payer)), ("invoice", .string(next.key.number)),
                ("step", .string(next.step)),
              ]))
          })
      ),
    ])
  }

  init?(_ text: String) {
    guard let object = (try? JSONReader.value(text))?.object else { return nil }
    fields = object
  }

  var lines: [String] {
    func text(_ name: String) -> String? { fields[name]?.string }
    func count(_ name: String) -> Int { fields[name]?.int ?? 0 }
    let states = [
      "starting": "starting", "waiting": "waiting for the next cycle", "cycle": "in a cycle",
      "stopping": "stopping: it finishes what is on the wire",
    ]
    var lines = [
      "dunningd \(text("version") ?? ""): \(states[text("state") ?? ""] ?? "?"), since \(text("started") ?? "?")"
    ]
    if let last = fields["last_cycle"]?.object {
      let counts = ["contacts", "failed", "deferred", "in_doubt"].map { last[$0]?.int ?? 0 }
      lines.append(
        "last cycle   \(last["ended"]?.string ?? "?"): \(counts[0].of("contact")) made, \(counts[1]) failed, "
          + "\(counts[2]) deferred, \(counts[3]) in doubt")
      if let trouble = last["trouble"]?.string { lines.append("             not all that was due: \(trouble)") }
    } else {
      lines.append("last cycle   none yet")
    }
    lines.append("next cycle   \(text("next_cycle") ?? "-")")
    lines.append(
      "mail server  " + (text("relay_fault").map { "at fault: \($0)" } ?? "no fault known"))
    if let fault = text("webhook_fault") { lines.append("webhook      at fault: \(fault)") }
    if count("letters") > 0 {
      lines.append("letters      \(count("letters")) to be posted: dunningd tasks --kind letter")
    }
    lines.append("in doubt     \(count("doubts"))" + (count("doubts") > 0 ? ": dunningd resolve CONTACT" : ""))
    lines.append(
      "approvals    \(count("waiting_for_approval")) waiting"
        + (count("waiting_for_approval") > 0 ? ": dunningd approve lists them" : ""))
    if count("bad_rows") > 0 {
      lines.append("bad rows     \(count("bad_rows")) in the ledger: dunningd check names them")
    }
    let contacts = (fields["next_contacts"]?.array ?? []).compactMap(\.object)
    if contacts.isEmpty { lines.append("next contact none that only waits for its day") }
    for (index, contact) in contacts.enumerated() {
      let words = ["day", "customer", "invoice", "step"].compactMap { contact[$0]?.string }
      lines.append((index == 0 ? "next contact " : "             ") + words.joined(separator: "  "))
    }
    return lines
  }
}
