/// What a visit to the relay without a mail showed.
package struct ProbeReport: Sendable, Equatable {
  /// `accepted` at stage `noop` when everything worked; else the same fault that a mail would have met.
  package let result: DeliveryResult
  /// The server's greeting; empty when it never spoke.
  package let greeting: String
  /// What it offered in answer to the last EHLO, line by line: `SIZE 52428800`, `AUTH PLAIN LOGIN`.
  package let offers: [String]
  /// It confirmed our login.
  package let isLoggedIn: Bool

  package init(result: DeliveryResult, greeting: String = "", offers: [String] = [], isLoggedIn: Bool = false) {
    self.result = result
    self.greeting = ReplyText.clean(greeting)
    self.offers = offers.map(ReplyText.clean)
    self.isLoggedIn = isLoggedIn
  }

  init(result: DeliveryResult, exchanges: [Transfer.Exchange]) {
    let hello = exchanges.last { $0.command == .hello && ($0.reply?.code ?? 0) / 100 == 2 }
    self.init(
      result: result, greeting: exchanges.first { $0.command == .greeting }?.reply?.line ?? "",
      offers: Array((hello?.reply?.texts ?? []).dropFirst()),
      isLoggedIn: exchanges.contains { $0.command == .auth && $0.reply?.code == 235 })
  }

  /// The largest message that the server takes, in bytes (RFC 1870); nil when it does not say, or says no limit.
  package var sizeMax: Int? {
    for offer in offers {
      let words = offer.split(separator: " ")
      if words.count == 2, words[0].uppercased() == "SIZE", let size = Int(words[1]), size > 0 { return size }
    }
    return nil
  }
}
