import Ledger
import Units

/// The policy's schedules with what is the same for every item under them, worked out once.
struct Schedules: Sendable {
  let all: [ScheduleCase]
  /// Of the instalments of payment plans, of plans that are proposed, and of promises.
  let plan: ScheduleCase
  let proposal: ScheduleCase
  let promise: ScheduleCase
  let statement: ScheduleCase
  /// How long after the day of payment thanks may go by one of them, closed days and some more included; nil where none
  /// gives any.
  let thanksDays: Int?

  /// No holidays are longer.
  private static let closedDaysMax = 14

  init(_ policy: Policy) {
    all = policy.schedules.map(ScheduleCase.init)
    plan = ScheduleCase(policy.plan.schedule)
    proposal = ScheduleCase(policy.plan.proposalSchedule)
    promise = ScheduleCase(policy.promise.schedule)
    statement = ScheduleCase(policy.statement.schedule)
    thanksDays = all.compactMap { $0.thanks.map { $0.step.day + $0.step.withinDays + Self.closedDaysMax } }.max()
  }

  func named(_ name: String) -> ScheduleCase? { all.first { $0.name == name } }
}

/// A schedule under which items are; shared by them.
final class ScheduleCase: Sendable {
  let schedule: Schedule
  /// All that follow up what is open.
  let steps: [StepCase]
  /// What is sent when an item was paid.
  let thanks: StepCase?
  let rule: Rule
  let name: String
  let graceDays: Int
  let consolidation: Schedule.Consolidation
  let catchUp: Schedule.CatchUp
  /// Where the step stands at which an item goes on after a broken promise.
  let onBrokenPromise: Int?

  init(_ schedule: Schedule) {
    self.schedule = schedule
    let all = schedule.steps.enumerated().map { StepCase($1, at: $0, of: schedule) }
    steps = all.filter { $0.kind != .thanks }
    thanks = all.first { $0.kind == .thanks }
    rule = .schedule(schedule)
    name = schedule.name
    graceDays = schedule.graceDays
    consolidation = schedule.consolidation
    catchUp = schedule.catchUp
    onBrokenPromise = schedule.onBrokenPromise.flatMap { name in schedule.steps.firstIndex { $0.name == name } }
  }
}

/// A step of a schedule; shared by the items that come to it.
final class StepCase: Sendable {
  let step: Step
  /// Where it stands in its schedule.
  let index: Int
  let rule: Rule
  let kind: ContactKind

  init(_ step: Step, at index: Int, of schedule: Schedule) {
    self.step = step
    self.index = index
    rule = .step(step, of: schedule)
    kind = step.kind
  }
}
