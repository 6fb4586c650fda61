import Decisions
import Units

/// What schedules must be beyond their types: each reachable, none contradicting itself.
struct ScheduleChecks {
  let schedules: [Schedule]
  /// False when some schedule could not be read: then nobody knows whom it was for.
  let isComplete: Bool
  let contact: ContactRules
  let problems: ProblemList

  func run() {
    checkNames()
    checkReach()
    for schedule in schedules {
      checkStepNames(schedule)
      checkThanks(schedule)
      checkOrder(schedule)
      for step in schedule.steps { checkDay(of: step, in: schedule) }
      checkGaps(schedule)
    }
  }

  private func place(_ place: Place?) -> Place { place ?? Place(file: problems.file) }

  private func checkNames() {
    for (index, schedule) in schedules.enumerated() {
      guard let earlier = schedules[..<index].first(where: { $0.name == schedule.name }) else { continue }
      problems.error(
        place(schedule.place), key: "schedule.name",
        "found a second schedule \"\(schedule.name)\", expected a new name: the first is in line \(line(earlier.place))",
        remedy: "rename one of them; the journal knows schedules by name")
    }
  }

  /// The first schedule that fits wins, so that one after a catch-all never does, and without one some are missed.
  private func checkReach() {
    guard !schedules.isEmpty else { return }
    var catchAll: Schedule?
    for (index, schedule) in schedules.enumerated() {
      if let catchAll {
        problems.warning(
          place(schedule.place), key: "schedule",
          "schedule \"\(schedule.name)\" is never reached: schedule \"\(catchAll.name)\" in line \(line(catchAll.place))"
            + " has no match and takes everyone",
          remedy: "put \"\(schedule.name)\" above \"\(catchAll.name)\"")
      } else if let match = schedule.match, let earlier = schedules[..<index].first(where: { $0.match == match }) {
        problems.warning(
          place(schedule.place), key: "schedule.match",
          "schedule \"\(schedule.name)\" is never reached: schedule \"\(earlier.name)\" in line \(line(earlier.place))"
            + " has the same match")
      }
      if schedule.match == nil, catchAll == nil { catchAll = schedule }
    }
    guard isComplete, catchAll == nil, let last = schedules.last else { return }
    let names = schedules.map { "\"\($0.name)\"" }.joined(separator: ", ")
    problems.warning(
      place(last.place), key: "schedule",
      "found no schedule without match: customers that fit none of \(names) never hear of their overdue invoices (no_schedule)",
      remedy: "add a last [[schedule]] without match for everyone else; with steps = [] if they are left out on purpose"
    )
  }

  private func checkStepNames(_ schedule: Schedule) {
    for (index, step) in schedule.steps.enumerated() {
      guard let earlier = schedule.steps[..<index].first(where: { $0.name == step.name }) else { continue }
      problems.error(
        place(step.place), key: "schedule.steps.name",
        "found a second step \"\(step.name)\" in schedule \"\(schedule.name)\", expected a new name: the first is in line "
          + "\(line(earlier.place))", remedy: "rename one of them; the journal knows steps by name")
    }
  }

  /// Thanks for a payment ask for nothing and lead nowhere.
  private func checkThanks(_ schedule: Schedule) {
    let thanks = schedule.steps.filter { $0.anchor == .paid }
    func refuse(_ step: Step, _ key: String, _ found: String, _ remedy: String) {
      problems.error(
        place(step.place), key: "schedule.steps.\(key)",
        "step \"\(step.name)\" gives thanks for a payment (anchor = \"paid\"), found \(found)", remedy: remedy)
    }
    for step in thanks {
      if step.level != 0 { refuse(step, "level", "level \(step.level)", "give it level = 0") }
      if step.channel != .email || step.fallback != nil {
        let channel = (step.fallback ?? step.channel).rawValue
        refuse(step, "channel", "the channel \"\(channel)\"", "thanks go by e-mail: leave out channel and fallback")
      }
      if step.day < 0 {
        refuse(step, "day", "day \(step.day)", "give it a day from 0: nobody knows of a payment before")
      }
      if step.repetition != nil { refuse(step, "repeat", "repeat", "leave it out: thanks are given once") }
    }
    if let second = thanks.dropFirst().first {
      refuse(
        second, "anchor", "a second one after \"\(thanks[0].name)\"", "leave one of them: an invoice is paid once")
    }
  }

  private func checkOrder(_ schedule: Schedule) {
    // Thanks come last, whatever level an invoice had come to.
    let steps = schedule.steps.filter { $0.anchor != .paid }
    for (earlier, step) in zip(steps, steps.dropFirst()) where step.level < earlier.level {
      problems.error(
        place(step.place), key: "schedule.steps.level",
        "step \"\(step.name)\" has level \(step.level), below \"\(earlier.name)\" before it (level \(earlier.level))",
        remedy: "give \"\(step.name)\" a higher level, or put it above \"\(earlier.name)\"")
    }
    for anchor in Step.Anchor.allCases {
      let notices = schedule.steps.filter { $0.level >= 1 && $0.anchor == anchor }
      for (earlier, step) in zip(notices, notices.dropFirst()) where step.day < earlier.day {
        problems.error(
          place(step.place), key: "schedule.steps.day",
          "step \"\(step.name)\" comes \(span(step)), before \"\(earlier.name)\" (\(earlier.day.days))",
          remedy: "give \"\(step.name)\" a later day, or put it above \"\(earlier.name)\"")
      }
    }
  }

  private func checkDay(of step: Step, in schedule: Schedule) {
    let isAfterDue = step.anchor == .due && step.day > 0
    if isAfterDue, step.day <= schedule.graceDays {
      problems.error(
        place(step.place), key: "schedule.steps.day",
        "step \"\(step.name)\" comes \(span(step)), within the schedule's own grace of \(schedule.graceDays.days)",
        remedy: "give it a day after \(schedule.graceDays), or shorten grace")
    }
    if step.level >= 1, step.anchor == .due, step.day < 0 {
      problems.error(
        place(step.place), key: "schedule.steps.level",
        "step \"\(step.name)\" of level \(step.level) comes \(span(step)): notices are for what is overdue",
        remedy: "give it level = 0, or a day from 1")
    } else if step.level >= 1, step.anchor == .due, step.day == 0 {
      problems.warning(
        place(step.place), key: "schedule.steps.level",
        "step \"\(step.name)\" of level \(step.level) comes on the due date, when nothing is overdue yet",
        remedy: "give it level = 0, or a day from 1")
    }
    if step.level == 0, isAfterDue {
      problems.warning(
        place(step.place), key: "schedule.steps.level",
        "step \"\(step.name)\" never happens: it comes \(span(step)), and after the due date only steps of level 1 and up "
          + "do", remedy: "give it level = 1")
    }
    if step.anchor == .discount, step.day > 0 {
      problems.warning(
        place(step.place), key: "schedule.steps.day",
        "step \"\(step.name)\" never happens: it comes after the last day of the discount",
        remedy: "give it a day below 1")
    }
  }

  /// Steps nearer to each other than the cap or `min_gap` lets them be are late, each time: better planned so.
  private func checkGaps(_ schedule: Schedule) {
    let notices = schedule.steps.filter { $0.level >= 1 && $0.anchor == .due }
    for (earlier, step) in zip(notices, notices.dropFirst()) where step.day >= earlier.day {
      let gap = step.day - earlier.day
      if gap < contact.minGapDays {
        warnOfGap(step, earlier, gap, "min_gap is \(contact.minGapDays.days)")
      } else if let deadline = earlier.deadlineDays, gap <= deadline {
        warnOfGap(step, earlier, gap, "\"\(earlier.name)\" gives a deadline of \(deadline.days)")
      }
    }
    let reminders = schedule.steps.filter { $0.level == 0 && $0.anchor == .due }.sorted { $0.day < $1.day }
    for steps in [notices, reminders] {
      for (earlier, step) in zip(steps, steps.dropFirst(contact.atMost.contacts)) {
        let gap = step.day - earlier.day
        let isToldAlready = steps == notices && contact.atMost.contacts == 1 && gap < contact.minGapDays
        guard gap >= 0, gap < contact.atMost.days, !isToldAlready else { continue }
        warnOfGap(
          step, earlier, gap, "contact.at_most lets \(contact.atMost.contacts) go in \(contact.atMost.days.days)")
      }
    }
  }

  private func warnOfGap(_ step: Step, _ earlier: Step, _ gap: Int, _ why: String) {
    problems.warning(
      place(step.place), key: "schedule.steps.day",
      "step \"\(step.name)\" comes \(gap.days) after \"\(earlier.name)\", but \(why): it will be late each time")
  }

  private func line(_ place: Place?) -> Int { place?.line ?? 0 }

  /// `10 days after the due date`
  private func span(_ step: Step) -> String {
    let anchor =
      switch step.anchor {
      case .due: "the due date"
      case .issued: "the invoice's date"
      case .discount: "the last day of the discount"
      case .paid: "the day of payment"
      }
    if step.day == 0 { return "on \(anchor)" }
    return "\(abs(step.day).days) \(step.day < 0 ? "before" : "after") \(anchor)"
  }
}

extension Int {
  /// `1 day`, `7 days`
  var days: String { self == 1 || self == -1 ? "\(self) day" : "\(self) days" }
}
