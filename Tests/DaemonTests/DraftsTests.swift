import Decisions
import Delivery
import Glibc
import Synchronization
import Testing

@testable import Daemon

@Suite("Messages made ahead")
struct DraftsTests {
  /// Notes which contacts it was asked to make, in that order, and says so in each message.
  private final class Maker: Sendable {
    let asked = Mutex<[String]>([])

    func compose(_ contact: PlannedContact) -> Composition {
      asked.withLock { $0.append(contact.payer.id) }
      return .ready(Rig.prepared(contact))
    }

    var count: Int { asked.withLock { $0.count } }

    /// Waits until that many were made, whoever asked for them.
    func wait(for count: Int) {
      while self.count < count { sched_yield() }
    }
  }

  private static func contacts(_ ids: [String]) -> [PlannedContact] { ids.map { Rig.contact($0) } }
  private static func messages(_ contacts: [PlannedContact]) -> [Composition] {
    contacts.map { .ready(Rig.prepared($0)) }
  }

  @Test("are those asked for, in their order, each made once")
  func once() {
    let maker = Maker()
    let drafts = Drafts(maker.compose)
    let all = Self.contacts((0..<60).map { "K-\($0)" })
    for start in stride(from: 0, to: 60, by: 6) {
      let rest = all[(start + 6)...]
      #expect(
        drafts.messages(for: Array(all[start..<start + 6]), ahead: Array(rest.prefix(6)))
          == Self.messages(Array(all[start..<start + 6])))
    }
    #expect(maker.asked.withLock { $0 } == all.map(\.payer.id))
  }

  @Test("are made before they are asked for")
  func ahead() {
    let maker = Maker()
    let drafts = Drafts(maker.compose)
    let all = Self.contacts(["a", "b", "c"])
    _ = drafts.messages(for: [all[0]], ahead: [all[1], all[2]])
    maker.wait(for: 3)
  }

  @Test("a contact that is not the very same gets a message of its own")
  func changed() {
    let maker = Maker()
    let drafts = Drafts(maker.compose)
    let all = Self.contacts(["a", "b", "c"])
    _ = drafts.messages(for: [all[0]], ahead: [all[1], all[2]])
    maker.wait(for: 3)
    var moved = all[1]
    moved.to = ["new@b.example"]
    #expect(drafts.messages(for: [moved, all[2]], ahead: []) == Self.messages([moved, all[2]]))
    #expect(maker.count == 5, "what followed it is made anew, too")
  }

  @Test("what was cleared is not used")
  func cleared() {
    let maker = Maker()
    let drafts = Drafts(maker.compose)
    let all = Self.contacts(["a", "b"])
    _ = drafts.messages(for: [all[0]], ahead: [all[1]])
    maker.wait(for: 2)
    drafts.clear()
    #expect(drafts.messages(for: [all[1]], ahead: []) == Self.messages([all[1]]))
    #expect(maker.asked.withLock { $0 } == ["a", "b", "b"])
  }
}
