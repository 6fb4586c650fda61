/// How to reach the mail server that takes our mail, and how patient to be with it.
package struct RelaySettings: Sendable {
  /// How the connection is protected. The certificate is always verified; there is no switch for that.
  package enum Security: String, Sendable, CaseIterable {
    /// Plain at first, then STARTTLS, without which nothing is sent (RFC 3207).
    case starttls
    /// TLS from the first byte (RFC 8314, usually port 465).
    case tls
    /// No protection. For a relay on the same machine.
    case none
  }

  /// A host name or an address; an IPv6 address without brackets.
  package var host: String
  package var port: Int
  package var security: Security
  /// With a password: log in, and send nothing on a connection on which the server did not confirm it.
  package var username: String?
  package var password: Password?
  /// For example `AUTH=LOGIN`, to insist on one mechanism (CURLOPT_LOGIN_OPTIONS).
  package var loginOptions: String?
  /// A PEM file of the authorities to trust instead of the system's.
  package var caFile: String?
  /// The name in EHLO.
  package var helloName: String
  /// Until the server has greeted, encrypted and let us in.
  package var connectTimeout: Duration
  /// For each single reply. RFC 5321 section 4.5.3.2.6 asks for 10 minutes after the dot: a shorter wait makes doubts.
  package var replyTimeout: Duration
  /// From MAIL to the last byte of the message; the answer to it has a `replyTimeout` of its own. At least `connectTimeout` +
  /// `replyTimeout` are granted whatever is set here.
  package var totalTimeout: Duration
  /// How many connections send at the same time.
  package var connections: Int
  /// A connection without work for so long is closed with QUIT.
  package var idleTimeout: Duration

  package init(
    host: String, port: Int, security: Security = .starttls, username: String? = nil, password: Password? = nil,
    loginOptions: String? = nil, caFile: String? = nil, helloName: String = "localhost",
    connectTimeout: Duration = .seconds(30), replyTimeout: Duration = .seconds(600),
    totalTimeout: Duration = .seconds(900), connections: Int = 1,
    idleTimeout: Duration = .seconds(15)
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.username = username
    self.password = password
    self.loginOptions = loginOptions
    self.caFile = caFile
    self.helloName = helloName
    self.connectTimeout = connectTimeout
    self.replyTimeout = replyTimeout
    self.totalTimeout = totalTimeout
    self.connections = connections
    self.idleTimeout = idleTimeout
  }

  /// `host:port`, as it stands in results and records.
  package var server: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The host and port of `smtp://HOST[:PORT]` (25 without a port) or `smtps://HOST[:PORT]` (465); nil for any other
  /// text, also one with a user, a path or a query in it. `isSecure` is true for `smtps`.
  package static func location(url: String) -> (host: String, port: Int, isSecure: Bool)? {
    let isSecure = url.hasPrefix("smtps://")
    guard isSecure || url.hasPrefix("smtp://") else { return nil }
    var rest = Substring(url.dropFirst(isSecure ? 8 : 7))
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    var host = rest
    var port: Substring?
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<end]
      let tail = rest[rest.index(after: end)...]
      guard host.contains(":"), tail.isEmpty || tail.hasPrefix(":") else { return nil }
      port = tail.isEmpty ? nil : tail.dropFirst()
    } else if let colon = rest.firstIndex(of: ":") {
      host = rest[..<colon]
      port = rest[rest.index(after: colon)...]
    }
    guard isHost(String(host)) else { return nil }
    guard let port else { return (String(host), isSecure ? 465 : 25, isSecure) }
    guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65535).contains(number)
    else { return nil }
    return (String(host), number, isSecure)
  }

  /// What makes these settings unusable, or nil. Tested before every connection: host and name go into a URL.
  package var fault: String? {
    if !RelaySettings.isHost(host) { return "the mail server's name \"\(ReplyText.clean(host))\" is not a host name" }
    if !(1...65535).contains(port) { return "the mail server's port \(port) is not between 1 and 65535" }
    if !RelaySettings.isHost(helloName) { return "the EHLO name \"\(ReplyText.clean(helloName))\" is not a host name" }
    if username == nil && password != nil { return "a password without a user name" }
    if username != nil && password == nil { return "a user name without a password" }
    for (what, text) in [("user name", username), ("password", password?.revealed), ("login options", loginOptions)] {
      if let text, text.isEmpty || text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
        return "the \(what) is empty or has a control character in it"
      }
    }
    return nil
  }

  /// Letters, digits, `.`, `-`, `_`, and `:` of IPv6 addresses: nothing that means something in a URL.
  private static func isHost(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 255
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
      }
  }
}
