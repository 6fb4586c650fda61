import Ledger
import Units

/// Test 19: the step, or the first cycle, needs a person's word. (The size of the cycle is known only at the end.)
extension GroupCase {
  func needsApproval(_ item: ItemCase) -> Finding? {
    guard let next = item.next else { return nil }
    if let need = stepApproval(item, next) {
      return Finding(.needsApproval(need), next.stepCase.rule)
    }
    guard policy.contact.firstCycle == .approve, !history.hasSentContact,
      channel(of: next.stepCase)?.isAutomatic ?? false,
      !isApproved(item, next, .cycle)
    else { return nil }
    return Finding(.needsApproval(.firstCycle), docket.rules.firstCycle)
  }

  /// What is missing for a step that asks for approval; nil when nothing is.
  private func stepApproval(_ item: ItemCase, _ next: NextStep) -> Ground.ApprovalNeed? {
    let isBroken = item.brokenPromises >= Self.brokenPromisesMax && next.step.level >= 1
    guard next.step.approval || isBroken, !isApproved(item, next, .contact) else { return nil }
    if let given = approvals(of: item, next, .contact).last, !given.granted { return .refused(given.at) }
    return next.step.approval ? .step : .brokenPromises(item.brokenPromises)
  }

  /// Who breaks a second promise is a person's business.
  static let brokenPromisesMax = 2

  /// Approval is asked for some days before the step's day, so that it is there in time; not again once it is refused. Nil
  /// where it is not.
  func asksApproval(_ item: ItemCase) -> Ground.ApprovalNeed? {
    guard let next = item.next, today >= next.opens - policy.contact.approvalAheadDays else { return nil }
    let need = stepApproval(item, next)
    if case .refused? = need { return nil }
    return need
  }

  /// It holds for that item and step, up to the amount shown, for two weeks; a later word takes the place of an
  /// earlier one.
  func isApproved(_ item: ItemCase, _ next: NextStep, _ extent: Approval.Extent) -> Bool {
    approvals(of: item, next, extent).last.map { $0.granted && item.dunnable <= $0.line.upTo } ?? false
  }

  /// Whether it stands on an approved list, at its next step and up to that amount.
  func isListed(_ item: ItemCase) -> Bool { item.next.map { isApproved(item, $0, .cycle) } ?? false }

  private func approvals(of item: ItemCase, _ next: NextStep, _ extent: Approval.Extent) -> [GivenApproval] {
    guard !isUntouched, let given = history.approvals[item.key] else { return [] }
    return given.filter {
      $0.extent == extent && $0.line.step == next.step.name && $0.line.repetition == next.repetition
        && $0.line.upTo.currency == account.currency && horizon.isAhead($0.at + .days(ContactRules.approvalValidDays))
    }
  }
}
