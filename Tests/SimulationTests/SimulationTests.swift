import Foundation
import Simulation
import Testing
import Units

@Suite("The simulation")
struct SimulationTests {
  private static func outcome(_ seed: UInt64, days: Int = 25) throws -> Simulation.Outcome {
    let euro = try #require(Currency(code: "EUR"))
    var simulation = try Simulation(seed: seed, days: days, currency: euro)
    return simulation.run()
  }

  @Test("whatever fails, nobody gets a step twice, or anything that was settled or held", arguments: 0..<8)
  func seeds(batch: Int) throws {
    var all = (cycles: 0, crashes: 0, taken: 0, doubts: 0)
    for seed in UInt64(batch * 30 + 1)...UInt64(batch * 30 + 30) {
      let outcome = try Self.outcome(seed)
      #expect(outcome.objections.isEmpty, "seed \(seed)")
      all.cycles += outcome.cycles
      all.crashes += outcome.crashes
      all.taken += outcome.taken
      all.doubts += outcome.doubts
    }
    // A simulation in which nothing happens proves nothing.
    #expect(all.cycles > 1000 && all.crashes > 50 && all.taken > 200 && all.doubts >= 5, "\(all)")
  }

  @Test("the same seed writes the same journal, byte by byte", arguments: [1, 7, 42] as [UInt64])
  func reproducible(seed: UInt64) throws {
    let first = try Self.outcome(seed)
    #expect(try Self.outcome(seed) == first)
    #expect(try Self.outcome(seed + 1).journal != first.journal)
  }
}
