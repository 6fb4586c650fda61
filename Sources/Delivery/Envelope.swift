/// One message for one recipient: what is handed to the relay in one SMTP transaction, or to a webhook in one request.
///
/// One recipient a transaction, so that each answer of the server speaks of exactly one mailbox.
package struct Envelope: Sendable, Equatable {
  /// The caller's own number for it; comes back with the result.
  package let ticket: Int
  /// The address that bounces go to, without angle brackets.
  package let sender: String
  /// Where the message goes, without angle brackets.
  package let recipient: String
  /// The complete RFC 5322 message: CRLF lines, 7-bit, dots not yet doubled.
  package let message: [UInt8]
  /// Its message is posted to the webhook under this idempotency key; nil for a mail.
  package let webhookKey: String?

  package init(ticket: Int, sender: String, recipient: String, message: [UInt8], webhookKey: String? = nil) {
    self.ticket = ticket
    self.sender = sender
    self.recipient = recipient
    self.message = message
    self.webhookKey = webhookKey
  }
}

/// What became of the envelope with that ticket.
package struct Delivered: Sendable, Equatable {
  package let ticket: Int
  package let result: DeliveryResult

  package init(ticket: Int, result: DeliveryResult) {
    self.ticket = ticket
    self.result = result
  }
}
