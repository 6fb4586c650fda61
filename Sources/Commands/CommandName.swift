import ArgumentParser
import Units

/// The words of a command line that say which command is meant.
enum CommandName {
  /// What is wrong with them, for a person; nil when they name a command or ask for help.
  ///
  /// Asked before the parser is, which takes a command that is misspelt for an argument, and complains of the options
  /// behind it.
  static func fault(in words: some Sequence<String>, of root: any ParsableCommand.Type) -> String? {
    var command = root
    for word in words {
      let known = command.configuration.subcommands
      if known.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
      guard let next = known.first(where: { name(of: $0) == word }) else {
        let name = "\(command == root ? "" : Self.name(of: command) + " ")"
        let near = Nearest.match(word, in: known.map(Self.name)).map { "; is \"\(name)\($0)\" meant?" } ?? ""
        return "there is no command \"\(name)\(word)\"\(near)\n  `dunningd \(name)--help` lists all of them"
      }
      command = next
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String { command._commandName }
}
