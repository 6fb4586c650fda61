import Units

/// `[cycle]`: when the daemon reads the ledger and decides.
package struct CycleSettings: Sendable, Equatable {
  package enum Timing: Sendable, Equatable {
    case every(Span)
    /// In the company's zone, ascending.
    case at([ClockTime])
  }

  package var timing = Timing.every(.minutes(15))
  package var place: Place?
}

extension CycleSettings {
  init(_ reader: TableReader) {
    let every = reader.span("every", atLeast: .seconds(1), atMost: .days(365))
    let at = reader.list("at", expected: "a time such as \"09:00\", or a list of such") { value -> ClockTime? in
      value.line.flatMap { ClockTime(text: $0) }.flatMap { $0.minutes < 1440 ? $0 : nil }
    }
    if reader.has("every"), reader.has("at") {
      reader.problems.error(
        reader.place(of: "at"), key: "cycle.at", "cycle.at: found beside cycle.every, expected one of the two",
        remedy: "remove the one that is not meant")
    }
    if let at, at.value.isEmpty, reader.has("at") {
      reader.problems.error(at.place, key: "cycle.at", "cycle.at: found no time, expected at least one")
    } else if let at {
      timing = .at(Set(at.value).sorted())
      place = at.place
    } else if let every {
      timing = .every(every.value)
      place = every.place
    }
    reader.finish()
  }
}
