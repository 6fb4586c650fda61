import Ledger
import Receivables
import Units

// Letters that wait in the outbox. As long as one does, nothing else climbs; and it is looked at in each cycle whether it
// may still be posted.

/// A letter that must not be posted any more. A cycle records it, and then decides afresh.
package struct LetterRecall: Sendable, Equatable {
  package var contact: String
  package var reason: ReasonCode

  package init(contact: String, reason: ReasonCode) {
    self.contact = contact
    self.reason = reason
  }
}

extension Docket {
  static func letters(_ history: ContactHistory) -> [GroupKey: [PastContact]] {
    Dictionary(grouping: history.outbox) { GroupKey(payer: $0.payer, currency: $0.currency) }
  }

  /// Of letters whose group is not in the books any more.
  func recalls(besides seen: Set<String>) -> [LetterRecall] {
    letters.values.joined().filter { !seen.contains($0.id) }.map { letter in
      let isUnread = letter.listed.contains { quarantine.row(for: $0.key, payer: letter.payer) != nil }
      return LetterRecall(contact: letter.id, reason: isUnread ? .quarantined : .settled)
    }
  }
}

extension GroupCase {
  /// Its letters in the outbox.
  var letters: [PastContact] {
    docket.letters.isEmpty ? [] : docket.letters[GroupKey(payer: payer.id, currency: account.currency)] ?? []
  }

  /// The letter that keeps an item from going on: one about it, or another notice to the same payer.
  func openLetter(of item: ItemCase) -> PastContact? {
    guard let next = item.next else { return nil }
    for letter in letters {
      if let past = letter.item(item.key) {
        if isStillNext(past, item, next) { return letter }
      } else if letter.kind == next.stepCase.kind, letter.kind != .invoice, next.opens <= today, item.pledge == nil,
        item.schedule?.consolidation == .payer
      {
        return letter
      }
    }
    return nil
  }

  /// Whether the step that a letter takes is still to be made: nobody passed it, and a reminder has not lapsed.
  private func isStillNext(_ past: AdvancedItem, _ item: ItemCase, _ next: NextStep) -> Bool {
    if next.step.name == past.step, next.repetition == past.repetition { return true }
    guard past.repetition == 0, past.level >= 1, let schedule = item.schedule,
      let step = schedule.steps.first(where: { $0.step.name == past.step })
    else { return false }
    return !item.progress.passed(step, of: schedule)
  }

  /// Those of its letters that must not be posted.
  var recalls: [LetterRecall] {
    letters.compactMap { letter in
      reasonToRecall(letter).map { LetterRecall(contact: letter.id, reason: $0) }
    }
  }

  /// Civil days that a letter that is posted must leave before its day to pay by.
  private static let postDays = 3

  /// Why a letter does not say any more what is so; nil while it does.
  private func reasonToRecall(_ letter: PastContact) -> ReasonCode? {
    if payer.doNotContact.forbids(.letter) { return .doNotContact }
    // Who has moved gets it at the new address; an address that was erased cannot be compared, nor written to.
    if letter.to != address.lines { return .noAddress }
    // It names a day to pay by that is too near by now for the post and the payment: it is written anew, with another one.
    let written = calendar.zone.day(letter.at)
    if let deadline = letter.deadline, today > written, today >= deadline - GroupCase.postDays {
      return .deadlineRunning
    }
    for listed in letter.listed {
      guard let item = cases.first(where: { $0.key == listed.key }) else { return .settled }
      let reason = finding(for: item).ground.code
      if letter.item(listed.key) == nil {
        if item.rest != nil || reason == .settled || reason == .excluded { return reason }
      } else if reason != .taskOpen {
        // Somebody passed its step.
        return reason < .taskOpen ? reason : .completed
      }
      if item.dunnable < listed.open { return item.disputed.isPositive ? .disputed : .settled }
    }
    return nil
  }
}

extension Verdict {
  /// The letters in the outbox, as far as they may still be posted.
  mutating func addLetters(_ group: GroupCase, _ plan: MessagePlan, _ waiting: [(letter: String, index: Int)]) {
    let recalled = group.recalls.map(\.contact)
    for letter in group.letters where !recalled.contains(letter.id) {
      let indices = waiting.filter { $0.letter == letter.id && letter.item(group.cases[$0.index].key) != nil }
      guard var task = plan.contact(advancing: indices.map(\.index), waitsFor: .letterOpen(contact: letter.id)) else {
        continue
      }
      // What it says is as it was written, whatever step its items come to next.
      let steps = letter.items.first.flatMap { group.docket.schedules.named($0.schedule)?.schedule.steps } ?? []
      if let step = steps.first(where: { $0.name == letter.step }) { task.step = step }
      task.channel = .letter
      task.to = letter.to
      task.cc = []
      task.advancing = letter.items
      task.deadline = letter.deadline
      tasks.append(task)
    }
  }
}

extension Channel {
  /// What the daemon does by itself; all else is a task for a person.
  var isAutomatic: Bool {
    switch self {
    case .email, .letter, .webhook: true
    case .call, .statement, .handover: false
    }
  }
}
