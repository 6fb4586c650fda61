/// Why an item is contacted now, or is not: the words that every command, record and report uses.
///
/// In the order in which they are tested; the first that holds is the reason.
package enum ReasonCode: String, CaseIterable, Sendable, Comparable {
  case settled
  case quarantined
  case handedOver = "handed_over"
  case held
  case disputed
  case promised
  case inPlan = "in_plan"
  case autopay
  case replied
  case noSchedule = "no_schedule"
  case excluded
  case completed
  case capped
  case belowMinimum = "below_minimum"
  case taskOpen = "task_open"
  case notYet = "not_yet"
  case staleLedger = "stale_ledger"
  case cashNotPosted = "cash_not_posted"
  case doNotContact = "do_not_contact"
  case noAddress = "no_address"
  case inDoubt = "in_doubt"
  case needsApproval = "needs_approval"
  case deadlineRunning = "deadline_running"
  case tooSoon = "too_soon"
  case retryLater = "retry_later"
  case outsideHours = "outside_hours"
  case contact

  package var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  package static func < (a: ReasonCode, b: ReasonCode) -> Bool { a.order < b.order }
}
