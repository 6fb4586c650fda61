import Decisions
import TOML
import Units

/// `[promise]`
extension PromiseRules {
  init(_ reader: TableReader) {
    self.init()
    let grace = reader.days("grace", 0...365)
    graceBankingDays = grace?.value ?? graceBankingDays
    gracePlace = grace?.place
    steps = reader.pledgeSteps(of: [.due, .issued])
    place = reader.place
    reader.finish()
  }
}

/// `[plan]`
extension PlanRules {
  init(_ reader: TableReader) {
    self.init()
    steps = reader.pledgeSteps(of: [.due])
    graceDays = reader.days("grace", 0...365)?.value ?? graceDays
    maxAmount = reader.amounts("max_amount")?.value ?? maxAmount
    maxMonths = reader.integer("max_months", 1...120)?.value
    proposalDays = reader.days("proposal", 1...365)?.value ?? proposalDays
    proposalTemplate = reader.value("proposal_template", expected: Step.expectedTemplate, Step.templateName)?.value
    place = reader.place
    reader.finish()
  }
}

extension TableReader {
  /// Steps of what stands in for invoices: each with a name of its own, and one of these anchors.
  fileprivate func pledgeSteps(of anchors: [Step.Anchor]) -> [Step] {
    let steps = readers("steps").compactMap(Step.init)
    var names: Set<String> = []
    for step in steps {
      let place = step.place ?? place
      if !anchors.contains(step.anchor) {
        problems.error(
          place, key: dotted("steps"),
          "\(dotted("steps")): step \"\(step.name)\" has the anchor \"\(step.anchor.rawValue)\"; expected "
            + anchors.map(\.rawValue).alternatives)
      }
      if step.channel != .email {
        problems.error(
          place, key: dotted("steps"),
          "\(dotted("steps")): step \"\(step.name)\" has the channel \"\(step.channel.rawValue)\"; expected \"email\"")
      }
      if !names.insert(step.name).inserted {
        problems.error(
          place, key: dotted("steps"),
          "\(dotted("steps")): found two steps \"\(step.name)\", expected a name of its own for each")
      }
    }
    return steps
  }
}
