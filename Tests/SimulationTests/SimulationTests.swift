import Simulation
import Testing
import Units

@Suite("The simulation")
struct SimulationTests {
  private static func outcome(_ seed: UInt64, days: Int = 45) throws -> Simulation.Outcome {
    let euro = try #require(Currency(code: "EUR"))
    var simulation = try Simulation(seed: seed, days: days, currency: euro)
    return try simulation.run()
  }

  @Test("whatever fails, nobody gets a step twice, or anything that was settled or held")
  func seeds() throws {
    var cycles = 0
    var crashes = 0
    var taken = 0
    var doubts = 0
    for seed in UInt64(1)...300 {
      let outcome = try Self.outcome(seed)
      #expect(outcome.objections.isEmpty, "seed \(seed)")
      cycles += outcome.cycles
      crashes += outcome.crashes
      taken += outcome.taken
      doubts += outcome.doubts
    }
    // A simulation in which nothing happens proves nothing.
    print("300 seeds: \(cycles) cycles, \(crashes) crashes, \(taken) messages taken, \(doubts) doubts at recovery")
    #expect(crashes > 1000 && taken > 3000 && doubts > 100)
  }

  @Test("the same seed writes the same journal, byte by byte", arguments: [1, 7, 42] as [UInt64])
  func reproducible(seed: UInt64) throws {
    let first = try Self.outcome(seed)
    #expect(try Self.outcome(seed) == first)
    #expect(try Self.outcome(seed + 1).journal != first.journal)
  }
}
