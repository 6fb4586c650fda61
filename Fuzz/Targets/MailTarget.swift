import Incoming

/// A message that came back.
///
/// Held: reading it twice gives the same; what is told of it is short and has no controls; only a bounce is permanent,
/// never for a cause that passes; what has no header is no message.
enum MailTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard let arrival = Arrival(bytes) else { return }
    try hold(Arrival(bytes) == arrival, "read again it is another: \(arrival)")
    let lists = arrival.addressees + arrival.references + arrival.otherSenders
    try hold(
      arrival.addressees.count <= 10 && arrival.references.count <= 10 && arrival.otherSenders.count <= 10,
      "too many: \(lists)")
    for text in lists + [arrival.messageID, arrival.sender, arrival.returnedFrom].compactMap(\.self) {
      try check(text, most: 260)
    }
    try check(arrival.subject, most: 200)
    try check(arrival.excerpt ?? "", most: 500)
    try hold(arrival.suggestions.count <= 6, "\(arrival.suggestions.count) suggestions")
    for suggestion in arrival.suggestions {
      try check(suggestion.line ?? "", most: 200)
      try hold(suggestion.amounts.allSatisfy(\.isPositive), "an amount of nothing: \(suggestion)")
    }
    try hold(arrival.recipients.count <= 10, "\(arrival.recipients.count) recipients")
    for recipient in arrival.recipients {
      try check(recipient.words, most: 200)
      for address in [recipient.address, recipient.original].compactMap(\.self) { try check(address, most: 260) }
      guard recipient.diagnosis.isPermanent else { continue }
      try hold(arrival.kind == .bounce, "a \(arrival.kind) that is permanent: \(recipient)")
      try hold(
        [.mailboxUnknown, .domainUnknown, .moved].contains(recipient.diagnosis.reason), "permanent: \(recipient)")
      try hold(recipient.diagnosis.status.hasPrefix("5."), "permanent: \(recipient)")
    }
  }

  private static func check(_ text: String, most: Int) throws(Finding) {
    try hold(text.unicodeScalars.count <= most, "too long: \(text.debugDescription)")
    let isClean = text.unicodeScalars.allSatisfy {
      $0.value == 10 || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
    }
    try hold(isClean, "a control in \(text.debugDescription)")
  }
}
