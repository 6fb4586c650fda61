import Dispatch
import Glibc
import Simulation
import Synchronization
import Units

/// Many seeds, on several threads; what they came to together, and each that went wrong.
final class SeedRun: Sendable {
  private struct Total {
    var next: UInt64
    var seeds = 0
    var cycles = 0
    var steps = 0
    var crashes = 0
    var taken = 0
    var doubts = 0
    var sealed = 0
    var previews = 0
    var prophecies = 0
    var wrong: [UInt64] = []
  }

  private let words: Words
  private let currencies: [Currency]
  private let total: Mutex<Total>
  private let began = ContinuousClock.now

  init(_ words: Words, _ currencies: [Currency]) {
    self.words = words
    self.currencies = currencies
    total = Mutex(Total(next: words.seeds.lowerBound))
  }

  /// - Returns: whether nothing went wrong.
  func all() -> Bool {
    DispatchQueue.concurrentPerform(iterations: words.jobs) { _ in
      while let seed = take() { look(seed) }
    }
    let sum = total.withLock { $0 }
    let took = ContinuousClock.now - began
    let milliseconds = Int(took.components.seconds) * 1000 + Int(took.components.attoseconds / 1_000_000_000_000_000)
    let each = milliseconds * words.jobs / max(1, sum.seeds)
    print(
      "\(sum.seeds) seeds of \(words.days) days in \(milliseconds / 1000) s, \(each) ms each on \(words.jobs) threads")
    print(
      "\(sum.cycles) cycles, \(sum.steps) steps, \(sum.taken) messages, \(sum.crashes) crashes, \(sum.doubts) doubts, "
        + "\(sum.sealed) files sealed")
    print("\(sum.previews) previews and \(sum.prophecies) statements of explain held against what came")
    print(sum.wrong.isEmpty ? "nothing went wrong" : "\(sum.wrong.count) went wrong: \(sum.wrong.sorted().prefix(50))")
    return sum.wrong.isEmpty
  }

  private func take() -> UInt64? {
    total.withLock { total in
      guard total.next <= words.seeds.upperBound, !words.isUntilFound || total.wrong.isEmpty else { return nil }
      total.next += 1
      return total.next - 1
    }
  }

  private func look(_ seed: UInt64) {
    let outcome: Simulation.Outcome
    do {
      var simulation = try Simulation(seed: seed, days: words.days, currencies: currencies, isTold: words.tells)
      outcome = simulation.run()
    } catch {
      print("seed \(seed): \(error)")
      return total.withLock { $0.wrong.append(seed) }
    }
    let count = total.withLock { total in
      total.seeds += 1
      total.cycles += outcome.cycles
      total.steps += outcome.steps
      total.crashes += outcome.crashes
      total.taken += outcome.taken
      total.doubts += outcome.doubts
      total.sealed += outcome.sealed
      total.previews += outcome.previews
      total.prophecies += outcome.prophecies
      if !outcome.objections.isEmpty { total.wrong.append(seed) }
      return total.seeds
    }
    if count % 100 == 0 {
      print("… \(count) seeds, \(total.withLock { $0.wrong.count }) went wrong")
      fflush(nil)
    }
    if words.tells { print(outcome.chronicle.joined(separator: "\n")) }
    guard let first = outcome.objections.first else { return }
    print("seed \(seed): \(first)")
    if words.shrinks { shrink(seed, first) }
  }

  private func shrink(_ seed: UInt64, _ objection: Objection) {
    do {
      let short = try Shrinking(
        seed: seed, days: words.days, currencies: currencies, invariant: objection.invariant)
      print(
        """
        seed \(seed), shortened in \(short.runs) runs to \(short.needed.count) happenings:
        \(short.needed.map { "  " + $0.description }.joined(separator: "\n"))
        what came of it:
        \(short.outcome.chronicle.suffix(40).map { "  " + $0 }.joined(separator: "\n"))
        \(short.outcome.objections.map { "  objection: \($0)" }.joined(separator: "\n"))
        """)
    } catch {
      print("seed \(seed): \(error)")
    }
  }
}
