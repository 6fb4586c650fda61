/// What the words of a refusal plainly speak of, where its code says nothing: an address that is wrongly called bad is
/// never written to again, so words that refuse *us* are believed before a bare code is.
struct RefusalWords {
  /// In lower case, letters and digits alone, without addresses: these may hold any word.
  private let words: [Substring]
  private let text: String

  init(_ reply: ServerReply) {
    let plain = reply.texts.joined(separator: " ").lowercased().split { $0.isWhitespace }.prefix(300)
      .filter { !$0.utf8.contains(UInt8(ascii: "@")) }.joined(separator: " ")
    words = plain.split { !$0.isLetter && !$0.isNumber }
    text = " " + words.joined(separator: " ") + " "
  }

  /// Whether it is about relaying, logging in, policy, a block list or a rate, and not about somebody who is not there.
  var refuseUs: Bool {
    guard !speak(of: Self.nobody) else { return false }
    return speak(of: Self.us) || words.contains { word in Self.beginnings.contains { word.hasPrefix($0) } }
  }

  var speakOfRate: Bool { words.contains("rate") }

  private func speak(of phrases: [String]) -> Bool { phrases.contains { text.contains(" \($0) ") } }

  private static let beginnings = [
    "relay", "authenticat", "rcpthosts", "policy", "policies", "prohibit", "blacklist", "blocklist", "spam", "dnsbl",
    "ratelimit", "throttl",
  ]

  private static let us = [
    "block list", "black list", "blocked", "rbl", "sorbs", "barracuda", "reputation", "rate limit", "rate limited",
    "too many", "sender verify", "sender verification",
  ]

  private static let nobody = [
    "user unknown", "unknown user", "recipient unknown", "unknown recipient", "mailbox unknown", "unknown mailbox",
    "no such", "not exist", "doesn t exist", "user not found", "recipient not found", "recipient table",
  ]
}
