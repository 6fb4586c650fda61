import Decisions
import Delivery
import Letters

/// Messages made ahead, on a thread of their own, while the one that runs the cycle waits for the disk.
///
/// A draft is used only for the very contact that it was made for, and only for a moment: it bears the time at which it
/// was made.
struct Drafts {
  private var bench: Bench

  init(_ maker: MessageMaker) { bench = Bench(maker) }

  /// Another ledger: what was made ahead is of no use.
  mutating func begin(columns: ExtraColumns) {
    bench.clear()
    var maker = bench.maker
    maker.composer.columns = columns
    bench = Bench(maker)
  }

  /// The messages of `contacts`, in their order; those of `ahead` are made next, while the caller does other things.
  func messages(for contacts: [PlannedContact], ahead: [PlannedContact]) -> [Composition] {
    let messages = contacts.map { bench.draft(for: $0) ?? bench.maker.compose($0) }
    bench.expect(ahead)
    return messages
  }
}

/// What the cycle's thread and the one that makes messages share.
private final class Bench: Sendable {
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

  let maker: MessageMaker
  private let state = Monitor(State())
  private static let ageMax = Duration.seconds(1)

  init(_ maker: MessageMaker) { self.maker = maker }

  func clear() { state.with { $0.clear() } }

  /// Waits for it where it is being made; nil where another contact was expected, or it has become old.
  func draft(for contact: PlannedContact) -> Composition? {
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

  func expect(_ contacts: [PlannedContact]) {
    let needsThread = state.with(waking: .none) { state -> Bool in
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

  /// The life of the thread: until nobody is expected any more.
  private func make() {
    while true {
      let task = state.with { state -> (contact: PlannedContact, clearings: Int)? in
        guard let contact = state.next else {
          state.isMaking = false
          return nil
        }
        return (contact, state.clearings)
      }
      guard let task else { return }
      let draft = Draft(composition: maker.compose(task.contact), made: Monotonic.now)
      state.with { if $0.clearings == task.clearings { $0.drafts.append(draft) } }
    }
  }
}
