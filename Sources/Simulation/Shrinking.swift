import Daemon
import Units

/// Makes a history that went wrong short: leaves out what it goes wrong without.
///
/// Delta debugging over the numbered happenings. Source: Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing
/// Input, IEEE Transactions on Software Engineering 28 (2002), algorithm ddmin.
package struct Shrinking: Sendable {
  /// The happenings without which it does not go wrong any more, in the order of time.
  package let needed: [Happening]
  /// The shortened history, with its chronicle.
  package let outcome: Simulation.Outcome
  /// How often the history was told for it.
  package let runs: Int

  /// - Parameters:
  ///   - invariant: what the whole history objected to first.
  ///   - runsMax: gives up making it shorter after so many.
  package init(
    seed: UInt64, days: Int, currencies: [Currency], invariant: Invariant, runsMax: Int = 400,
    judge: @escaping Engine.Judge = Simulation.judge
  ) throws(JournalFault) {
    let all = try Simulation(seed: seed, days: days, currencies: currencies).happenings
    var runs = 0
    func told(with kept: [Happening], isTold: Bool = false) throws(JournalFault) -> Simulation.Outcome {
      runs += 1
      let leftOut = Set(all.map(\.number)).subtracting(kept.map(\.number))
      var simulation = try Simulation(
        seed: seed, days: days, currencies: currencies, leftOut: leftOut, isTold: isTold, judge: judge)
      return simulation.run()
    }
    func goesWrong(_ kept: [Happening]) throws(JournalFault) -> Bool {
      try told(with: kept).objections.first?.invariant == invariant
    }
    // What lies behind the objection is the first to go.
    let end = try told(with: all).objections.first?.at
    var kept = all.filter { happening in end.map { happening.at <= $0 + .days(3) } ?? true }
    if try !goesWrong(kept) { kept = all }
    var parts = 2
    while kept.count >= 2, runs < runsMax {
      let size = (kept.count + parts - 1) / parts
      var isShorter = false
      for start in stride(from: 0, to: kept.count, by: size) where runs < runsMax {
        let rest = Array(kept[..<start] + kept[min(kept.count, start + size)...])
        if try goesWrong(rest) {
          kept = rest
          parts = max(2, parts - 1)
          isShorter = true
          break
        }
      }
      if !isShorter {
        if parts >= kept.count { break }
        parts = min(kept.count, parts * 2)
      }
    }
    if kept.count == 1, try goesWrong([]) { kept = [] }
    needed = kept
    self.outcome = try told(with: kept, isTold: true)
    self.runs = runs
  }
}
