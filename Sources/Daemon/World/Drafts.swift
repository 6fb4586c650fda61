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
    let messages = contacts.map { draft(for: $0) ?? compose($0) }
    expect(ahead)
    return messages
  }

  /// Nothing that was made ahead is used.
  func clear() { state.with { $0.clear() } }

  /// Waits for it where it is being made; nil where another contact was expected, or it has become old.
  private func draft(for contact: PlannedContact) -> Composition? {
    let draft = state.wait(until: nil) { state -> Draft?? in
      guard state.line.first == contact else {
        state.clear()
        return .some(nil)
      }
      if state.drafts.isEmpty, state.isMaking { return nil }
      state.line.removeFirst()
      return .some(state.drafts.popFirst())
    }
    guard let draft = draft ?? nil, Monotonic.now - draft.made < Self.ageMax else { return nil }
    return draft.composition
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
      state.with { if $0.clearings == task.clearings { $0.drafts.append(draft) } }
    }
  }
}
