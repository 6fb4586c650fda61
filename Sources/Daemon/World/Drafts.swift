import Decisions
import Delivery

/// Messages made ahead, on a thread of their own, while the one that runs the cycle waits for the disk.
///
/// A draft is used only for the very contact that it was made for, and only for a moment: it bears the time at which it
/// was made.
final class Drafts: Sendable {
  private struct Draft {
    var composition: Composition
    var made: Duration
  }

  private struct State {
    /// Contacts that are expected to be asked for, in that order.
    var line: ArraySlice<PlannedContact> = []
    /// Of the first of them.
    var drafts: ArraySlice<Draft> = []
    var isMaking = false
    /// For so many drafts somebody waits.
    var awaited: Int?
    /// How often the line was given up: what was begun before that is not of this line.
    var clearings = 0

    /// The first of which there is no draft.
    var next: PlannedContact? { line.dropFirst(drafts.count).first }

    mutating func clear() {
      line = []
      drafts = []
      clearings += 1
    }
  }

  private let compose: @Sendable (PlannedContact) -> Composition
  private let state = Monitor(State())
  private static let ageMax = Duration.seconds(1)
  private static let patience = Duration.milliseconds(100)

  init(_ compose: @escaping @Sendable (PlannedContact) -> Composition) { self.compose = compose }

  /// The messages of `contacts`, in their order; those of `ahead` are made next, while the caller does other things.
  func messages(for contacts: [PlannedContact], ahead: [PlannedContact]) -> [Composition] {
    let now = Monotonic.now
    let drafts = drafts(for: contacts)
    let messages = contacts.indices.map { index in
      // Where another contact was expected there is none, and one may have become old.
      guard index < drafts.count, now - drafts[index].made < Self.ageMax else { return compose(contacts[index]) }
      return drafts[index].composition
    }
    expect(ahead)
    return messages
  }

  /// Nothing that was made ahead is used.
  func clear() { state.with { $0.clear() } }

  /// Those of the first contacts; waits for them where they are being made.
  private func drafts(for contacts: [PlannedContact]) -> [Draft] {
    let count = state.with { state -> Int in
      let count = min(contacts.count, state.line.count)
      if contacts.prefix(count).elementsEqual(state.line.prefix(count)) {
        state.awaited = count
        return count
      }
      state.clear()
      return 0
    }
    return state.wait(until: nil) { state in
      if state.isMaking, state.drafts.count < count { return nil }
      let drafts = Array(state.drafts.prefix(count))
      state.line = state.line.dropFirst(count)
      state.drafts = state.drafts.dropFirst(count)
      state.awaited = nil
      return drafts
    } ?? []
  }

  private func expect(_ contacts: [PlannedContact]) {
    let needsThread = state.with { state -> Bool in
      if !contacts.starts(with: state.line) { state.clear() }
      state.line += contacts.dropFirst(state.line.count)
      guard !state.isMaking, state.next != nil else { return false }
      state.isMaking = true
      return true
    }
    guard needsThread, !WorkerThread.start({ self.make() }) else { return }
    // Without a thread they are made when they are asked for.
    state.with { state in
      state.clear()
      state.isMaking = false
    }
  }

  /// The life of the thread: until nobody was expected for a moment.
  private func make() {
    while true {
      let task = state.wait(until: Monotonic.now + Self.patience) { state in
        state.next.map { (contact: $0, clearings: state.clearings) }
      }
      guard let task else {
        let isNeeded = state.with { state -> Bool in
          state.isMaking = state.next != nil
          return state.isMaking
        }
        if isNeeded { continue }
        return
      }
      let draft = Draft(composition: compose(task.contact), made: Monotonic.now)
      let isAwaited = state.with(waking: .none) { state in
        if state.clearings == task.clearings { state.drafts.append(draft) }
        return state.drafts.count == state.awaited
      }
      if isAwaited { state.wake() }
    }
  }
}
