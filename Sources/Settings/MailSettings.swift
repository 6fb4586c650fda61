import Decisions
import TOML
import Units

/// `[mail]`: the server that takes our mail, and who writes.
package struct MailSettings: Sendable {
  package enum Security: String, Sendable, CaseIterable {
    /// Plain at first, then STARTTLS, without which nothing is sent.
    case starttls
    /// TLS from the first byte.
    case tls
    case none
  }

  /// A name or an address; an IPv6 address without brackets.
  package var host: String
  package var port: Int
  package var security: Security
  package var username: String?
  package var password: Secret?
  /// A PEM file of the authorities to trust instead of the system's.
  package var caFile: String?
  /// The name to greet the server with; nil takes the name of the machine.
  package var helo: String?
  /// What stands in the headers, and where bounces go.
  package var identity: MailIdentity
  package var connections = 4
  package var maxPerMinute = 600
  package var inDoubt = InDoubtPolicy.assumeSent
  package var place: Place
}

extension MailSettings {
  init?(_ reader: TableReader) {
    reader.require("url", expected: "the mail server, such as \"smtp://smtp.example.com:587\"")
    reader.require("from", expected: "the sender, such as \"Example Accounts <ar@example.com>\"")
    let server = reader.url("url", expected: "one such as \"smtp://smtp.example.com:587\"") {
      text throws(MailServer.Fault) in try MailServer(url: text)
    }
    let security = reader.choice("security", Security.self)
    let isInsecureMeant = reader.boolean("insecure") ?? false
    username = reader.text("username")?.value
    password = reader.secret("password")
    caFile = reader.path("ca_file")?.value
    helo = reader.value("helo", expected: "a host name") { $0.line.flatMap { MailServer.isHost($0) ? $0 : nil } }?.value
    let identity = MailSettings.identity(reader)
    connections = reader.integer("connections", 1...256)?.value ?? connections
    maxPerMinute = reader.integer("max_per_minute", 1...1_000_000)?.value ?? maxPerMinute
    inDoubt = reader.choice("in_doubt", InDoubtPolicy.self)?.value ?? inDoubt
    place = reader.place
    reader.finish()

    for (key, other) in [("username", "password"), ("password", "username")] where reader.has(key) && !reader.has(other)
    {
      reader.problems.error(
        reader.place(of: key), key: "mail.\(key)", "mail.\(key): found without mail.\(other), expected both or neither")
    }
    guard let server else { return nil }
    host = server.host
    self.security = security?.value ?? (server.isSecure ? .tls : .starttls)
    switch self.security {
    case .starttls: port = server.port ?? 587
    case .tls: port = server.port ?? 465
    case .none: port = server.port ?? 25
    }
    if let security {
      MailSettings.check(security, server, isInsecureMeant, hasPassword: reader.has("password"), reader)
    }
    guard let identity else { return nil }
    self.identity = identity
  }

  private static func identity(_ reader: TableReader) -> MailIdentity? {
    let from = reader.mailbox("from")
    let replyTo = reader.mailbox("reply_to")
    let bounce = reader.bounceAddress("bounce_address")
    let redirectTo = reader.mailbox("redirect_to")
    let unsubscribe = reader.list(
      "list_unsubscribe", expected: "a URL that starts with mailto: or https://, or a list of such"
    ) { value in
      value.line.flatMap { MailIdentity.isUnsubscribeURI($0) ? $0 : nil }
    }
    if let redirectTo {
      reader.problems.warning(
        reader.place(of: "redirect_to"), key: "mail.redirect_to",
        "mail.redirect_to: all mail goes to \(redirectTo.address) and none to customers")
    }
    return from.map {
      MailIdentity(
        from: $0, replyTo: replyTo, listUnsubscribe: unsubscribe?.value ?? [], bounce: bounce, redirectTo: redirectTo)
    }
  }

  private static func check(
    _ security: Located<Security>, _ server: MailServer, _ isInsecureMeant: Bool, hasPassword: Bool,
    _ reader: TableReader
  ) {
    let key = "mail.security"
    if server.isSecure, security.value != .tls {
      reader.problems.error(
        security.place, key: key,
        "\(key): found \"\(security.value.rawValue)\" beside a URL with smtps://, which is TLS from the first byte",
        remedy: "write \"tls\", or smtp:// in mail.url")
    }
    guard security.value == .none, !server.isLoopback else { return }
    if !isInsecureMeant {
      reader.problems.error(
        security.place, key: key,
        "\(key): found \"none\" for the host \(server.host), expected \"starttls\" or \"tls\": names, invoices"
          + (hasPassword ? " and the password" : "") + " would cross the network for all to read",
        remedy: "write \"starttls\"; or, if this network is yours alone, add insecure = true")
    } else {
      reader.problems.warning(
        security.place, key: key, "\(key): mail to \(server.host) crosses the network unencrypted (insecure = true)")
    }
  }
}

extension TableReader {
  /// A URL. What stands there is not shown, as it may hold a password or a token.
  func url<URL>(
    _ key: String, expected: String, _ read: (String) throws(MailServer.Fault) -> URL
  ) -> URL? {
    guard let entry = entry(key) else { return nil }
    guard let text = entry.value.line else {
      refuse(key, entry.value, expected: expected)
      return nil
    }
    do throws(MailServer.Fault) {
      return try read(text)
    } catch {
      problems.error(
        place(entry.value.position), key: dotted(key),
        "\(dotted(key)): found a URL that \(error.what), expected \(expected)")
      return nil
    }
  }
}
