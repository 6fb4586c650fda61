import ArgumentParser

/// The command line: `dunningd SUBCOMMAND`.
package struct Dunningd: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "dunningd",
    abstract: "Follows up every open invoice: on time, politely, exactly once, and with proof.",
    discussion: """
      Try it first: dunningd demo. Then look before anything is sent:
        dunningd check
        dunningd preview --days 30
        dunningd explain INVOICE

      Exit status: 0 fine, 64 usage, 65 bad data, 69 service unavailable, 70 bug,
      74 input or output, 75 try later, 78 configuration.
      """,
    version: dunningdVersion,
    groupedSubcommands: [
      CommandGroup(name: "Sending", subcommands: [RunCommand.self, StatusCommand.self, ReloadCommand.self]),
      CommandGroup(
        name: "Looking",
        subcommands: [
          CheckCommand.self, PreviewCommand.self, ExplainCommand.self, TasksCommand.self, DigestCommand.self,
          JournalCommand.self, TestCommand.self,
        ]),
      CommandGroup(
        name: "Stepping in",
        subcommands: [
          HoldCommand.self, ReleaseCommand.self, DisputeCommand.self, PromiseCommand.self, PlanCommand.self,
          CallCommand.self, NoteCommand.self, SkipCommand.self, ApproveCommand.self, ResolveCommand.self,
          StatementCommand.self, IntakeMailCommand.self,
        ]),
      CommandGroup(name: "Trying", subcommands: [DemoCommand.self]),
    ])

  package init() {}
}

/// The version of this program, as `--version` and the journal say it.
package let dunningdVersion = "0.1.0"
