import Ledger
import Units

/// The ordered tests: the first that finds something is the reason.
///
/// Each says in its first lines when it holds. A test that finds nothing passes the item on; the last one, `contact`,
/// always finds.
extension GroupCase {
  func finding(for item: ItemCase) -> Finding {
    notFollowedUp(item) ?? notYetOrUnsure(item) ?? notReachable(item) ?? notNow(item) ?? contact(item)
  }

  /// Tests 1 to 12.
  private func notFollowedUp(_ item: ItemCase) -> Finding? {
    settled(item) ?? resting(item) ?? noScheduleOrExcluded(item) ?? completedOrCapped(item) ?? belowMinimum(item)
  }

  /// Tests 13 to 15.
  private func notYetOrUnsure(_ item: ItemCase) -> Finding? {
    taskOpen(item) ?? notYet(item) ?? staleLedger(item) ?? cashNotPosted(item)
  }

  /// Tests 16 to 19.
  private func notReachable(_ item: ItemCase) -> Finding? {
    doNotContact(item) ?? noAddress(item) ?? inDoubt(item) ?? needsApproval(item)
  }

  /// Tests 20 to 23.
  private func notNow(_ item: ItemCase) -> Finding? {
    deadlineRunning(item) ?? tooSoon(item) ?? retryLater(item) ?? outsideHours(item)
  }

  /// Nothing is open, or unapplied credit covers it.
  private func settled(_ item: ItemCase) -> Finding? {
    if item.courtesy != nil { return nil }
    guard item.item.open.isPositive else {
      return Finding(.settled(.paid), Rule("ledger row", item.item.invoice.place))
    }
    guard item.credit >= item.item.open else { return nil }
    return Finding(.settled(.credited(item.credit)), Rule("ledger row", item.item.invoice.place))
  }

  /// Quarantined, handed over, held, disputed, promised, in a plan, collected, answered: gathered beforehand, because
  /// what rests takes credit last.
  private func resting(_ item: ItemCase) -> Finding? { item.rest }

  private func noScheduleOrExcluded(_ item: ItemCase) -> Finding? { excluded(item) }

  /// No schedule matches; its schedule has no steps; it was due before `ignore_due_before`.
  func excluded(_ item: ItemCase) -> Finding? {
    guard let schedule = item.schedule else { return Finding(.noSchedule, Rule("schedule")) }
    if schedule.steps.isEmpty, item.courtesy == nil { return Finding(.excluded(.noSteps), schedule.rule) }
    if let first = policy.contact.ignoreDueBefore, item.item.invoice.due < first {
      return Finding(
        .excluded(.dueBefore(first)), Rule("contact.ignore_due_before", policy.contact.places.ignoreDueBefore))
    }
    return nil
  }

  /// Every step has been done; only steps above the customer's `max_level` are left.
  private func completedOrCapped(_ item: ItemCase) -> Finding? {
    guard let schedule = item.schedule else { return nil }
    switch item.choice {
    case .step: return nil
    case .completed: return Finding(.completed, schedule.rule)
    case .capped(let maxLevel):
      return Finding(.capped(maxLevel: maxLevel), Rule("ledger column max_level", payer.place))
    }
  }

  /// What the group owes on overdue items is under `min_balance`; notices only.
  private func belowMinimum(_ item: ItemCase) -> Finding? {
    guard let next = item.next, next.step.level >= 1, !item.isStandIn,
      let minimum = policy.contact.minBalance.first(where: { $0.currency == account.currency })
    else { return nil }
    let balance = item.isOverdue ? overdueBalance : overdueBalance + item.dunnable
    guard balance < minimum else { return nil }
    return Finding(
      .belowMinimum(balance: balance, minimum: minimum),
      Rule("contact.min_balance", policy.contact.places.minBalance))
  }

  /// Its call, letter or other task waits for a person; nothing else climbs meanwhile. A task comes up when its step is
  /// due: not while a deadline or the item's own gap runs, nor before the approval that it asks for, nor while a doubt about
  /// the step before is to be asked about. A letter is one from when its page lies in the outbox.
  private func taskOpen(_ item: ItemCase) -> Finding? {
    if let next = item.next, let letter = openLetter(of: item) {
      return Finding(.letterOpen(contact: letter.id), next.stepCase.rule)
    }
    guard let next = item.next, let prospect = item.prospect, next.opens <= today,
      !next.step.approval, let channel = channel(of: next.stepCase), !channel.isAutomatic, inDoubt(item) == nil,
      frequency.deadlineRunning(for: prospect, on: today) == nil, tooSoonForTask(item) == nil
    else { return nil }
    return Finding(.taskOpen(channel), next.stepCase.rule)
  }

  /// The step's day has not come. Says the day on which it can really go.
  private func notYet(_ item: ItemCase) -> Finding? {
    guard let next = item.next, today < next.opens else { return nil }
    let goes = firstDay(of: item, from: next.opens)
    return Finding(
      .notYet(planned: next.planned, goes: goes), next.stepCase.rule, until: .day(goes))
  }

  /// The snapshot is older than `max_age`.
  private func staleLedger(_ item: ItemCase) -> Finding? {
    guard let limit = policy.freshness.maxAge, docket.ledgerAge > limit else { return nil }
    return Finding(.staleLedger(age: docket.ledgerAge, limit: limit), docket.rules.staleLedger)
  }

  /// Bank statements are not posted up to the banking day before today; notices only.
  private func cashNotPosted(_ item: ItemCase) -> Finding? {
    guard policy.freshness.needsPostedCash, let next = item.next, next.step.level >= 1 else { return nil }
    let needed = calendar.bankingDay(-1, after: today)
    if let posted = docket.cashThrough, posted >= needed { return nil }
    return Finding(.cashNotPosted(posted: docket.cashThrough, needed: needed), docket.rules.cashNotPosted)
  }

  /// The customer asked for no contact on every channel that the step can use.
  private func doNotContact(_ item: ItemCase) -> Finding? {
    guard let next = item.next, !isAllowed(next.step.channel), !isAllowed(next.step.fallback) else { return nil }
    return Finding(.doNotContact, Rule("ledger column do_not_contact", payer.place))
  }

  /// No usable address: none, or all of them bad; and no fallback channel either.
  private func noAddress(_ item: ItemCase) -> Finding? {
    guard let next = item.next, channel(of: next.stepCase) == nil else { return nil }
    if next.step.channel == .letter { return Finding(.noAddress(bad: []), Rule("ledger column address", payer.place)) }
    return Finding(.noAddress(bad: payer.emails.sorted()), Rule("ledger column email", payer.place))
  }

  /// An attempt's outcome is unknown, and the step's policy is to ask.
  private func inDoubt(_ item: ItemCase) -> Finding? {
    guard let next = item.next, let open = item.progress.open,
      open.standing == .inDoubt, let past = open.item(item.key),
      policy.inDoubt(of: past) == .ask
    else { return nil }
    return Finding(.inDoubt(contact: open.id), next.stepCase.rule)
  }

  /// A deadline that was given to the group has not passed, with two banking days for the money to post.
  private func deadlineRunning(_ item: ItemCase) -> Finding? {
    guard let prospect = item.prospect, let schedule = item.schedule,
      let running = frequency.deadlineRunning(for: prospect, on: today)
    else { return nil }
    return Finding(
      .deadlineRunning(deadline: running.deadline, until: running.until), schedule.rule,
      until: .day(firstDay(of: item, from: running.until)))
  }

  /// The cap or the gap.
  private func tooSoon(_ item: ItemCase) -> Finding? {
    if let until = behindReminder(item) {
      let rule = Rule("contact.at_most", policy.contact.places.atMost)
      return Finding(.tooSoon(.behindReminder, last: today, until: until), rule, until: .day(until))
    }
    guard let prospect = item.prospect,
      let soon = isTask(item) ? tooSoonForTask(item) : frequency.tooSoon(prospect, on: today)
    else { return nil }
    let rule: Rule =
      switch soon.why {
      case .gap: Rule("contact.min_gap", policy.contact.places.minGap)
      case .cap, .sameDay, .behindReminder: Rule("contact.at_most", policy.contact.places.atMost)
      }
    let goes = firstDay(of: item, from: soon.until)
    return Finding(.tooSoon(soon.why, last: soon.last, until: goes), rule, until: .day(goes))
  }

  /// The last attempt failed for now.
  private func retryLater(_ item: ItemCase) -> Finding? {
    guard let open = item.progress.open else { return nil }
    let until: Instant
    switch open.standing {
    case .deferred(let next): until = next
    // The server refused the message itself: the same text is not offered again before a day has passed.
    case .failed where !usableAddresses.isEmpty && open.to.contains(where: { usableAddresses.contains($0) }):
      until = open.at + .days(1)
    // So did a service, which would refuse it in each cycle.
    case .failed where open.channel == .webhook && item.next.flatMap { channel(of: $0.stepCase) } == .webhook:
      until = open.at + .days(1)
    // It came back from a mailbox that is full or a server that is down, and would do so in each cycle: longer each time.
    case .bounced where open.addressesTried.contains(where: { usableAddresses.contains($0) }):
      until = open.at + .days(min(7, 1 << min(3, max(0, open.attempt - 1))))
    default: return nil
    }
    guard horizon.isWaiting(until: until) else { return nil }
    return Finding(
      .retryLater(contact: open.id, until: until), Rule("retry after a failed attempt"), until: .instant(until))
  }

  /// Weekend, holiday or hour. Says when it opens.
  private func outsideHours(_ item: ItemCase) -> Finding? {
    guard let closed = calendar.closed else { return nil }
    let rule =
      switch closed.why {
      case .hours: docket.rules.hours
      case .weekday: docket.rules.days
      case .holiday: docket.rules.holidays
      }
    return Finding(.outsideHours(closed.why, opens: closed.opens), rule, until: .instant(closed.opens))
  }

  private func contact(_ item: ItemCase) -> Finding {
    guard let next = item.next else {
      preconditionFailure("an item without a step got past the tests")
    }
    // A person hands over or calls once it is approved.
    if let channel = channel(of: next.stepCase), !channel.isAutomatic {
      return Finding(.taskOpen(channel), next.stepCase.rule)
    }
    return Finding(.contact, next.stepCase.rule)
  }

  // MARK: - Channels and addresses

  /// Whether the customer lets a step use the channel; no is the answer for none.
  private func isAllowed(_ channel: Channel?) -> Bool {
    channel.map { !doNotContact.forbids($0) } ?? false
  }

  /// The channel that the step really takes: the first that the customer allows and, for e-mails and letters, that has an
  /// address. Nil when there is none.
  func channel(of stepCase: StepCase) -> Channel? {
    func canTake(_ channel: Channel?) -> Bool {
      guard isAllowed(channel) else { return false }
      switch channel {
      case .email: return !usableAddresses.isEmpty
      case .letter: return address.isUsable
      default: return true
      }
    }
    let (channel, fallback) = (stepCase.step.channel, stepCase.step.fallback)
    return canTake(channel) ? channel : canTake(fallback) ? fallback : nil
  }
}
