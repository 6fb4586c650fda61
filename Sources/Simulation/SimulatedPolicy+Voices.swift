import Decisions
import Ledger
import Units

// What a policy can have beside e-mails about what is due: calls, letters, a webhook, messages about promises and plans, thanks,
// statements, and somebody to hand over to.
extension SimulatedPolicy {
  static func addVoices(to policy: inout Policy, _ chance: inout SplitMix64) {
    let hasCall = chance.chance(400)
    let hasLetter = chance.chance(400)
    let fallsBack = chance.chance(400)
    let thanks = chance.chance(400) ? Step(name: "thanks", anchor: .paid, day: chance.pick(0...1), level: 0) : nil
    for schedule in policy.schedules.indices {
      var steps = policy.schedules[schedule].steps
      guard let last = steps.indices.last else { continue }
      if hasLetter {
        steps[last].channel = .letter
        steps[last].fallback = fallsBack ? .email : nil
      }
      if fallsBack {
        for index in steps.indices where steps[index].level == 2 { steps[index].fallback = .letter }
      }
      if hasCall {
        let call = Step(name: "call", day: steps[last].day - 2, level: 3, channel: .call)
        steps[last].level = 4
        steps.insert(call, at: last)
      }
      if let thanks { steps.append(thanks) }
      policy.schedules[schedule].steps = steps
    }
    if chance.chance(400) {
      policy.promise.steps = [
        Step(name: "promised", anchor: .issued, day: 0, level: 0), Step(name: "promise-note", day: -1, level: 0),
      ]
    }
    if chance.chance(500) {
      policy.plan.steps = [
        Step(name: "instalment", day: -chance.pick(1...3), level: 0),
        Step(name: "instalment-late", day: chance.pick(1...4), level: 1),
      ]
      if chance.chance(600) { policy.plan.proposalTemplate = "proposal" }
    }
    if chance.chance(400) {
      policy.statement.day = chance.pick(1...28)
      policy.statement.occasion = chance.pick(StatementRules.Occasion.allCases)
    }
    if chance.chance(300) {
      changeSteps(of: &policy) { step in if step.level == 2 { step.channel = .webhook } }
    }
    if chance.chance(250) { addHandover(to: &policy) }
  }

  private static func changeSteps(of policy: inout Policy, _ edit: (inout Step) -> Void) {
    for schedule in policy.schedules.indices {
      for step in policy.schedules[schedule].steps.indices { edit(&policy.schedules[schedule].steps[step]) }
    }
  }

  /// After all that the company does by itself an agency is called in.
  private static func addHandover(to policy: inout Policy) {
    for schedule in policy.schedules.indices {
      let steps = policy.schedules[schedule].steps
      guard let last = steps.lastIndex(where: { $0.anchor != .paid }) else { continue }
      let step = Step(name: "agency", day: steps[last].day + 3, level: steps[last].level + 1, channel: .handover)
      policy.schedules[schedule].steps.insert(step, at: last + 1)
    }
  }
}
