import Ledger
import Testing
import Units

@testable import Decisions

@Suite("Owners")
struct OwnerTests {
  static let owners = Owners([
    Owner(
      id: "maria", name: "Maria Stein", email: "maria@example.com", backup: "jonas",
      away: [Owner.Absence(first: "2026-03-09", last: "2026-03-13")]),
    Owner(
      id: "jonas", name: "Jonas Beck", email: "jonas@example.com", backup: "maria",
      away: [Owner.Absence(first: "2026-03-12", last: "2026-03-12")]),
  ])

  @Test(
    "are stood in for while they are away, and not for ever in a circle",
    arguments: [
      ("maria", "2026-03-08", "maria"), ("maria", "2026-03-09", "jonas"), ("maria", "2026-03-12", "maria"),
      ("maria", "2026-03-13", "jonas"), ("maria", "2026-03-14", "maria"), ("jonas", "2026-03-12", "jonas"),
      ("nobody", "2026-03-12", nil), (nil, "2026-03-12", nil),
    ] as [(String?, Day, String?)])
  func acting(id: String?, day: Day, expected: String?) {
    #expect(Self.owners.acting(for: id, on: day)?.id == expected)
  }

  private static func scene(_ change: (inout Step) -> Void) -> Scene {
    Scene(due: "2026-03-02").customer {
      $0.owner = "maria"
      $0.cc = ["boss@c.example"]
      $0.escalationEmails = ["cfo@c.example", "ap@c.example"]
    }.with { scene in
      scene.policy.owners = owners
      for schedule in scene.policy.schedules.indices {
        for step in scene.policy.schedules[schedule].steps.indices {
          change(&scene.policy.schedules[schedule].steps[step])
        }
      }
    }.at("2026-03-09 11:00")
  }

  @Test("the contact names who stands in that day, who gets a copy where the step says so")
  func copies() throws {
    let plain = try #require(Self.scene { _ in }.verdict.contacts.first)
    #expect(plain.owner?.id == "jonas")
    #expect(plain.to == ["ap@c.example"])
    #expect(plain.cc == ["boss@c.example"])
    let copied = try #require(Self.scene { $0.copiesOwner = true }.verdict.contacts.first)
    #expect(copied.cc == ["boss@c.example", "jonas@example.com"])
  }

  @Test("a step that escalates goes to the ledger's escalation_email as well, each address once and only good ones")
  func escalation() throws {
    let scene = Self.scene { $0.escalates = true }
    #expect(scene.verdict.contacts.first?.to == ["ap@c.example", "cfo@c.example"])
  }

  @Test("who looks after nobody is told nothing; customers without an owner are told to nobody in particular")
  func digests() throws {
    let scene = Self.scene { _ in }.customer("D").invoice("R2", due: "2026-03-02", of: "D")
    let forecast = Forecast(
      scene.books, scene.history, scene.policy, from: Zone.berlin.time("2026-03-09 08:00"), ledgerAge: .zero, days: 1)
    func digests(_ tasks: [StaffTask] = []) -> [StaffDigest] {
      StaffDigest.all(forecast.entries, tasks, [], scene.customers, scene.policy, day: "2026-03-09")
    }
    let all = digests()
    #expect(all.map { $0.owner?.id } == ["jonas", nil])
    #expect(all.map { $0.goingOut.map(\.contact.payer.id) } == [["C"], ["D"]])
    let task = StaffTask(
      kind: .reply, customer: "D", currency: nil, amount: nil, invoices: [], since: "2026-03-05", owner: "maria",
      subject: "", text: "the customer answered", contact: nil)
    #expect(digests([task])[0].overdue(after: 3).map(\.kind) == [.reply])
    #expect(digests([task])[0].overdue(after: 4).isEmpty)
  }
}
