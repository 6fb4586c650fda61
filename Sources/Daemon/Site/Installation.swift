import Crypto
import Delivery
import Journal
import Letters
import Settings
import Storage

/// A site with what it takes to run it: the way to the mail server, and the secrets from where they stand.
package struct Installation: Sendable {
  package enum Fault: Error, Sendable, CustomStringConvertible {
    case site(Site.Fault)
    case noMail(file: String)
    /// A password or key that is not there, or cannot be one.
    case secret(String)

    package var description: String {
      switch self {
      case .site(let fault): fault.description
      case .noMail(let file): "\(file): there is no [mail]: nothing can be sent"
      case .secret(let words): words
      }
    }
  }

  package let site: Site
  package let mail: MailSettings
  package let relay: RelaySettings
  /// The same for mail to the staff, one at a time.
  var staffRelay: RelaySettings {
    var one = relay
    one.connections = 1
    return one
  }
  /// Nil when none is configured.
  package let webhook: WebhookEndpoint?
  package let key: JournalKey?
  package let state: StateDirectory

  package init(_ site: Site) throws(Fault) {
    guard let mail = site.configuration.mail else { throw .noMail(file: site.file) }
    self.site = site
    self.mail = mail
    relay = try Self.relay(mail)
    webhook = try site.configuration.webhook.map { settings throws(Fault) in try Self.endpoint(settings) }
    key = try Self.journalKey(site)
    state = site.state
  }

  package static func load(_ file: String) throws(Fault) -> Installation {
    let site: Site
    do throws(Site.Fault) { site = try Site.load(file) } catch { throw .site(error) }
    return try Installation(site)
  }

  /// How to reach the mail server, with its password from where it stands.
  package static func relay(_ mail: MailSettings) throws(Fault) -> RelaySettings {
    var relay = RelaySettings(host: mail.host, port: mail.port)
    relay.security =
      switch mail.security {
      case .starttls: .starttls
      case .tls: .tls
      case .none: .none
      }
    relay.username = mail.username
    relay.password = try mail.password.map { secret throws(Fault) in
      guard let text = String(validating: try read(secret), as: UTF8.self) else {
        throw .secret("\(secret.place): \(secret.key): what is there is no UTF-8; expected the password as text")
      }
      return Password(text)
    }
    relay.caFile = mail.caFile
    if let name = mail.helo { relay.helloName = name }
    relay.connections = mail.connections
    return relay
  }

  /// How to reach the webhook's service, with what its messages are signed with from where it stands.
  package static func endpoint(_ webhook: WebhookSettings) throws(Fault) -> WebhookEndpoint {
    let secret = SymmetricKey(data: try read(webhook.secret))
    let host = webhook.host.utf8.contains(UInt8(ascii: ":")) ? "[\(webhook.host)]" : webhook.host
    return WebhookEndpoint(
      url: webhook.url, server: "\(host):\(webhook.port)", caFile: webhook.caFile,
      timeout: .milliseconds(webhook.timeout.milliseconds)
    ) { body in
      HMAC<SHA256>.authenticationCode(for: body, using: secret).map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
      }.joined()
    }
  }

  /// The key of a keyed chain; nil when none is configured.
  package static func journalKey(_ site: Site) throws(Fault) -> JournalKey? {
    guard let secret = site.configuration.journal.key else { return nil }
    guard let key = JournalKey(try read(secret)) else {
      throw .secret("\(secret.place): \(secret.key): the key is shorter than \(JournalKey.countMin) bytes")
    }
    return key
  }

  package static func read(_ secret: Secret) throws(Fault) -> [UInt8] {
    do throws(SecretSource.Fault) {
      return try SecretSource(secret.source).read()
    } catch {
      throw .secret("\(secret.place): \(secret.key): \(error.description)")
    }
  }
}

extension SecretSource {
  fileprivate init(_ source: Secret.Source) {
    switch source {
    case .credential(let name): self = .credential(name)
    case .file(let path): self = .file(path)
    case .environment(let name): self = .environment(name)
    }
  }
}
