import Ledger
import Units

extension Decision {
  /// The decision in one sentence, for a clerk who asks why; in English, with ISO dates and plain amounts.
  package var sentence: String {
    let name =
      schedule == StatementRules.scheduleName
      ? "The statement in \(currency.code)"
      : "Invoice \(key.number)" + (key.item.isEmpty ? "" : " (instalment \(key.item))")
    return name + " " + ground.words(self) + "."
  }
}

extension Ground {
  /// What follows the invoice's name in the sentence.
  fileprivate func words(_ decision: Decision) -> String {
    func local(_ instant: Instant) -> String { decision.local(instant) }
    let step = decision.step.map { "step \"\($0.name)\"" } ?? "the next step"
    switch self {
    case .settled(.paid): return "is paid: nothing is open on it"
    case .settled(.credited(let credit)): return "is covered by unapplied credit of \(credit)"
    case .quarantined(let row): return "rests because a ledger row cannot be read (\(row.description))"
    case .handedOver: return "is handed over: only the agency or lawyer writes now"
    case .held(let placed, let resumes):
      return restWords("is on hold", placed, resumes, decision)
    case .disputed(let placed?, let resumes): return restWords("is disputed", placed, resumes, decision)
    case .disputed(nil, _): return "is disputed: the ledger says so"
    case .promised(let placed, let resumes): return promiseWords(placed, resumes, decision)
    case .inPlan(let placed, let next, let resumes): return planWords(placed, next, resumes)
    case .autopay(let collected, let posted):
      return "is collected by direct debit on \(collected); until \(posted) the money may still come"
    case .replied(let at, let until):
      return "waits because the customer answered on \(local(at)); a person reads it until \(local(until))"
    case .noSchedule: return "has no schedule: none of them matches its customer"
    case .excluded(.noSteps): return "is never contacted: schedule \"\(decision.schedule ?? "")\" has no steps"
    case .excluded(.dueBefore(let day)): return "was due before \(day) and is left to a person"
    case .completed:
      return "has no step left in schedule \"\(decision.schedule ?? "")\"; a person decides what comes next"
    case .capped(let level): return "has no step left up to level \(level), the highest that its customer may get"
    case .belowMinimum(let balance, let minimum):
      return "waits because \(balance) overdue is less than the minimum of \(minimum)"
    case .letterOpen(let contact):
      return "waits until letter \(contact) is posted; `dunningd resolve \(contact) --sent` says that it was"
    case .taskOpen(let channel): return "waits for a person: \(step) is \(channel.task)"
    case .notYet(let planned, let goes):
      let ask = decision.asksApproval ? "; it asks for a person's word, which can be given now" : ""
      return "waits for \(step), planned for \(planned)" + (goes == planned ? "" : " and possible from \(goes)") + ask
    case .staleLedger(let age, let limit):
      return "waits because the ledger is \(age.rounded) old and at most \(limit) is allowed"
    case .cashNotPosted(let posted, let needed):
      return
        "waits because bank statements are posted up to \(posted.map(\.description) ?? "no known day"), not yet \(needed)"
    case .doNotContact: return "is not followed up because the customer asked for no contact on \(step)'s channel"
    case .noAddress where decision.step?.channel == .letter:
      return "cannot be followed up: its customer has no postal address"
    case .noAddress(let bad):
      return bad.isEmpty
        ? "cannot be followed up: its customer has no e-mail address"
        : "cannot be followed up: every address of its customer was refused or bounced"
    case .inDoubt(let contact):
      return "waits because nobody knows whether contact \(contact) arrived; `dunningd resolve \(contact)` says so"
    case .needsApproval(.step): return "waits for approval: \(step) asks for a person's word"
    case .needsApproval(.brokenPromises(let count)):
      return "waits for a person's word on \(step): \(count) promises to pay it were broken"
    case .needsApproval(.firstCycle): return "waits for `dunningd approve --cycle`: nothing was ever sent before"
    case .needsApproval(.largeCycle(let contacts, let limit)):
      return "waits for `dunningd approve --cycle`: \(contacts) contacts are due at once, more than \(limit)"
    case .needsApproval(.refused(let at)): return "waits because \(step) was refused on \(local(at))"
    case .deadlineRunning(let deadline, let until):
      return "waits because its customer has until \(deadline) to pay; the next notice can go on \(until)"
    case .tooSoon(.gap(let days), let last, let until):
      return "waits until \(until): the last notice went on \(last), and \(days) days lie between two"
    case .tooSoon(.cap(let cap), let last, let until):
      return
        "waits until \(until): a contact went on \(last), and at most \(cap.contacts) in \(cap.days) days are allowed"
    case .tooSoon(.sameDay, _, let until): return "waits until \(until): a message of this kind went today already"
    case .tooSoon(.behindReminder, _, let until): return "waits until \(until): a reminder goes first"
    case .retryLater(let contact, let until):
      return "waits until \(local(until)): the last attempt (contact \(contact)) failed for now"
    case .outsideHours(.weekday(let day), let opens): return "waits until \(local(opens)): no contact on a \(day.name)"
    case .outsideHours(.holiday(let name), let opens): return "waits until \(local(opens)): today is \(name)"
    case .outsideHours(.hours, let opens): return "waits until \(local(opens)): it is outside contact hours"
    case .contact where decision.schedule == StatementRules.scheduleName: return "goes now"
    case .contact:
      let late = decision.daysPastDue.map { $0.of("day") + " past due" } ?? "not due yet"
      return
        "is contacted now: \(late), \(step) of schedule \"\(decision.schedule ?? "")\", level \(decision.step?.level ?? 0)"
    }
  }

  private func promiseWords(_ placed: PlacedRest, _ resumes: Day?, _ decision: Decision) -> String {
    let rest = placed.rest
    let what = rest.amount.map { "\($0)" } ?? "payment"
    let day = rest.until.map { " by \($0)" } ?? ""
    let goesOn = resumes.map { "it goes on from \($0)" }
    if let ended = placed.ended {
      let how = placed.end?.outcome?.replacing("_", with: " ") ?? "ended"
      return
        "rests: the promise of \(what)\(day) was \(how) on \(decision.local(ended))\(goesOn.map { "; \($0)" } ?? "")"
    }
    let after = goesOn.map { "if it does not come, \($0)" } ?? Self.withheld
    return "is promised: \(what)\(day), told to \(rest.by); \(after)"
  }

  private func planWords(_ placed: PlacedRest, _ next: Instalment?, _ resumes: Day?) -> String {
    let rest = placed.rest
    let goesOn = resumes.map { "it goes on from \($0)" } ?? "it goes on when the plan ends"
    if rest.isProposal {
      let until = rest.until.map { " until \($0)" } ?? ""
      let what =
        rest.stage == .proposed
        ? "was proposed by \(rest.by) and waits for an answer" : "of \(rest.by) waits for approval"
      return "rests: payment plan \(rest.id) \(what)\(until); if there is none, \(goesOn)"
    }
    if placed.ended != nil {
      return "rests: payment plan \(rest.id) was \(placed.end?.outcome ?? "ended"); \(goesOn)"
    }
    let what = next.map { "; next \($0.amount) by \($0.due)" } ?? ""
    // What was paid of it is known, so it is no bad row that keeps its end open.
    let after = resumes == nil && next != nil ? Self.withheld : "if it is missed, \(goesOn)"
    return "is in payment plan \(rest.id), agreed with \(rest.by)\(what); \(after)"
  }

  /// Of a promise or plan whose last day nobody can tell.
  private static let withheld = "nothing is missed as long as another of its invoices is on hold or disputed"

  private func restWords(_ what: String, _ placed: PlacedRest, _ resumes: Day?, _ decision: Decision) -> String {
    var words = "\(what) by \(placed.rest.by)"
    if let text = placed.rest.text { words += " (\(text))" }
    if let amount = placed.rest.amount { words += " for \(amount)" }
    if let ended = placed.ended {
      words += ", ended on \(decision.local(ended))"
    } else if let until = placed.rest.until {
      words += " until \(until)"
    }
    if let resumes { words += "; it goes on from \(resumes)" }
    return words
  }
}

extension Decision {
  /// `2026-03-30 10:00`, on the customer's clocks.
  fileprivate func local(_ instant: Instant) -> String {
    let civil = (zone ?? .utc).civil(instant)
    return "\(civil.day) \(civil.clock)"
  }
}

extension Weekday {
  fileprivate var name: String {
    switch self {
    case .monday: "Monday"
    case .tuesday: "Tuesday"
    case .wednesday: "Wednesday"
    case .thursday: "Thursday"
    case .friday: "Friday"
    case .saturday: "Saturday"
    case .sunday: "Sunday"
    }
  }
}

extension Channel {
  fileprivate var task: String {
    switch self {
    case .email: "an e-mail"
    case .call: "a call"
    case .letter: "a letter"
    case .statement: "a statement"
    case .handover: "a hand-over to an agency or lawyer"
    case .webhook: "a message through another service"
    }
  }
}

extension Span {
  /// Whole hours or days, as a person says an age.
  var rounded: String {
    let hours = wholeSeconds / 3600
    return hours < 48 ? "\(hours) h" : "\(hours / 24) days"
  }
}
