import Units

/// What must hold whatever happens.
package enum Invariant: String, Sendable, CaseIterable {
  case once = "no step twice"
  case neverBack = "an item never goes back"
  case noLevelSkipped = "no level is skipped"
  case atRest = "nothing for what is settled, held or disputed"
  case amount = "nobody is asked for more than is owed"
  case hours = "never outside hours"
  case cap = "cap and gap are kept"
  case deadline = "a deadline is waited for"
  case approval = "approvals are obeyed"
  case doubt = "a doubt to ask about rests"
  case address = "only addresses of the ledger that are good"
  case freshness = "nothing on a stale ledger"
  case forgotten = "nobody is forgotten"
  case tasks = "a task ends by a person or a rule"
  case intentFirst = "an intent is durable before its message"
  case silence = "nothing goes out after the journal failed"
  case openIntents = "two open intents a connection at most"
  case truth = "records tell what the server did"
  case recovery = "no intent is without outcome after recovery"
  case journal = "the journal verifies"
  case oneDaemon = "one daemon only"
  case explain = "explain agrees with what happens"
  case preview = "preview equals the day"
  case ends = "a cycle comes to its end"
}

/// What the watch has to say against what it saw.
package struct Objection: Sendable, Equatable, CustomStringConvertible {
  package let invariant: Invariant
  package let text: String
  package let at: Instant

  package var description: String { "\(at) \(invariant.rawValue): \(text)" }
}
