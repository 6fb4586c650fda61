import Ledger

/// Whom and what an event is about.
extension HistoryEvent {
  /// The contact's id; nil when it is about none.
  package var contact: String? {
    switch self {
    case .contactIntended(let intended): intended.contact
    case .callLogged(let call): call.contact?.contact
    case .contactSent(let attempt), .contactDeferred(let attempt, _), .contactFailed(let attempt): attempt.contact
    case .contactInDoubt(let id, _, _, _), .contactResolved(let id, _, _), .contactCancelled(let id, _),
      .contactBounced(let id, _, _, _, _, _, _):
      id
    case .contactReplied(let reply): reply.contact
    default: nil
    }
  }

  /// The customer at the top level of its record: the payer, or whom a person acted on.
  package var customer: String? {
    switch self {
    case .contactIntended(let intended): intended.customer
    case .contactReplied(let reply): reply.customer
    case .addressCleared(let customer, _, _),
      .journalErased(let customer, _, _, _, _):
      customer
    case .callLogged(let call): call.customer
    case .statementRequested(let request): request.customer
    default: scope?.customer
    }
  }

  /// The customer whom a person did something about; nil for the daemon's own doings.
  var attendedCustomer: String? {
    switch self {
    case .restPlaced(let rest): rest.scope.customer
    case .restEnded(let end) where !end.isSeen: end.scope.customer
    case .callLogged(let call): call.customer
    case .statementRequested(let request): request.customer
    case .stepSkipped(let scope, _, _, _, _), .noteAdded(let scope, _, _): scope.customer
    case .addressCleared(let customer, _, let by) where by != "dunningd": customer
    default: nil
    }
  }

  /// What a person acted on.
  package var scope: Scope? {
    switch self {
    case .restPlaced(let rest): rest.scope
    case .restEnded(let end): end.scope
    case .stepSkipped(let scope, _, _, _, _), .noteAdded(let scope, _, _): scope
    default: nil
    }
  }

  /// Items that move on, are asked for, rest, or are approved.
  package var keys: [ItemKey] {
    switch self {
    case .contactIntended(let intended): intended.invoices.map(\.key) + intended.listed.map(\.key)
    case .restPlaced(let rest): rest.items.map(\.key)
    case .callLogged(let call):
      (call.contact.map { $0.invoices.map(\.key) + $0.listed.map(\.key) } ?? []) + (call.rest?.items.map(\.key) ?? [])
    case .approvalGiven(let approval): approval.lines.map(\.key)
    default: []
    }
  }

  package func names(customer: String) -> Bool {
    self.customer == customer || keys.contains { $0.customer == customer }
  }

  package func names(invoice number: String) -> Bool {
    if case .invoice(_, number)? = scope { return true }
    return keys.contains { $0.number == number }
  }
}

extension Scope {
  /// Whose it is.
  package var customer: String {
    switch self {
    case .customer(let id), .invoice(let id, _): id
    }
  }
  /// `invoice R-1 of K-7`, `customer K-7`.
  package var words: String {
    switch self {
    case .customer(let id): "customer \(id)"
    case .invoice(let customer, let number): "invoice \(number) of \(customer)"
    }
  }
}
