import Ledger
import Units

/// `[promise]`: promises to pay.
package struct PromiseRules: Sendable {
  /// Banking days after the day to pay by, for the money to be posted.
  package var graceBankingDays = 3
  package var gracePlace: Place?
  /// Messages about a promise: anchor `issued` is the day on which it was made, `due` the day to pay by.
  package var steps: [Step] = []
  package var place: Place?

  package init() {}

  package static let scheduleName = "promise"

  package var schedule: Schedule {
    Schedule(name: Self.scheduleName, steps: steps, consolidation: .invoice, place: place)
  }
}

/// `[plan]`: payment plans, who may have one, and how their instalments are followed up.
package struct PlanRules: Sendable {
  /// The instalments' own steps; the anchor is the instalment's due date.
  package var steps: [Step] = []
  /// Civil days after an instalment's due date before a missed one breaks the plan.
  package var graceDays = 7
  /// Up to this a clerk agrees to a plan alone; a currency that is not listed has no limit.
  package var maxAmount: [Money] = []
  /// From the first instalment to the last; nil is no limit.
  package var maxMonths: Int?
  /// Days for which a proposal waits for the customer's answer and rests its invoices.
  package var proposalDays = 14
  /// The template of the message that proposes a plan; nil sends none.
  package var proposalTemplate: String?
  package var place: Place?

  package init() {}

  package static let scheduleName = "plan"
  package static let proposalName = "plan-proposal"

  package var schedule: Schedule {
    Schedule(name: Self.scheduleName, steps: steps, consolidation: .invoice, place: place)
  }

  /// One message, on the day of the proposal.
  package var proposalSchedule: Schedule {
    let steps = proposalTemplate.map {
      [Step(name: Self.proposalName, anchor: .issued, day: 0, level: 0, template: $0, place: place)]
    }
    return Schedule(name: Self.proposalName, steps: steps ?? [], consolidation: .invoice, place: place)
  }

  /// Whether it takes a second person's word, and why; nil when it does not.
  package func excess(of plan: Rest) -> String? {
    if let amount = plan.amount, let most = maxAmount.first(where: { $0.currency == amount.currency }), amount > most {
      return "\(amount) is more than plan.max_amount \(most)"
    }
    let dues = plan.instalments.map(\.due)
    if let maxMonths, let first = dues.min(), let last = dues.max(), first.adding(months: maxMonths) < last {
      return "it runs from \(first) to \(last), longer than plan.max_months \(maxMonths)"
    }
    return nil
  }
}

extension Policy {
  /// Schedules of what stands in for items: no schedule of the file may bear their names.
  package static let reservedSchedules = [
    PlanRules.scheduleName, PlanRules.proposalName, PromiseRules.scheduleName, StatementRules.scheduleName,
  ]

  package var pledgeSchedules: [Schedule] {
    [plan.schedule, plan.proposalSchedule, promise.schedule, statement.schedule]
  }
}
