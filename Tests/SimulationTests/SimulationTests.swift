import Daemon
import Decisions
import Simulation
import Testing
import Units

@Suite("The simulation")
struct SimulationTests {
  private static let currencies = ["EUR", "USD"].compactMap { Currency(code: $0) }

  private static func outcome(
    _ seed: UInt64, days: Int = 40, leftOut: Set<Int> = [], judge: @escaping Engine.Judge = Simulation.judge
  ) throws -> Simulation.Outcome {
    var simulation = try Simulation(seed: seed, days: days, currencies: currencies, leftOut: leftOut, judge: judge)
    return simulation.run()
  }

  @Test("whatever fails, the watch has nothing to object to", arguments: 0..<2)
  func seeds(batch: Int) throws {
    var all = (cycles: 0, crashes: 0, taken: 0, prophecies: 0)
    for seed in UInt64(batch * 24 + 1)...UInt64(batch * 24 + 24) {
      let outcome = try Self.outcome(seed)
      #expect(outcome.objections.isEmpty, "seed \(seed)")
      all.cycles += outcome.cycles
      all.crashes += outcome.crashes
      all.taken += outcome.taken
      all.prophecies += outcome.prophecies
    }
    // A simulation in which nothing happens proves nothing.
    #expect(all.cycles > 300 && all.crashes > 0 && all.taken > 20 && all.prophecies > 0, "\(all)")
  }

  @Test("the same seed writes the same journal, byte by byte", arguments: [1, 7, 42] as [UInt64])
  func reproducible(seed: UInt64) throws {
    let first = try Self.outcome(seed)
    #expect(try Self.outcome(seed) == first)
    #expect(try Self.outcome(seed + 1).journal != first.journal)
  }

  @Test("without one of its happenings a history is another, and can be told again too")
  func leftOut() throws {
    let simulation = try Simulation(seed: 3, days: 40, currencies: Self.currencies)
    let invoices = Set(simulation.happenings.filter { $0.deed == .invoice }.map(\.number))
    let without = try Self.outcome(3, leftOut: invoices)
    #expect(try Self.outcome(3, leftOut: invoices) == without)
    #expect(try Self.outcome(3).journal != without.journal)
    #expect(without.objections.isEmpty)
  }

  /// Wrong ways to decide, and what they break.
  private static let wrongJudges: [(Invariant, Engine.Judge)] = [
    (
      .cap,
      { books, history, policy, now, age in
        var policy = policy
        policy.contact.atMost = ContactRules.Cap(contacts: 9, days: 7)
        policy.contact.minGapDays = 0
        return decide(books, history, policy, now: now, ledgerAge: age)
      }
    ),
    (
      .hours,
      { books, history, policy, now, age in
        var policy = policy
        policy.contact.weekdays = Weekday.allCases
        policy.contact.holidays = .calendars([])
        return decide(books, history, policy, now: now, ledgerAge: age)
      }
    ),
    (
      .forgotten,
      { books, history, policy, now, age in
        var verdict = decide(books, history, policy, now: now, ledgerAge: age)
        verdict.contacts.removeAll { $0.payer.id == "C1" }
        return verdict
      }
    ),
  ]

  @Test("who decides wrongly is found, and the history is shortened to what it needs", arguments: wrongJudges.indices)
  func shrinks(index: Int) throws {
    let (invariant, judge) = Self.wrongJudges[index]
    var found: UInt64?
    for seed in 1...40 as ClosedRange<UInt64> {
      guard try Self.outcome(seed, judge: judge).objections.first?.invariant == invariant else { continue }
      found = seed
      break
    }
    let seed = try #require(found, "\(invariant.rawValue)")
    let simulation = try Simulation(seed: seed, days: 40, currencies: Self.currencies)
    let short = try Shrinking(
      seed: seed, days: 40, currencies: Self.currencies, invariant: invariant, runsMax: 60, judge: judge)
    #expect(short.needed.count < simulation.happenings.count / 2)
    #expect(short.outcome.objections.first?.invariant == invariant)
    #expect(!short.outcome.chronicle.isEmpty)
    // What the shortened history does not need, it does not have.
    let leftOut = Set(simulation.happenings.map(\.number)).subtracting(short.needed.map(\.number))
    #expect(try Self.outcome(seed, leftOut: leftOut, judge: judge).objections == short.outcome.objections)
  }
}
