import ArgumentParser
import Units

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config = "/etc/dunningd/dunningd.toml"

  @Option(name: .long, help: ArgumentHelp("How to print: table, json (one object a line) or csv.", valueName: "format"))
  var format = OutputFormat.table

  @Flag(name: .customLong("no-color"), help: "No colour, even on a terminal.")
  var noColour = false

  var terminal: Terminal { .standardOutput(noColour: noColour) }
}

/// `--as-of`, where a command can look, decide and record as if it were then.
struct AsOfOption: ParsableArguments {
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp(
      "Look, decide and record as if it were then: 2026-03-01 (00:00) or 2026-03-01T09:00, the company's local time.",
      valueName: "time"))
  var time: LocalTime?
}

/// A civil day and a clock time, before anyone knows in which zone.
struct LocalTime: ExpressibleByArgument {
  let day: Day
  let clock: ClockTime

  init(_ day: Day, _ clock: ClockTime) {
    self.day = day
    self.clock = clock
  }

  init?(argument: String) {
    let parts = argument.split(separator: "T", omittingEmptySubsequences: false)
    guard let day = Day(iso: String(parts[0])) else { return nil }
    self.day = day
    switch parts.count {
    case 1: clock = .midnight
    case 2:
      // Seconds are accepted and dropped: nothing here is decided by the second.
      let pieces = parts[1].split(separator: ":", omittingEmptySubsequences: false)
      let seconds = pieces.count == 3 ? pieces[2] : "00"
      guard pieces.count <= 3, seconds.utf8.count == 2, seconds.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        seconds < "60", let clock = ClockTime(text: pieces.prefix(2).joined(separator: ":"))
      else { return nil }
      self.clock = clock
    default: return nil
    }
  }

  func instant(in zone: Zone) -> Instant { zone.instant(day: day, time: clock) }
}

extension Day: ExpressibleByArgument {
  public init?(argument: String) { self.init(iso: argument) }
}

extension ClockTime {
  static let midnight = ClockTime(text: "00:00")!  // a literal that reads
}
