import Decisions
import Journal
import Ledger
import Units

/// The journal's records, as they concern one item.
struct Story {
  let zone: Zone
  private let entries: [Entry]
  /// By contact id, the items that it moved on or listed.
  private var items: [String: [ItemKey]] = [:]
  /// By a promise's or plan's id, the items that it covers.
  private var rested: [String: [ItemKey]] = [:]

  init(_ entries: [Entry], zone: Zone) {
    self.entries = entries
    self.zone = zone
    for entry in entries {
      switch entry.event {
      case .contactIntended(let intended): note(intended)
      case .callLogged(let call):
        call.contact.map { note($0) }
        call.rest.map { rested[$0.id] = $0.items.map(\.key) }
      case .restPlaced(let rest) where !rest.items.isEmpty: rested[rest.id] = rest.items.map(\.key)
      default: break
      }
    }
  }

  private mutating func note(_ contact: IntendedContact) {
    items[contact.contact] = contact.listed.map(\.key) + contact.invoices.map(\.key)
  }

  /// All invoices that contacts were about, by customer and number.
  var numbers: [(customer: String, number: String)] {
    var found: [(customer: String, number: String)] = []
    for key in Set(items.values.flatMap(\.self)).sorted()
    where found.last.map({ $0 != (key.customer, key.number) }) ?? true { found.append((key.customer, key.number)) }
    return found
  }

  /// Items of that number that the journal knows.
  func keys(customer: String, number: String) -> [ItemKey] {
    Set(items.values.flatMap(\.self)).filter { $0.customer == customer && $0.number == number }.sorted()
  }

  /// Of the last contact about it; nil where there was none.
  func schedule(of key: ItemKey) -> String? {
    for case .contactIntended(let intended) in entries.reversed().map(\.event) {
      if let item = intended.invoices.first(where: { $0.key == key }) { return item.schedule }
    }
    return nil
  }

  /// The records as they were written, oldest first.
  func records(of key: ItemKey) -> [JSONObject] { entries.filter { concerns($0, key) }.map(\.record) }

  /// A line each, for a person.
  func lines(of key: ItemKey) -> [String] {
    entries.filter { concerns($0, key) }.map { entry in
      let local = zone.civil(entry.time)
      return "\(local.day) \(local.clock)  \(entry.words(about: key))"
    }
  }

  private func concerns(_ entry: Entry, _ key: ItemKey) -> Bool {
    switch entry.event {
    case .restPlaced(let rest) where !rest.items.isEmpty: return rest.covers(key)
    case .restEnded(let end): if let id = end.id, let items = rested[id] { return items.contains(key) }
    case .callLogged(let call): if call.rest?.items.contains(where: { $0.key == key }) ?? false { return true }
    default: break
    }
    if let contact = entry.contact, let items = items[contact] { return items.contains(key) }
    return entry.event.scopes.contains { $0.covers(key, payer: key.customer) }
  }
}

extension HistoryEvent {
  /// What an intervention is about; empty for everything else.
  fileprivate var scopes: [Scope] {
    switch self {
    case .restPlaced, .restEnded, .stepSkipped, .noteAdded: [scope].compactMap(\.self)
    case .callLogged(let call): [.customer(call.customer)]
    case .approvalGiven(let approval):
      approval.lines.map { .invoice(customer: $0.key.customer, number: $0.key.number) }
    case .addressCleared(let customer, _, _): [.customer(customer)]
    case .contactReplied(let reply): [.customer(reply.customer)]
    case .statementRequested(let request): [.customer(request.customer)]
    default: []
    }
  }
}

extension String {
  /// With a blank for each stretch of white space.
  var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension Reply {
  /// `(promise, question)`; nothing where there is none.
  var suggestionWords: String {
    suggestions.isEmpty ? "" : "(" + suggestions.map(\.kind.rawValue).joined(separator: ", ") + ")"
  }
}

extension Entry {
  /// What happened, in a few words.
  fileprivate func words(about key: ItemKey) -> String {
    switch event {
    case .contactIntended(let intended):
      let step = intended.invoices.first { $0.key == key }.map { "step \"\($0.step)\", level \($0.level)" }
      let what = step ?? "listed in step \"\(intended.step)\""
      return "\(type)  \(what), \(intended.amount) asked, contact \(intended.contact)"
        + (intended.attempt > 1 ? ", attempt \(intended.attempt)" : "")
    case .contactSent(let attempt): return "\(type)  \(attempt.reply ?? "accepted")"
    case .contactDeferred(let attempt, let next):
      return "\(type)  \(attempt.stage): \(attempt.reply ?? ""), again from \(next)"
    case .contactFailed(let attempt): return "\(type)  \(attempt.stage): \(attempt.reply ?? "")"
    case .contactInDoubt(_, _, _, let why): return "\(type)  \(why)"
    case .contactResolved(_, let sent, let by): return "\(type)  \(sent ? "sent" : "not sent"), says \(by)"
    case .contactCancelled(_, let reason): return "\(type)  \(reason.rawValue)"
    case .restPlaced(let rest): return "\(type)  \(rest.words)"
    case .restEnded(let end): return "\(type)  \(end.words)"
    case .callLogged(let call): return "\(type)  \(call.words)"
    case .stepSkipped(_, let step, _, let by, let text):
      return "\(type)  \(step) by \(by)" + (text.map { ": \($0)" } ?? "")
    case .noteAdded(_, let by, let text): return "\(type)  by \(by): \(text ?? "(erased)")"
    case .contactBounced(_, _, _, let status, let permanent, _, let excerpt):
      return "\(type)  \(status), \(permanent ? "permanent" : "not permanent")" + (excerpt.map { ": \($0)" } ?? "")
    case .contactReplied(let reply):
      return "\(type)  \(reply.suggestionWords)" + (reply.suggestions.isEmpty ? "" : " ")
        + (reply.excerpt.map { "\"\($0.onOneLine)\"" } ?? "(erased)")
    case .statementRequested(let request):
      return "\(type)  in \(request.currency.code), by \(request.by)" + (request.text.map { ": \($0)" } ?? "")
    case .approvalGiven(let approval): return "\(type)  \(approval.granted ? "granted" : "refused") by \(approval.by)"
    default: return type
    }
  }
}
