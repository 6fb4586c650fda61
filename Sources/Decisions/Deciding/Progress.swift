import Ledger
import Units

/// How far one item has come: what was done on it, under any schedule or name.
///
/// A class, since most items have come nowhere and share that.
final class Progress: Sendable {
  /// A step that was made, or is taken as made.
  struct Done: Sendable {
    let item: AdvancedItem
    let at: Instant
  }

  /// Oldest first.
  let done: [Done]
  /// Contacts about it that reached the customer, or may have.
  let thread: [String]
  /// The last contact about it that was not made, to be tried again; before any of these, a doubt that a person is to
  /// clear.
  let open: PastContact?
  /// Steps that a person passed.
  let skipped: [String]

  /// Nothing happened yet.
  convenience init() { self.init([], [], nil, []) }

  private init(_ done: [Done], _ thread: [String], _ open: PastContact?, _ skipped: [String]) {
    self.done = done
    self.thread = thread
    self.open = open
    self.skipped = skipped
  }

  /// - Parameters:
  ///   - docket: its policy says what becomes of a doubt.
  ///   - isThanks: looks at what gave thanks for it, and at nothing else. Thanks move nothing on: what was paid may come
  ///     back, and then it goes on where it stood.
  static func of(_ key: ItemKey, _ past: Past, _ docket: Docket, isThanks: Bool = false) -> Progress {
    let skips = past.history.skips[Scope(of: key)]
    let contacts = past.history.items[key]
    if skips == nil, contacts == nil { return docket.untouched }
    var done: [Done] = []
    var thread: [String] = []
    var open: PastContact?
    var asked: PastContact?
    for id in contacts ?? [] {
      guard let contact = past.history.contact(id), let item = contact.item(key) else {
        continue
      }
      if contact.mayHaveReached, !contact.messageID.isEmpty { thread.append(contact.messageID) }
      guard (item.anchor == .paid) == isThanks else { continue }
      switch contact.standing {
      case .made:
        done.append(Done(item: item, at: contact.at))
        // It went on after a doubt about a step that has another name by now: then that was none to ask about.
        if let doubt = asked, let before = doubt.item(key), docket.policy.step(of: before) == nil {
          done.append(Done(item: before, at: doubt.at))
          asked = nil
        }
      case .inDoubt:
        switch docket.policy.inDoubt(of: item) {
        case .assumeSent: done.append(Done(item: item, at: contact.at))
        // Sent once more, not for ever: a server that always breaks off would else give a copy each cycle.
        case .resend where contact.doubts > 1: done.append(Done(item: item, at: contact.at))
        case .resend: open = contact
        case .ask: asked = contact
        }
      case .deferred, .failed, .bounced, .outbox: open = contact
      case .undone: break
      }
    }
    return Progress(done.sorted { $0.at < $1.at }, thread, asked ?? open, skips?.map(\.step) ?? [])
  }

  /// The doubtful contact that is to be sent once more as `next`; nil when none is, or when its step's time has passed.
  func again(_ key: ItemKey, as next: NextStep?, _ policy: Policy) -> String? {
    guard let open, open.standing == .inDoubt, let item = open.item(key), let next,
      item.step == next.step.name, item.repetition == next.repetition, policy.inDoubt(of: item) == .resend
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

  /// Whether a step of `schedule` counts as passed: the item never goes back.
  func passed(_ stepCase: StepCase, of schedule: ScheduleCase) -> Bool {
    if skipped.isEmpty, done.isEmpty { return false }
    let (step, index, schedule) = (stepCase.step, stepCase.index, schedule.schedule)
    if skipped.contains(step.name) { return true }
    if done.contains(where: { $0.item.level > step.level }) { return true }
    let names = schedule.steps.map(\.name)
    if done.contains(where: { names.firstIndex(of: $0.item.step).map { index <= $0 } ?? false }) { return true }
    // Done under names that this schedule does not have: as many steps of that level were these, under other names.
    let strangers = done.map(\.item).filter { $0.level == step.level && !names.contains($0.step) }
    if strangers.isEmpty { return false }
    let before = schedule.steps[..<index].count { $0.level == step.level && $0.anchor != .paid && !isDone($0) }
    return before < Set(strangers.map(\.step)).count
      || strangers.contains { step.anchor == $0.anchor && step.day <= $0.day }
  }

  private func isDone(_ step: Step) -> Bool { done.contains { $0.item.step == step.name } }

  /// How often `step` was sent, and when last; nil when never. One that did not arrive after all counts where a later one did:
  /// each repetition is a contact of its own.
  func sendings(of step: Step) -> (count: Int, last: Instant)? {
    let sent = done.filter { $0.item.step == step.name }
    guard let last = sent.last else { return nil }
    return (max(sent.count, (sent.map(\.item.repetition).max() ?? 0) + 1), last.at)
  }
}

extension Policy {
  package func schedule(named name: String) -> Schedule? {
    schedules.first { $0.name == name } ?? pledgeSchedules.first { $0.name == name }
  }

  /// What becomes of a doubt about the step that `item` took. Of a step that has another name by now, or is gone, nobody
  /// knows what was to become of it: that waits for a person.
  package func inDoubt(of item: AdvancedItem) -> InDoubtPolicy {
    guard let step = step(of: item) else { return .ask }
    return step.inDoubt ?? inDoubt
  }

  /// The step that `item` took, by the name that it had then.
  func step(of item: AdvancedItem) -> Step? {
    schedule(named: item.schedule)?.steps.first { $0.name == item.step }
  }
}
