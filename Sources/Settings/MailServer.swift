/// The host and port of the mail server, from `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`.
struct MailServer: Hashable, Sendable {
  /// A name or an address; an IPv6 address without its brackets.
  let host: String
  /// Nil when the URL gives none.
  let port: Int?
  let isSecure: Bool

  /// Why a text is no mail server; completes `found …, which …`. Never repeats the text: it may hold a password.
  struct Fault: Error {
    let what: String
  }

  init(url: String) throws(Fault) {
    isSecure = url.hasPrefix("smtps://")
    guard isSecure || url.hasPrefix("smtp://") else {
      // What stands before "://" holds no password, and says what was meant.
      let scheme = url.firstRange(of: "://").map { url[..<$0.lowerBound] }.map { ", but with \($0)://" } ?? ""
      throw Fault(what: "does not start with smtp:// or smtps://\(scheme)")
    }
    var rest = url.dropFirst(isSecure ? 8 : 7)
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.contains("@") else {
      throw Fault(what: "has a user in it; those have keys of their own, username and password")
    }
    guard !rest.contains("/") else { throw Fault(what: "has a path; the name to greet with is helo") }
    var host = rest
    var port: Substring?
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      host = rest[rest.index(after: rest.startIndex)..<end]
      let tail = rest[rest.index(after: end)...]
      guard host.contains(":"), tail.isEmpty || tail.hasPrefix(":") else {
        throw Fault(what: "has no IPv6 address in its brackets")
      }
      port = tail.isEmpty ? nil : tail.dropFirst()
    } else if let colon = rest.firstIndex(of: ":") {
      host = rest[..<colon]
      port = rest[rest.index(after: colon)...]
    }
    guard MailServer.isHost(host) else { throw Fault(what: "has no host name") }
    if let port {
      guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65_535).contains(number)
      else { throw Fault(what: "has a port that is not a number from 1 to 65535") }
      self.port = number
    } else {
      self.port = nil
    }
    self.host = String(host)
  }

  /// Whether what is sent there cannot leave the machine.
  var isLoopback: Bool {
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  /// Letters, digits, `.`, `-`, `_`, and `:` of IPv6 addresses.
  static func isHost(_ text: some StringProtocol) -> Bool {
    (1...255).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || ".-_:".utf8.contains($0)
      }
  }
}
