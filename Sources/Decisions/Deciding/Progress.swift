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
      guard let contact = history.contact(id), let item = contact.item(key) else {
        continue
      }
      if contact.mayHaveReached, !contact.messageID.isEmpty { thread.append(contact.messageID) }
      switch contact.standing {
      case .made: done.append(Done(item: item, at: contact.at))
      case .inDoubt:
        switch policy.inDoubt(of: item) {
        case .assumeSent: done.append(Done(item: item, at: contact.at))
        // Sent once more, not for ever: a server that always breaks off would else give a copy each cycle.
        case .resend where contact.doubts > 1: done.append(Done(item: item, at: contact.at))
        case .resend, .ask: open = contact
        }
      case .deferred, .failed: open = contact
      case .bounced, .undone: break
      }
    }
    done.sort { $0.at < $1.at }
  }

  /// The doubtful contact that is to be sent once more; nil when none is.
  func again(_ key: ItemKey, _ policy: Policy) -> String? {
    guard let open, open.standing == .inDoubt, let item = open.item(key),
      policy.inDoubt(of: item) == .resend
    else { return nil }
    return open.id
  }

  /// The highest level that was done; 0 when none was.
  var level: Int { done.map(\.item.level).max() ?? 0 }

  /// The notice that decides the schedule that the item stays with: its first one since the ledger's column `schedule`
  /// says what it says now. Nil when the last notice went under another.
  func firstNotice(since ledgerSchedule: String?) -> AdvancedItem? {
    done.reversed().map(\.item).filter { $0.level >= 1 }.prefix { $0.ledgerSchedule == ledgerSchedule }.last
  }

  /// Whether `step`, at `index` of `schedule`, counts as passed: the item never goes back.
  func passed(_ step: Step, at index: Int, of schedule: Schedule) -> Bool {
    if skipped.contains(step.name) { return true }
    if done.contains(where: { $0.item.level > step.level }) { return true }
    let names = schedule.steps.map(\.name)
    if done.contains(where: { names.firstIndex(of: $0.item.step).map { index <= $0 } ?? false }) { return true }
    // Done under names that this schedule does not have: as many steps of that level were these, under other names.
    let strangers = done.map(\.item).filter { $0.level == step.level && !names.contains($0.step) }
    if strangers.isEmpty { return false }
    let before = schedule.steps[..<index].count { $0.level == step.level && !isDone($0) }
    return before < Set(strangers.map(\.step)).count || strangers.contains { step.day <= $0.day }
  }

  private func isDone(_ step: Step) -> Bool { done.contains { $0.item.step == step.name } }

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
