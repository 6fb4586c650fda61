import Ledger
import Receivables
import Units

/// The step that an item comes to next, and the days on which it may go.
struct NextStep {
  var stepCase: StepCase
  /// 0 for the first sending, then the repeats.
  var repetition: Int
  var anchorDate: Day
  /// As the policy says, closed days not minded.
  var planned: Day
  /// The first day on which it may go.
  var opens: Day
  /// The last day on which it may go; nil for a notice, which never lapses.
  var closes: Day?

  var step: Step { _read { yield stepCase.step } }
}

enum StepChoice {
  case step(NextStep)
  /// Only steps above the customer's `max_level` are left.
  case capped(maxLevel: Int)
  /// Every step was done or passed, or its time is over.
  case completed
}

/// Chooses the next step of one item.
struct StepChooser {
  let item: OpenItem
  let schedule: ScheduleCase
  let progress: Progress
  let calendar: PayerCalendar
  let frequency: ContactFrequency
  let maxLevel: Int?
  /// The terms that hold for the item, for discounts.
  let terms: PaymentTerms?
  /// Ids of the contacts about it that were tried today.
  let contactsToday: [String]
  /// Where in the schedule it goes on after a broken promise, unless it has come further; nil for where it stood.
  var jumps: Int?
  /// A message about a promise or plan that could not go on its day goes on a later one: what was agreed is confirmed
  /// late rather than never.
  var lingers = false

  var choice: StepChoice {
    var first: NextStep?
    var lastDue: NextStep?
    var capped = false
    let jumps = allowedJump
    for step in schedule.steps where !progress.passed(step, of: schedule) && step.index >= jumps ?? 0 {
      guard var next = window(of: step) else { continue }
      if step.index == jumps {
        // Sooner than its own day, but never before the invoice is overdue.
        let earliest = max(calendar.today, item.invoice.due + schedule.graceDays + 1)
        next.planned = min(next.planned, earliest)
        next.opens = min(next.opens, calendar.openDay(onOrAfter: earliest))
      }
      if let maxLevel, step.step.level > maxLevel {
        capped = true
      } else {
        if first == nil { first = next }
        if schedule.catchUp == .next { break }
        if next.opens <= calendar.today { lastDue = next }
      }
    }
    let chosen = lastDue ?? first
    // A repeat goes as long as the step after it is not due.
    if let again = repeated, chosen.map({ $0.opens > calendar.today && again.planned < $0.planned }) ?? true {
      return .step(again)
    }
    if let chosen { return .step(chosen) }
    return capped ? .capped(maxLevel: maxLevel ?? 0) : .completed
  }

  /// Nil where the customer may not get the step at which it would go on: then it goes on where it stood.
  private var allowedJump: Int? {
    guard let jumps, let maxLevel else { return jumps }
    return schedule.steps.contains {
      $0.index >= jumps && $0.step.level <= maxLevel && !progress.passed($0, of: schedule)
    }
      ? jumps : nil
  }

  /// The days on which `step` may go; nil when its anchor is missing or its time has passed.
  private func window(of step: StepCase) -> NextStep? {
    guard let anchor = anchorDate(of: step.step.anchor) else { return nil }
    let planned = anchor + step.step.day
    return step.step.level >= 1 ? notice(step, anchor, planned) : reminder(step, anchor, planned)
  }

  /// A notice is due from its day on; on a closed day it goes on the next open one.
  private func notice(_ step: StepCase, _ anchor: Day, _ planned: Day) -> NextStep {
    let planned = max(planned, item.invoice.due + schedule.graceDays + 1)
    return NextStep(
      stepCase: step, repetition: 0, anchorDate: anchor, planned: planned, opens: calendar.openDay(onOrAfter: planned))
  }

  /// A reminder before the due date moves before closed days and lapses with the day before the due date; one on or
  /// after its anchor's day goes on that day only. One that the calendar or the cap keeps from going is none.
  private func reminder(_ step: StepCase, _ anchor: Day, _ planned: Day) -> NextStep? {
    var next = NextStep(stepCase: step, repetition: 0, anchorDate: anchor, planned: planned, opens: planned)
    let anchoredAt = step.step.anchor
    if step.step.day >= 0 {
      // An invoice cannot be sent before it exists, so one that is dated on a closed day goes on the next open one.
      if anchoredAt == .issued { next.opens = calendar.openDay(onOrAfter: planned) }
      next.closes = lingers ? item.invoice.due : next.opens
    } else {
      next.opens = calendar.openDay(onOrBefore: planned)
      next.closes = item.invoice.due - 1
    }
    // After the due date there are only notices, so one that is planned for then never goes.
    guard next.opens <= item.invoice.due else { return nil }
    if anchoredAt == .discount { next.closes = min(next.closes ?? anchor, anchor) }
    guard let closes = next.closes, calendar.today <= closes, calendar.today <= item.invoice.due else { return nil }
    return firstDay(of: next) <= closes ? next : nil
  }

  /// The first day on which a reminder can really go: by the cap, and by the hour where today's may be over. What a person
  /// does, a page that is to be posted too, waits for neither once its time has come.
  private func firstDay(of next: NextStep) -> Day {
    let own = progress.open.flatMap { $0.item(item.key)?.step == next.step.name ? $0 : nil }
    var first = max(calendar.today, next.opens)
    let isByHand = !next.step.channel.isAutomatic || own?.standing == .outbox
    if isByHand, next.opens <= calendar.today { return calendar.openDay(onOrAfter: first) }
    if !isByHand, first == calendar.today, let opens = calendar.closed?.opens { first = calendar.zone.day(opens) }
    // A doubt about this very step does not stand in its way.
    let prospect = Prospect(
      kind: next.stepCase.kind, again: own?.standing == .inDoubt ? own?.id : nil,
      only: schedule.consolidation == .invoice ? contactsToday : nil)
    return frequency.firstDay(for: prospect, from: first)
  }

  private func anchorDate(of anchor: Step.Anchor) -> Day? {
    switch anchor {
    case .due: item.invoice.due
    case .issued: item.invoice.issued
    case .discount: discount(on: calendar.today)?.lastDay
    case .paid: nil
    }
  }

  /// The discount that can still be had on `day`: the one whose last day comes first.
  private func discount(on day: Day) -> (lastDay: Day, basisPoints: Int)? {
    item.openDiscount(on: day, terms: terms)
  }

  /// The repeat of the last step done that is still to come.
  private var repeated: NextStep? {
    guard let last = progress.done.last, !progress.skipped.contains(last.item.step),
      let step = schedule.steps.first(where: { $0.step.name == last.item.step }),
      maxLevel.map({ step.step.level <= $0 }) ?? true,
      let repetition = step.step.repetition, let sent = progress.sendings(of: step.step), sent.count <= repetition.times
    else { return nil }
    let planned = calendar.zone.day(sent.last) + repetition.everyDays
    var next = NextStep(
      stepCase: step, repetition: sent.count, anchorDate: last.item.anchorDate, planned: planned,
      opens: calendar.openDay(onOrAfter: planned))
    if step.step.level == 0 {
      next.closes = item.invoice.due - 1
      guard calendar.today < item.invoice.due, firstDay(of: next) < item.invoice.due else { return nil }
    }
    return next
  }
}

extension OpenItem {
  /// The early-payment discount that can still be had on `day`: the one whose last day comes first.
  func openDiscount(on day: Day, terms: PaymentTerms?) -> (lastDay: Day, basisPoints: Int)? {
    guard let issued = invoice.issued, let terms = invoice.terms ?? terms else { return nil }
    return terms.discounts.map { (lastDay: issued + $0.days, basisPoints: $0.basisPoints) }
      .filter { $0.lastDay >= day }
      .min { $0.lastDay < $1.lastDay }
  }
}
