import Ledger
import Testing
import Units

@testable import Decisions

/// So many workers, one after the other: what they make must not depend on how the work was parted.
private struct Parted: Workers {
  let count: Int
  func map<Part: Sendable>(_ parts: Int, _ body: @Sendable (Int) -> Part) -> [Part] { (0..<parts).map(body) }
}

/// What of a verdict a cycle acts on and tells.
private struct Gist: Equatable {
  let contacts: [String]
  let waiting: Int
  let tally: [ReasonCode: Int]
  let soonest: [String]

  init(_ verdict: Verdict) {
    contacts = verdict.contacts.map { contact in
      "\(contact.payer.id) \(contact.currency) \(contact.step.name) \(contact.total) \(contact.to) \(contact.day) "
        + contact.advancing.map { "\($0.key.number)\($0.step)\($0.repetition)" }.joined(separator: " ")
    }
    waiting = verdict.waitingCount
    tally = verdict.tally
    soonest = verdict.soonest.decisions.map { "\($0.key) \($0.reason) \(String(describing: $0.until))" }
  }
}

extension Scene {
  fileprivate func verdict(
    at now: Instant, _ detail: Verdict.Detail = .contacts, workers: Int = 1
  ) -> Verdict {
    decide(books, history, policy, now: now, ledgerAge: ledgerAge, detail: detail, workers: Parted(count: workers))
  }
}

extension Scene {
  /// A random one some weeks on, in which contacts went, failed or were put off, people spoke and customers answered.
  fileprivate static func lived(seed: Int) -> Scene {
    var random = SplitMix(seed: UInt64(seed))
    var scene = Scene.random(&random)
    if random.one(in: 3) { scene.policy.contact.firstCycle = .approve }
    if random.one(in: 3) { scene.policy.contact.maxPerCycle = 1 }
    if random.one(in: 4), let step = scene.policy.schedules[0].steps.indices.last {
      scene.policy.schedules[0].steps[step].approval = true
    }
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      scene.now = scene.now + .minutes(Int.random(in: 1...4000, using: &random))
      if random.one(in: 2) { scene = scene.somethingHappens(&random) }
      let verdict = scene.verdict(at: scene.now, .everything)
      for contact in verdict.contacts.prefix(3) { scene.tried(contact, &random) }
      for contact in verdict.waiting where random.one(in: 2) {
        let extent: Approval.Extent = contact.isWaiting(for: .contact) ? .contact : .cycle
        scene.history.apply(
          .approvalGiven(Approval(of: contact, extent: extent, subject: "", granted: !random.one(in: 4), by: "a")),
          at: scene.now)
      }
      if random.one(in: 6) {
        scene.history.apply(.contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), at: scene.now)
      }
    }
    scene.now = scene.now + .minutes(Int.random(in: 0...3000, using: &random))
    return scene
  }

  private mutating func tried(_ contact: PlannedContact, _ random: inout SplitMix) {
    contacts += 1
    let id = contact.completes ?? "c\(contacts)"
    history.apply(
      .contactIntended(contact.intended(as: id, attempt: 1, messageID: "", sha256: "", policy: "")), at: now)
    for recipient in 0..<max(1, contact.to.count) {
      let attempt = Attempt(contact: id, recipient: recipient, attempt: 1)
      let outcome: HistoryEvent =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .contactDeferred(attempt, next: now + .minutes(Int.random(in: 5...3000, using: &random)))
        case 1: .contactFailed(attempt)
        default: .contactSent(attempt)
        }
      history.apply(outcome, at: now)
    }
  }
}

@Suite("A verdict")
struct StandingTests {
  @Test("is the same however much of it is told, and however many work on it", arguments: 0..<150)
  func parted(seed: Int) {
    let scene = Scene.lived(seed: seed)
    let whole = scene.verdict(at: scene.now, .everything)
    let gist = Gist(whole)
    for workers in 1...4 {
      #expect(Gist(scene.verdict(at: scene.now, .everything, workers: workers)) == gist)
      #expect(Gist(scene.verdict(at: scene.now, .contacts, workers: workers)) == gist)
    }
    var counts: [ReasonCode: Int] = [:]
    for decision in whole.decisions { counts[decision.reason, default: 0] += 1 }
    #expect(whole.tally == counts)
    #expect(whole.waitingCount == whole.waiting.count)
  }

  @Test("stands until it says so", arguments: 0..<400)
  func stands(seed: Int) throws {
    let scene = Scene.lived(seed: seed)
    let before = scene.verdict(at: scene.now)
    let gist = Gist(before)
    let end = try #require(before.standsUntil)
    #expect(scene.now <= end && end <= scene.now + .days(1))
    let last = max(scene.now, end - Span(milliseconds: 1))
    let half = Span(milliseconds: (last - scene.now).milliseconds / 2)
    for instant in [last, scene.now + half] {
      #expect(Gist(scene.verdict(at: instant)) == gist, "at \(instant), though it stands until \(end)")
    }
  }

  @Test("stands to the next wait's end, to the next hour that opens or closes, or to midnight")
  func ends() {
    func end(_ scene: Scene, _ time: String) -> Instant? { scene.verdict(at: Zone.berlin.time(time)).standsUntil }
    let one = Scene(due: "2026-03-02")
    #expect(end(one, "2026-03-03 08:00") == Zone.berlin.time("2026-03-03 10:00"))
    #expect(end(one, "2026-03-03 11:00") == Zone.berlin.time("2026-03-03 16:00"))
    #expect(end(one, "2026-03-03 17:00") == Zone.berlin.time("2026-03-04 00:00"))
    // The company's day dates money, also for a customer elsewhere.
    #expect(
      end(one.customer("C") { $0.zone = .tokyo }, "2026-03-03 17:00") == Zone.berlin.time("2026-03-04 00:00"))
    #expect(
      end(one.customer("C") { $0.zone = .tokyo }, "2026-03-03 11:00") == Zone.tokyo.time("2026-03-04 00:00"))
    let answered = one.with {
      $0.history.apply(
        .contactReplied(Reply(contact: nil, customer: "C", excerpt: nil)), at: Zone.berlin.time("2026-03-09 11:30"))
    }
    #expect(end(answered, "2026-03-12 11:00") == Zone.berlin.time("2026-03-12 11:30"))
    // On 29 March the clocks change.
    #expect(end(one, "2026-03-29 17:00") == Zone.berlin.time("2026-03-29 17:00"))
  }
}
