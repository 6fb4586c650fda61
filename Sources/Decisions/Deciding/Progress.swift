import Ledger
import Units

/// How far one item has come: what was done on it, under any schedule or name.
struct Progress {
  /// A step that was made, or is taken as made.
  struct Done {
    let item: AdvancedItem
    let at: Instant
  }

  /// Oldest first.
  private(set) var done: [Done] = []
  /// Contacts about it that reached the customer, or may have.
  private(set) var thread: [String] = []
  /// The last contact about it that was not made: to be tried again, or to be asked about.
  private(set) var open: PastContact?
  /// Steps that a person passed.
  private(set) var skipped: [String] = []

  static let none = Progress()

  private init() {}

  /// - Parameter policy: says what becomes of a doubt.
  init(_ key: ItemKey, _ history: ContactHistory, _ policy: Policy) {
    skipped = (history.skips[.invoice(customer: key.customer, number: key.number)] ?? []).map(\.step)
    for id in history.items[key] ?? [] {
      guard let contact = history.contact(id), let item = contact.items.first(where: { $0.key == key }) else {
        continue
      }
      if contact.mayHaveReached, !contact.messageID.isEmpty { thread.append(contact.messageID) }
      switch contact.standing {
      case .made: done.append(Done(item: item, at: contact.at))
      case .inDoubt where policy.inDoubt(of: item) == .assumeSent: done.append(Done(item: item, at: contact.at))
      case .inDoubt, .deferred, .failed: open = contact
      case .bounced, .undone: break
      }
    }
    done.sort { $0.at < $1.at }
  }

  /// The highest level that was done; 0 when none was.
  var level: Int { done.map(\.item.level).max() ?? 0 }

  /// The first notice decides the schedule that the item stays with.
  var firstNotice: AdvancedItem? { done.first { $0.item.level >= 1 }?.item }

  /// Whether `step`, at `index` of `schedule`, counts as passed: the item never goes back.
  func passed(_ step: Step, at index: Int, of schedule: Schedule) -> Bool {
    if skipped.contains(step.name) { return true }
    return done.contains { done in
      if step.level < done.item.level { return true }
      if let doneIndex = schedule.steps.firstIndex(where: { $0.name == done.item.step }) { return index <= doneIndex }
      // Done under a name that this schedule does not have: a step of the same severity and no later day was that one.
      return step.level == done.item.level && step.day <= done.item.day
    }
  }

  /// How often `step` was sent, and when last; nil when never.
  func sendings(of step: Step) -> (count: Int, last: Instant)? {
    let sent = done.filter { $0.item.step == step.name }
    guard let last = sent.last else { return nil }
    return (sent.count, last.at)
  }
}

extension Policy {
  package func schedule(named name: String) -> Schedule? { schedules.first { $0.name == name } }

  /// What becomes of a doubt about the step that `item` took.
  func inDoubt(of item: AdvancedItem) -> InDoubtPolicy {
    schedule(named: item.schedule)?.steps.first { $0.name == item.step }?.inDoubt ?? inDoubt
  }
}
