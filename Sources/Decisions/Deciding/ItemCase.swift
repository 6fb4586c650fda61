import Ledger
import Receivables
import Units

/// One open item with all that its decision rests on.
///
/// A class, since twenty tests look at each; only its `GroupCase` fills it in, before any of them.
final class ItemCase {
  let item: OpenItem
  let progress: Progress
  /// Nil when no schedule matches.
  let schedule: ScheduleCase?
  let choice: StepChoice
  /// The step that comes next; nil when none does.
  let next: NextStep?
  /// Holds, disputes and the like that people placed on it, its customer or its payer.
  var rests: [PlacedRest] = []
  /// A rest that covers it: tests 2 to 9. It takes credit last, and is not asked for.
  var rest: Finding?
  /// The part that people or the ledger contest.
  var disputed: Money
  /// Unapplied credit that it got.
  var credit: Money
  /// The doubtful contact that is to be sent once more.
  var again: String?
  /// The promise or plan that it stands in for, as an instalment does; nil for an item of the ledger.
  var pledge: Rest? {
    get { pledged.first }
    set { pledged = newValue.map { [$0] } ?? [] }
  }
  /// What it stands in for where it is no item of the ledger and none of a promise or plan.
  var courtesy: Courtesy?
  /// Promises about it that were not kept.
  var brokenPromises = 0
  /// Ids of the contacts about it that were tried today.
  var contactsToday: [String] = []
  /// In a list, since a rest is large and nearly no item stands in for one.
  private var pledged: [Rest] = []

  init(_ item: OpenItem, _ progress: Progress, _ schedule: ScheduleCase?, _ choice: StepChoice) {
    self.item = item
    self.progress = progress
    self.schedule = schedule
    self.choice = choice
    next = if case .step(let next) = choice { next } else { nil }
    disputed = item.disputed
    credit = .zero(item.open.currency)
  }

  var key: ItemKey { item.key }
  var isStandIn: Bool { !pledged.isEmpty || courtesy != nil }

  /// What may be asked for.
  var dunnable: Money {
    let left = item.open - disputed - credit
    return left.isNegative ? .zero(left.currency) : left
  }

  /// The contact that its next step would be; nil when there is no such step.
  var prospect: Prospect? {
    next.map {
      Prospect(
        kind: $0.stepCase.kind, again: again,
        only: courtesy == nil && schedule?.consolidation == .invoice ? contactsToday : nil,
        isAskedFor: courtesy == .statement(isAskedFor: true))
    }
  }

  /// Past due, and beyond the days of grace.
  var isOverdue: Bool { item.daysPastDue.map { $0 > schedule?.graceDays ?? 0 } ?? false }
}

/// What a test found: the reason with its facts, the rule that it follows, and how long it lasts.
struct Finding {
  var ground: Ground
  var rule: Rule
  var until: Decision.Until?

  init(_ ground: Ground, _ rule: Rule, until: Decision.Until? = nil) {
    self.ground = ground
    self.rule = rule
    self.until = until
  }
}

extension Rule {
  static func schedule(_ schedule: Schedule) -> Rule { Rule("schedule \"\(schedule.name)\"", schedule.place) }

  static func step(_ step: Step, of schedule: Schedule) -> Rule {
    Rule("schedule \"\(schedule.name)\", step \"\(step.name)\"", step.place ?? schedule.place)
  }
}

extension Decision {
  init(_ item: ItemCase, _ finding: Finding, _ group: GroupCase, asksApproval: Bool) {
    self.init(
      key: item.key, payer: group.account.payer.id, currency: group.account.currency, due: item.item.invoice.due,
      open: item.item.open, dunnable: item.rest == nil ? item.dunnable : .zero(group.account.currency),
      daysPastDue: item.item.daysPastDue, schedule: item.schedule?.name, step: item.next?.step,
      repetition: item.next?.repetition ?? 0, ground: finding.ground, rule: finding.rule, until: finding.until)
    self.asksApproval = asksApproval
    owed = item.dunnable
    pledge = group.pledge(on: item)
    uncredited = group.uncredited(item).map { [$0] } ?? []
    zone = group.calendar.zone
  }
}
