import Ledger
import Units

/// The part of a history that is sealed away and asked for piece by piece: a company's ten years need not be in memory.
///
/// It never changes while it is held, so a history that rests on it is still a value.
package protocol HistoryArchive: AnyObject, Sendable {
  /// Nil when nothing is sealed of that person.
  func person(_ id: String) -> PersonHistory?
  /// Those whose sealed history has to do with it; others may be among them.
  func people(with link: HistoryLink) -> [PersonHistory]
  /// Every person of whom something is sealed.
  func everyone(_ visit: (PersonHistory) -> Void)
  /// Why something could not be read, once that has happened: what was answered since must not be acted on.
  var fault: String? { get }
  /// Hears of something that it lacks although it must have it. It goes over to what it rests on, so that one may ask
  /// again; where there is nothing else, or that lacks it too, that is its fault from then on.
  func distrust(because words: String)
}

/// By what a person's history is found.
package enum HistoryLink: Hashable, Sendable {
  /// In lower case.
  case address(String)
  /// A customer whose items somebody else was contacted about.
  case customer(String)
  /// A contact's id.
  case contact(String)
  /// An invoice's number.
  case invoice(String)
  /// What was approved: a contact's id or a list's hash.
  case subject(String)
}

/// What of a history is small, and needed whatever is asked.
package struct HistorySummary: Sendable, Equatable {
  package internal(set) var instance = ""
  /// Addresses that a server refused or that bounced, with the day since when.
  package internal(set) var badAddresses: [String: Instant] = [:]
  /// Ids of contacts that one To recipient has, or may have, while another was put off.
  package internal(set) var halfMade: Set<String> = []
  /// Ids of contacts of which nobody knows whether they arrived.
  package internal(set) var doubtful: Set<String> = []
  /// Ids of contacts with a recipient of whom nothing was heard.
  package internal(set) var pending: Set<String> = []
  /// Whether any contact was ever sent: before, the first cycle waits for a person.
  package internal(set) var hasSentContact = false
  /// Scopes with a rest that nobody ended and nothing was seen of.
  package internal(set) var restingScopes: Set<Scope> = []
  /// Scopes with a promise or plan that was broken and that nobody has seen to since.
  package internal(set) var brokenScopes: Set<Scope> = []
  /// Customers who answered and whom nobody has seen to since, with when they did.
  package internal(set) var unanswered: [String: Unanswered] = [:]
  /// Statements that somebody asked for and did not take back, and when: the newest of each group, for a while.
  package internal(set) var statementRequests: [GroupKey: Instant] = [:]
  /// Time of the last event.
  package internal(set) var last: Instant?

  package init() {}

  func names(contact id: String) -> Bool { halfMade.contains(id) || doubtful.contains(id) || pending.contains(id) }

  package func write(to writer: inout HistoryWriter) {
    writer.write(instance)
    writer.write(badAddresses.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value)
    }
    for ids in [halfMade, doubtful, pending] { writer.write(ids.sorted()) { $0.write($1) } }
    writer.write(hasSentContact)
    for scopes in [restingScopes, brokenScopes] { writer.write(scopes.sorted()) { $0.write($1) } }
    writer.write(unanswered.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key)
      writer.write(entry.value.at)
      writer.write(entry.value.wantsNoContact)
    }
    writer.write(statementRequests.sorted { $0.key < $1.key }) { writer, entry in
      writer.write(entry.key.payer)
      writer.write(entry.key.currency)
      writer.write(entry.value)
    }
    writer.write(last) { $0.write($1) }
  }

  package init(from reader: inout HistoryReader) throws(HistoryReader.Damage) {
    typealias Damage = HistoryReader.Damage
    instance = try reader.text()
    for _ in 0..<(try reader.count()) {
      let address = try reader.text()
      badAddresses[address] = try reader.instant()
    }
    halfMade = Set(try reader.list { r throws(Damage) in try r.text() })
    doubtful = Set(try reader.list { r throws(Damage) in try r.text() })
    pending = Set(try reader.list { r throws(Damage) in try r.text() })
    hasSentContact = try reader.flag()
    restingScopes = Set(try reader.list { r throws(Damage) in try r.scope() })
    brokenScopes = Set(try reader.list { r throws(Damage) in try r.scope() })
    for _ in 0..<(try reader.count()) {
      let customer = try reader.text()
      unanswered[customer] = Unanswered(at: try reader.instant(), wantsNoContact: try reader.flag())
    }
    for _ in 0..<(try reader.count()) {
      let group = GroupKey(payer: try reader.text(), currency: try reader.currency())
      statementRequests[group] = try reader.instant()
    }
    last = try reader.optional { r throws(Damage) in try r.instant() }
  }
}

extension HistorySummary {
  /// One that is taken back is forgotten; the others are few, a payer's last one each.
  mutating func note(_ request: StatementRequest, at time: Instant) {
    let group = GroupKey(payer: request.customer, currency: request.currency)
    statementRequests[group] = request.isWithdrawn ? nil : time
  }
}
