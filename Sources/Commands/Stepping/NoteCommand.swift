import ArgumentParser
import Decisions

struct NoteCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Keeps a note with a customer or an invoice; it changes no decision.",
    discussion: """
      Example:
        dunningd note K-7 --text "Ms Berger is back on 14 April"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Customers and invoices.", valueName: "customer|invoice"))
  var names: [String]

  @Option(name: [.long, .customLong("reason")], help: ArgumentHelp("The note.", valueName: "text"))
  var text: String

  func run() throws {
    try reporting {
      let step = try Intervention(common, asOf)
      let scopes = try step.scopes(of: names)
      let events = scopes.map { HistoryEvent.noteAdded(scope: $0, by: by.author, text: text) }
      try step.record(events, done: "Noted: " + scopes.map(\.words).joined(separator: ", ") + ".", about: scopes)
    }
  }
}

struct SkipCommand: Intervening {
  static let configuration = CommandConfiguration(
    commandName: "skip",
    abstract: "Passes one step of an invoice without doing it.",
    discussion: """
      Example:
        dunningd skip R-1042 --step call --reason "spoke to them yesterday"
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var asOf: AsOfOption
  @OptionGroup var by: AuthorOption

  @Argument(help: ArgumentHelp("Invoices.", valueName: "invoice"))
  var names: [String]

  @Option(help: ArgumentHelp("The step's name.", valueName: "name"))
  var step: String

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String

  @Flag(help: "Takes it back: the step counts again.")
  var undo = false

  func validate() throws {
    if reason.isBlank { throw ValidationError("skip needs --reason TEXT") }
  }

  func run() throws {
    try reporting {
      let intervention = try Intervention(common, asOf)
      let policy = intervention.session.policy
      let known = Set((policy.schedules + policy.pledgeSchedules).flatMap { $0.steps.map(\.name) })
      guard known.contains(step) else {
        throw CommandFailure(
          .usage, "no schedule has a step \"\(step)\"; there are " + known.sorted().joined(separator: ", "))
      }
      let scopes = try intervention.scopes(of: names)
      for case .customer(let id) in scopes {
        throw CommandFailure(.usage, "\"\(id)\" is a customer: name the invoices whose step is to be skipped")
      }
      if undo {
        for scope in scopes where !(intervention.history.skips[scope] ?? []).contains(where: { $0.step == step }) {
          throw CommandFailure(.data, "step \"\(step)\" of \(scope.words) was not skipped: nothing was recorded")
        }
      }
      let events = scopes.map {
        HistoryEvent.stepSkipped(scope: $0, step: step, undone: undo, by: by.author, text: reason)
      }
      try intervention.record(
        events,
        done: "\(undo ? "Counts again: step" : "Skipped step") \"\(step)\": "
          + scopes.map(\.words).joined(separator: ", ") + ".", about: scopes)
    }
  }
}
