import Decisions

/// A message ready for the mail server, and what the journal records of it.
package struct Letter: Sendable, Equatable {
  /// Who bounces go to: the address of MAIL FROM.
  package var envelopeSender: String
  /// Addresses of RCPT TO; recipients are numbered over `to`, then `cc`.
  package var to: [String]
  package var cc: [String]
  package var subject: String
  package var text: String
  /// Nil when the template has no HTML part.
  package var html: String?
  /// The language of the template that was used.
  package var language: String
  /// The whole message (RFC 5322), seven-bit, lines ending in CRLF.
  package var bytes: [UInt8]
  /// Of `bytes`, in hex.
  package var sha256: String
  /// With its brackets; the same at every attempt.
  package var messageID: String
  /// Names of people or companies in it, for the personal part of the record.
  package var names: [String]
}

/// Why one contact got no message; the others are not touched by it.
package enum LetterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Neither the payer's language, nor the company's, nor English has it.
  case noTemplate(name: String, language: String)
  /// A template uses a column that the ledger does not have.
  case noColumn(template: String, column: String, known: [String])
  /// The engine asked for a name outside the vocabulary, which the check at load should have found.
  case unknownName(template: String, name: String)
  case noSubject(template: String)
  case noRecipient
  case noPostalAddress
  case badAddress(String, MailAddress.Fault)
  case header(HeaderFault)

  package var description: String {
    switch self {
    case .noTemplate(let name, let language):
      "no template \"\(name)\" in \(language) or en: write \(language)/\(name).mustache in the templates folder"
    case .noColumn(let template, let column, let known):
      "\(template): extra.\(column): the ledger has no such column; it has "
        + (known.isEmpty ? "none besides its own" : known.joined(separator: ", "))
    case .unknownName(let template, let name):
      "\(template): \"\(name)\" is no known name; docs/templates.md lists them"
    case .noSubject(let template):
      "\(template): its subject came out empty: write one that does not depend on optional values"
    case .noRecipient: "it has no address to go to: give the customer an email in the ledger"
    case .noPostalAddress: "it has no postal address to go to: give the customer an address in the ledger"
    case .badAddress(let address, let fault):
      "the address \(address.debugDescription) is refused: \(fault.description); correct it in the ledger"
    case .header(let fault): fault.description
    }
  }
}
