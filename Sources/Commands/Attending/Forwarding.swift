import ArgumentParser
import Glibc

extension Dunningd {
  /// The whole program: what `main` calls.
  package static func start() {
    // Who is started without them must not write its log into the first file that it opens.
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
    do {
      try reporting {
        let fault = CommandName.fault(in: CommandLine.arguments.dropFirst(), of: self)
        if let fault { throw CommandFailure(.usage, fault) }
      }
      var command = try parseAsRoot()
      // What a person does is done to its end, though who reads along stops reading.
      if command is any Intervening || command is JournalErase { signal(SIGPIPE, SIG_IGN) }
      if let step = command as? any Intervening, step.isIntervention {
        try Forwarding.toDaemon(step.common, author: type(of: step).authorOption)
      }
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}

/// A person's intervention goes to the daemon where one runs, so that it needs no access to the journal's files and
/// stops what is about to go. Without a daemon it is done here.
enum Forwarding {
  /// - Throws: `ExitCode` when the daemon has answered, whatever it said. Returns when there is none.
  static func toDaemon(_ common: CommonOptions, author: String) throws {
    // The daemon itself sent us.
    guard AuthorOption.caller == nil else { return }
    try reporting {
      let words = words(Array(CommandLine.arguments.dropFirst()), author: author)
      guard let answer = try Call(common).answer(to: words) else { return }
      Output.text(answer.out)
      Output.errorText(answer.err)
      throw ExitCode(answer.status)
    }
  }

  /// As the daemon takes them: without our configuration, with the person behind sudo.
  static func words(_ arguments: [String], author: String = "--by") -> [String] {
    var words: [String] = []
    var isValue = false
    for (index, word) in arguments.enumerated() {
      // What stands behind it is no option, whatever it looks like.
      if word == "--" {
        words += arguments[index...]
        break
      }
      if isValue {
        isValue = false
      } else if word == "--config" {
        isValue = true
      } else if !word.hasPrefix("--config=") {
        words.append(word)
      }
    }
    let end = words.firstIndex(of: "--") ?? words.count
    if getuid() == 0, !words[..<end].contains(where: { $0 == author || $0.hasPrefix(author + "=") }) {
      words.insert(contentsOf: [author, AuthorOption.user], at: end)
    }
    return words
  }
}
