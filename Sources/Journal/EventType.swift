import Decisions

extension HistoryEvent {
  /// The journal's word for it: `contact.intended`, `hold.placed`.
  package var type: String {
    switch self {
    case .opened: "journal.opened"
    case .contactIntended: "contact.intended"
    case .contactSent: "contact.sent"
    case .contactDeferred: "contact.deferred"
    case .contactFailed: "contact.failed"
    case .contactInDoubt: "contact.in_doubt"
    case .contactResolved: "contact.resolved"
    case .contactCancelled: "contact.cancelled"
    case .contactBounced: "contact.bounced"
    case .contactReplied: "contact.replied"
    case .addressCleared: "address.cleared"
    case .restPlaced(let rest): rest.isProposal ? Rest.Kind.proposed : rest.kind.placed
    case .restEnded(let end): end.kind.ended(end.outcome)
    case .callLogged: "call.logged"
    case .stepSkipped(_, _, let undone, _, _): undone ? "step.restored" : "step.skipped"
    case .noteAdded: "note.added"
    case .statementRequested(let request): request.isWithdrawn ? "statement.withdrawn" : "statement.requested"
    case .approvalGiven: "approval.given"
    case .daemonStarted: "daemon.started"
    case .daemonStopped: "daemon.stopped"
    case .daemonReloaded: "daemon.reloaded"
    case .cycleCompleted: "cycle.completed"
    case .journalRecovered: "journal.recovered"
    case .journalErased: "journal.erased"
    case .unknown(let type): type
    }
  }
}

extension Rest.Kind {
  /// The type of the record that places such a rest.
  var placed: String {
    switch self {
    case .hold: "hold.placed"
    case .dispute: "dispute.opened"
    case .promise: "promise.made"
    case .plan: "plan.agreed"
    case .reply: "reply.placed"
    }
  }

  /// The type of the record of a plan that is still to be agreed to.
  static let proposed = "plan.proposed"

  /// The types of records that can end such a rest; the first is for an outcome that has no word of its own.
  var endings: [String] {
    switch self {
    case .hold: ["hold.released"]
    case .dispute: ["dispute.closed"]
    case .promise: ["promise.ended", "promise.kept", "promise.broken"]
    case .plan: ["plan.ended", "plan.broken", "plan.completed"]
    case .reply: ["reply.ended"]
    }
  }

  func ended(_ outcome: String?) -> String {
    // What came in part did not come.
    if self == .promise, outcome == "partly_kept" { return "promise.broken" }
    return endings.first { type in type.split(separator: ".").last.map(String.init) == outcome } ?? endings[0]
  }
}
