/// Sendmail's transcript of a session: what it said (`>>>`), what the server answered (`<<<`), and its own line for each
/// recipient that failed.
struct Transcript: Sendable {
  struct Failure: Sendable {
    let address: String
    /// The server's answer and sendmail's line.
    var text: String
    var stage: Evidence.Stage?
  }

  private(set) var failures: [Failure] = []

  init(_ lines: [Substring]) {
    let signs = [">>> ", "<<< "]
    guard
      lines.contains(where: { line in
        let line = line.drop { $0 == " " }
        return signs.contains { line.hasPrefix($0) } || line.lowercased().contains("transcript of session follows")
      })
    else { return }
    var command = ""
    var answers: [String] = []
    for line in lines.prefix(2000) {
      let line = line.drop { $0 == " " }
      if line.hasPrefix(">>> ") {
        command = line.dropFirst(4).prefix { $0.isLetter }.uppercased()
        answers = []
      } else if line.hasPrefix("<<< ") {
        if answers.count < 20 { answers.append(String(line.dropFirst(4))) }
      } else if line.lowercased().contains("while talking to ") {
        command = ""
        answers = []
      } else if let found = Transcript.failure(String(line)) {
        if failures.count >= MailLimit.listed { break }
        var stage: Evidence.Stage?
        // A line without an answer is sendmail's own finding, whatever was said to the server before.
        switch answers.isEmpty ? "" : command {
        case "RCPT": stage = .recipient
        case "MAIL": stage = .sender
        case "HELO", "EHLO", "STARTTLS", "AUTH": stage = .greeting
        // With pipelining the answer to RCPT stands behind DATA; sendmail says by its own line which it was.
        case "DATA": stage = found.text.lowercased().contains("user unknown") ? .recipient : .content
        default: stage = nil
        }
        let text = ([found.text] + answers).joined(separator: " ")
        if let index = failures.firstIndex(where: { $0.address == found.address }) {
          failures[index].text += " " + text
          failures[index].stage = failures[index].stage ?? stage
        } else {
          failures.append(Failure(address: found.address, text: text, stage: stage))
        }
        answers = []
      }
    }
  }

  /// `550 5.1.1 <who@where>... User unknown`
  private static func failure(_ line: String) -> (address: String, text: String)? {
    let words = line.split(separator: " ", maxSplits: 3)
    guard let code = words.first, code.utf8.count == 3, let value = Int(code), (400...599).contains(value),
      let marked = words.dropFirst().prefix(2).first(where: { $0.hasPrefix("<") && $0.contains("@") }),
      marked.hasSuffix(">...") || marked.hasSuffix(">:"), let address = Addresses.first(in: String(marked))
    else { return nil }
    return (address, line)
  }
}
