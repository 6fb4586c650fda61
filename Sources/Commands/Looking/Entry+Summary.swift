import Decisions
import Journal
import Ledger
import Units

extension Entry {
  /// What the record says, in a few words, for lists.
  var summary: String {
    switch event {
    case .opened(let instance): return "instance \(instance)"
    case .contactIntended(let intended):
      let items = intended.invoices.map(\.key.number).joined(separator: " ")
      return "\(intended.contact) \(intended.step), level \(intended.level), \(intended.amount): \(items)"
    case .contactSent(let attempt): return "\(attempt.contact) \(attempt.reply ?? "accepted")"
    case .contactDeferred(let attempt, let next):
      return "\(attempt.contact) \(attempt.stage): \(attempt.reply ?? ""), again from \(next)"
    case .contactFailed(let attempt): return "\(attempt.contact) \(attempt.stage): \(attempt.reply ?? "")"
    case .contactInDoubt(let contact, _, _, let why): return "\(contact) \(why)"
    case .contactResolved(let contact, let sent, let by): return "\(contact) \(sent ? "sent" : "not sent"), says \(by)"
    case .contactCancelled(let contact, let reason): return "\(contact) \(reason.rawValue)"
    case .contactBounced(let contact, _, _, let status, let permanent, _, _):
      return "\(contact) \(status), \(permanent ? "permanent" : "not permanent")"
    case .contactReplied(let reply):
      return ([reply.contact ?? reply.customer] + [reply.suggestionWords, reply.excerpt?.onOneLine ?? "(erased)"])
        .filter { !$0.isEmpty }.joined(separator: " ")
    case .restPlaced(let rest): return "\(rest.scope.words), \(rest.words)"
    case .restEnded(let end): return "\(end.scope.words), \(end.words)"
    case .callLogged(let call): return "customer \(call.customer), \(call.words)"
    case .stepSkipped(let scope, let step, _, let by, let text):
      return "\(step) of \(scope.words) by \(by)" + (text.map { ": \($0)" } ?? "")
    case .noteAdded(let scope, let by, let text): return "\(scope.words) by \(by): \(text ?? "(erased)")"
    case .statementRequested(let request):
      return "customer \(request.customer) in \(request.currency.code), by \(request.by)"
        + (request.text.map { ": \($0)" } ?? "")
    case .approvalGiven(let approval):
      return
        "\(approval.granted ? "granted" : "refused") by \(approval.by): \(approval.subject), \(approval.lines.count.of("step"))"
    case .addressCleared(let customer, _, let by): return "\(customer) by \(by)"
    case .daemonStarted(let version, _), .daemonStopped(let version), .daemonReloaded(let version, _): return version
    case .cycleCompleted(let summary):
      return "\(summary.contacts.of("contact")), \(summary.failed) failed, \(summary.deferred) deferred, "
        + "\(summary.inDoubt) in doubt"
    case .journalRecovered(let bytes, _, let file): return "\(bytes) bytes kept aside in \(file)"
    case .journalErased(let customer, let records, let messages, let by, _):
      return "\(customer): \(records.of("record")) and \(messages.of("message")), by \(by)"
    case .unknown: return ""
    }
  }
}
