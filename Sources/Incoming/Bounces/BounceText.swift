/// The words for people of a message that says that another one did not arrive, and where in them the copy of that other
/// one begins.
struct BounceText: Sendable {
  /// Before the copy.
  let lines: [Substring]
  /// The header of the copy, where one follows in the text itself.
  let returned: HeaderFields

  init(_ text: String) {
    let all = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(3000)
    let end = all.firstIndex(where: BounceText.beginsCopy) ?? all.endIndex
    lines = all[..<end].map { $0 }
    // The words before a header may be followed by an empty line.
    let rest = all[end...].drop { !BounceText.isField($0) }
    let bytes = Array(rest.prefix(400).joined(separator: "\n").utf8)
    var at = 0
    returned = HeaderFields(bytes[...], end: &at)
  }

  private static func beginsCopy(_ line: Substring) -> Bool {
    if isField(line) { return true }
    let words = line.lowercased()
    guard words.utf8.count < 200 else { return false }
    return copySigns.contains { words.contains(bytesOf: $0) }
  }

  private static func isField(_ line: Substring) -> Bool {
    let start = line.prefix(20).lowercased()
    return ["received: ", "received:\t", "return-path: ", "dkim-signature: ", "x-received: ", "arc-seal: "]
      .contains { start.hasPrefix($0) }
  }

  private static let copySigns = [
    "below this line is a copy", "this is a copy of the message", "the header of the original message",
    "included is a copy of the message", "unsent message follows", "original message follows", "unsent message below",
    "message headers follow", "original message headers", "message header follows", "copy of the original message",
    "----- original message", "------ original message", "ursprüngliche nachricht", "ursprüngliche nachrichtenkopf",
    "the attachment contains the original mail", "returned message follows", "headers of the message",
    "returned content",
    "original-nachrichtenkopf", "en-têtes de message d'origine",
  ]

  /// The failed addresses that it names, each with what it says of it.
  ///
  /// - Parameters:
  ///   - named: addresses that the message's header names as failed.
  ///   - own: addresses that are the sender's own.
  func failures(named: [String], own: [String]) -> [Transcript.Failure] {
    let transcript = Transcript(lines)
    if !transcript.failures.isEmpty { return transcript.failures }
    var starts: [(address: String, line: Int)] = []
    for (index, line) in lines.enumerated()
    where line.utf8.contains(UInt8(ascii: "@")) && starts.count < MailLimit.listed {
      guard let address = BounceText.subject(of: line), !own.contains(address) || named.contains(address),
        !starts.contains(where: { $0.address == address })
      else { continue }
      starts.append((address, index))
    }
    let known = named.filter { name in starts.contains { $0.address == name } }
    if !known.isEmpty { starts = starts.filter { known.contains($0.address) } }
    if starts.isEmpty {
      let text = lines.joined(separator: " ")
      let others = named.isEmpty ? Addresses.all(in: text).filter { !own.contains($0) } : named
      return others.prefix(1).map { Transcript.Failure(address: $0, text: BounceText.core(text), stage: nil) }
    }
    return starts.enumerated().map { number, start in
      let end = number + 1 < starts.count ? starts[number + 1].line : lines.count
      var text = lines[start.line..<end].joined(separator: " ").collapsed
      // What says why stands before the list of addresses in some.
      let bare = text.split(separator: " ").filter { !$0.contains("@") }
      if bare.count < 2 { text = lines[..<start.line].suffix(12).joined(separator: " ") + " " + text }
      return Transcript.Failure(address: start.address, text: BounceText.core(text), stage: nil)
    }
  }

  /// What another server said, where it is marked as that; else all of it.
  private static func core(_ text: String) -> String {
    for mark in ["other server returned was:", "remote server was:", "the response was:", "remote host said:"] {
      if let range = text.lowercased().firstRange(of: mark), text.utf8.count == text.lowercased().utf8.count {
        return String(text[range.lowerBound...].dropFirst(mark.count))
      }
    }
    return text
  }

  /// The address that a line is about: one that it begins with, or that follows words such as "delivered to".
  private static func subject(of line: Substring) -> String? {
    let trimmed = line.drop { " *<>-".contains($0) }
    let first = trimmed.prefix { $0 != " " && $0 != ":" && $0 != ">" && $0 != "<" && $0 != "(" }
    if first.contains("@") { return Addresses.first(in: String(first)) }
    let words = line.lowercased()
    let signs = [
      "delivered to", "deliver message to", "delivery to", "delivery failed", "delivering your mail to",
      "wasn't delivered",
      "permanent errors:", "recipient", "address: <", "message to <", "could not be delivered", "original address:",
      "nicht zugestellt",
    ]
    return signs.contains { words.contains(bytesOf: $0) } ? Addresses.first(in: String(line)) : nil
  }
}
