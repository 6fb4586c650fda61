import TOML
import Units

/// `[webhook]`: the service that takes what goes neither by mail nor on paper.
package struct WebhookSettings: Sendable {
  package var url: String
  /// A name or an address; an IPv6 address without brackets.
  package var host: String
  package var port: Int
  package var isSecure: Bool
  /// What the body is signed with.
  package var secret: Secret
  /// A PEM file of the authorities to trust instead of the system's.
  package var caFile: String?
  package var timeout = Span.seconds(30)
  package var place: Place
}

extension WebhookSettings {
  init?(_ reader: TableReader) {
    reader.require("url", expected: "the service's address, such as \"https://gateway.example.com/messages\"")
    reader.require("secret", expected: "what each message is signed with, such as { credential = \"webhook-secret\" }")
    let url = reader.url("url", expected: "one such as \"https://gateway.example.com/messages\"") {
      text throws(MailServer.Fault) in try WebhookURL(text)
    }
    let isInsecureMeant = reader.boolean("insecure") ?? false
    let secret = reader.secret("secret")
    caFile = reader.path("ca_file")?.value
    timeout = reader.span("timeout", atLeast: .seconds(1), atMost: .minutes(10))?.value ?? timeout
    place = reader.place
    reader.finish()
    guard let url else { return nil }
    if !url.isSecure, !url.server.isLoopback {
      let key = "webhook.url"
      if isInsecureMeant {
        reader.problems.warning(
          reader.place(of: "url"), key: key,
          "\(key): messages to \(url.server.host) cross the network unencrypted (insecure = true)")
      } else {
        reader.problems.error(
          reader.place(of: "url"), key: key,
          "\(key): found http:// for the host \(url.server.host), expected https://: names and invoices would cross "
            + "the network for all to read",
          remedy: "write https://; or, if this network is yours alone, add insecure = true")
      }
    }
    guard let secret else { return nil }
    self.url = url.text
    host = url.server.host
    port = url.server.port ?? (url.isSecure ? 443 : 80)
    isSecure = url.isSecure
    self.secret = secret
  }
}

/// `https://HOST[:PORT][/PATH][?QUERY]`, or the same with `http`.
struct WebhookURL {
  let text: String
  let isSecure: Bool
  let server: MailServer

  /// - Throws: why a text is none; it is not repeated, since such addresses often hold a token.
  init(_ text: String) throws(MailServer.Fault) {
    self.text = text
    isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else {
      throw MailServer.Fault(what: "does not start with https://")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }) else {
      throw MailServer.Fault(what: "has a character in it that must be percent-encoded")
    }
    guard !text.utf8.contains(UInt8(ascii: "#")) else { throw MailServer.Fault(what: "has a fragment (#) in it") }
    let authority = text.dropFirst(isSecure ? 8 : 7).prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else {
      throw MailServer.Fault(what: "has a user in it; who is asking shows by the signature")
    }
    // The same rules for host and port as with the mail server.
    server = try MailServer(url: "smtp://" + authority)
  }
}
