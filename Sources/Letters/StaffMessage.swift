import Crypto
import Decisions
import Units

/// A message to the company's own people: plain text, no template.
package struct StaffMessage: Sendable, Equatable {
  package var to: MailAddress
  package var subject: String
  /// Lines end in LF.
  package var text: String
  /// Tells this message from all others; letters, digits and hyphens.
  package var name: String

  package init(to: MailAddress, subject: String, text: String, name: String) {
    self.to = to
    self.subject = subject
    self.text = text
    self.name = name
  }

  /// Who it goes to under that identity: one mailbox gets everything where `mail.redirect_to` says so.
  package func recipient(_ identity: MailIdentity) -> MailAddress { identity.redirectTo ?? to }

  /// The whole message (RFC 5322).
  ///
  /// - Parameter offsetSeconds: how far the company's clocks are ahead of UTC then.
  package func bytes(_ identity: MailIdentity, instance: String, at: Instant, offsetSeconds: Int) throws(HeaderFault)
    -> [UInt8]
  {
    let seed = Hex.lower(SHA256.hash(data: Array((name + text).utf8)).prefix(8))
    return try MailMessage(
      sender: MailSender(from: identity.from, replyTo: identity.replyTo ?? identity.from),
      to: [recipient(identity)], cc: [],
      subject: subject, date: MailDate.text(at, offsetSeconds: offsetSeconds),
      messageID: MessageID.of(contact: name + "-" + seed, instance: instance, domain: identity.from.domain),
      references: [], language: "en", listUnsubscribe: [], others: [], text: TransferEncoding.quotedPrintable(text),
      html: nil, attachments: [],
      seed: seed
    ).bytes()
  }
}
