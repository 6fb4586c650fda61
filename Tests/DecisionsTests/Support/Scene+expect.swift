import Ledger
import Testing
import Units

@testable import Decisions

extension Scene {
  /// What was decided for an invoice: the reason, the step that comes next and how long it lasts.
  @discardableResult
  func expect(
    _ reason: ReasonCode, of number: String = "R1", item: String? = nil, step: String? = nil, until: String? = nil,
    repetition: Int? = nil, dunnable: Money? = nil, schedule: String? = nil, at place: SourceLocation = #_sourceLocation
  ) -> Scene {
    let found = verdict.decisions.filter { $0.key.number == number && (item == nil || $0.key.item == item) }
    #expect(found.count == 1, "decisions on \(number)", sourceLocation: place)
    guard let decision = found.first else { return self }
    #expect(decision.reason == reason, "\(decision.sentence)", sourceLocation: place)
    if let step { #expect(decision.step?.name == step, "\(decision.sentence)", sourceLocation: place) }
    if let until { #expect(words(decision.until) == until, "\(decision.sentence)", sourceLocation: place) }
    if let repetition { #expect(decision.repetition == repetition, sourceLocation: place) }
    if let dunnable { #expect(decision.dunnable == dunnable, sourceLocation: place) }
    if let schedule { #expect(decision.schedule == schedule, sourceLocation: place) }
    return self
  }

  /// Every contact that would go now, one line each: `first 120.00 EUR: R1* R2`, where a star advances.
  @discardableResult
  func expectContacts(_ expected: String..., at place: SourceLocation = #_sourceLocation) -> Scene {
    #expect(verdict.contacts.map(\.line) == expected, sourceLocation: place)
    return self
  }

  @discardableResult
  func expectWaiting(_ expected: String..., at place: SourceLocation = #_sourceLocation) -> Scene {
    #expect(verdict.waiting.map(\.line) == expected, sourceLocation: place)
    return self
  }

  /// Days on which `run` contacts the customer, at 11:00 each day from now on.
  func daysOfContact(_ count: Int) -> [String] {
    var scene = self
    var days: [String] = []
    let start = zone.day(now)
    for offset in 0..<count {
      scene.now = zone.instant(day: start + offset, time: zone.civil(now).clock)
      for contact in scene.verdict.contacts { days.append("\(start + offset) \(contact.step.name)") }
      scene = scene.run()
    }
    return days
  }

  private func words(_ until: Decision.Until?) -> String {
    switch until {
    case .day(let day)?: day.description
    case .instant(let instant)?: String(zone.civil(instant).description.dropLast(3))
    case nil: "open"
    }
  }
}

extension PlannedContact {
  /// `first 120.00 EUR: R1* R2 (R3 disputed)`
  var line: String {
    let items = listed.map { $0.invoice.key.number + ($0.advances ? "*" : "") }
    let beside = apart.map { "\($0.invoice.key.number) \($0.apart?.rawValue ?? "?")" }
    return "\(step.name) \(total): " + items.joined(separator: " ")
      + (beside.isEmpty ? "" : " (" + beside.joined(separator: ", ") + ")")
  }
}
