import ArgumentParser
import Decisions
import Letters
import Units

struct PlanCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Agrees on a payment plan: instalments take the place of the invoices' due dates.",
    discussion: """
      All that is open on the invoices is paid by instalments: equal ones, of
      which the last takes the rounding, or those of --pay. They are followed up
      by `[plan] steps` and met oldest first. One that is missed beyond `[plan]
      grace` breaks the plan: the invoices go on where they stood. A plan beyond
      `[plan] max_amount` or `max_months` waits for `approve`.

      Examples:
        dunningd plan R-1042 R-1043 --instalments 6 --every month --first 2026-04-01
        dunningd plan K-7 --pay "2026-04-01=50.00 EUR" --pay "2026-05-15=120.00 EUR"
        dunningd plan R-1042 --instalments 3 --every 2w --first 2026-04-01 --propose
        dunningd plan plan-7t1v3x5z --agree
        dunningd plan plan-7t1v3x5z --withdraw --reason "pays at once after all"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Invoices, a customer, or a plan's id.", valueName: "invoice|customer|id"))
  var names: [String]

  @Option(help: ArgumentHelp("How many.", valueName: "number"))
  var instalments: Int?

  @Option(help: ArgumentHelp("month, quarter, week, or days and weeks such as 10d or 2w.", valueName: "rhythm"))
  var every: PlanRhythm?

  @Option(help: ArgumentHelp("The first instalment's due date.", valueName: "date"))
  var first: Day?

  @Option(
    help: ArgumentHelp("One instalment, such as \"2026-04-01=50.00 EUR\"; again for each.", valueName: "day=amount"))
  var pay: [String] = []

  @Flag(help: "Proposes it to the customer; it waits for --agree.")
  var propose = false

  @Flag(help: "The customer agreed to the proposal.")
  var agree = false

  @Flag(help: "Ends the plan, or takes the proposal back.")
  var withdraw = false

  @Option(help: ArgumentHelp("What was talked about, or why it is withdrawn.", valueName: "text"))
  var reason: String?

  func validate() throws {
    let isNew = instalments != nil || every != nil || first != nil || !pay.isEmpty
    if agree || withdraw {
      if isNew || propose || agree && withdraw {
        throw ValidationError("--agree and --withdraw take a plan's id and nothing that makes a new one")
      }
      if withdraw, reason?.isBlank ?? true { throw ValidationError("--withdraw needs --reason TEXT") }
      return
    }
    if pay.isEmpty, instalments == nil || every == nil || first == nil {
      throw ValidationError(
        "a plan needs --instalments N, --every RHYTHM and --first DATE, or --pay for each instalment")
    }
    if !pay.isEmpty, instalments != nil || every != nil || first != nil {
      throw ValidationError("--pay says all: leave out --instalments, --every and --first")
    }
    if let instalments, !(1...120).contains(instalments) {
      throw ValidationError("--instalments: found \(instalments), expected a whole number from 1 to 120")
    }
  }

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      if withdraw { return try step.withdraw(.plan, names, by: by.author, reason: reason) }
      if agree { return try agreed(step) }
      let listed = try pay.map { text throws(CommandFailure) in try PlanCommand.instalment(text) }
      let scopes = try step.scopes(of: names)
      var plan = try step.pledge(scopes, by: by.author, reason: reason) { pledging throws(Pledging.Refusal) in
        if let instalments, let every, let first {
          return try pledging.plan(instalments: instalments, every: every.rhythm, first: first)
        }
        return try pledging.plan(listed)
      }
      let rules = step.session.policy.plan
      let excess = rules.excess(of: plan)
      plan.stage =
        switch (propose, excess) {
        case (true, nil): .proposed
        case (false, nil): .agreed
        case (true, _): .waitsToBeProposed
        case (false, _): .waitsToBeAgreed
        }
      if plan.isProposal {
        plan.until = step.today + rules.proposalDays
      }
      var done = "\(plan.stage == .agreed ? "Agreed" : "Proposed"): \(plan.summary) (\(plan.id))."
      if let excess { done += " It waits for approval, since \(excess): dunningd approve \(plan.id)." }
      try step.record([.restPlaced(plan)], done: done, about: plan.itemScopes)
    }
  }

  private func agreed(_ step: Intervention) throws(CommandFailure) {
    var plans: [Rest] = []
    for name in names { plans += try step.placed(.plan, name).filter { plan in !plans.contains { $0.id == plan.id } } }
    let proposals = plans.filter(\.isProposal)
    guard !proposals.isEmpty, proposals.count == plans.count else {
      throw CommandFailure(
        .data, "there is no proposal to agree to by that name: nothing was recorded. `dunningd tasks` lists proposals")
    }
    if let waiting = proposals.first(where: { $0.stage != .proposed }) {
      throw CommandFailure(
        .data, "plan \(waiting.id) waits for approval: dunningd approve \(waiting.id); nothing was recorded")
    }
    let today = step.today
    for proposal in proposals {
      guard let first = proposal.instalments.map(\.due).min(), first < today else { continue }
      throw CommandFailure(
        .usage,
        "the first instalment of \(proposal.id) was due on \(first), before today: withdraw it and agree on new days; "
          + "nothing was recorded")
    }
    let events = proposals.map { proposal in
      HistoryEvent.restPlaced(proposal.moved(to: .agreed, by: by.author, reason: reason))
    }
    try step.record(
      events, done: "Agreed: " + proposals.map(\.id).joined(separator: ", ") + ".",
      about: proposals.flatMap(\.itemScopes))
  }

  private static func instalment(_ text: String) throws(CommandFailure) -> Instalment {
    let parts = text.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
    guard parts.count == 2, let day = Day(iso: parts[0]), let amount = Money(text: parts[1]) else {
      throw CommandFailure(
        .usage, "--pay: found \"\(text)\", expected a day and an amount such as \"2026-04-01=50.00 EUR\"")
    }
    return Instalment(due: day, amount: amount)
  }
}

/// `month`, `quarter`, `week`, `10d`, `2w`.
struct PlanRhythm: ExpressibleByArgument {
  let rhythm: Pledging.Rhythm

  init?(argument: String) {
    switch argument {
    case "month": rhythm = .months(1)
    case "quarter": rhythm = .months(3)
    case "week": rhythm = .days(7)
    default:
      guard let days = Span(text: argument)?.wholeDays, (1...366).contains(days) else { return nil }
      rhythm = .days(days)
    }
  }
}

extension Rest {
  /// `600.00 EUR in 6 instalments from 2026-04-01 to 2026-09-01`
  var summary: String {
    let days = instalments.map(\.due).sorted()
    let count = instalments.count.of("instalment")
    var words = "\(amount.map(\.description) ?? "") in \(count)"
    if let first = days.first, let last = days.last {
      words += first == last ? " on \(first)" : " from \(first) to \(last)"
    }
    return words
  }

  /// The same plan at a later stage.
  func moved(to stage: Stage, by author: String, reason: String?) -> Rest {
    var plan = self
    plan.stage = stage
    if stage == .agreed { plan.until = nil }
    plan.by = author
    plan.text = reason ?? text
    return plan
  }
}

extension String {
  /// Without blanks at its ends.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }
}
