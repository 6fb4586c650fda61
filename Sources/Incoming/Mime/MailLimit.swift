/// How much of a stranger's message is looked at: so that the work is bounded whatever it is, and grows with its size and
/// with nothing else. What is beyond a limit is left out, never an error.
package enum MailLimit {
  /// Bytes of a message that are read.
  package static let bytes = 10 << 20
  /// Bytes of one header block, fields in it, and bytes of one field.
  static let header = 128 << 10
  static let fields = 400
  static let field = 8 << 10
  /// Parts within parts, and parts in all.
  static let depth = 8
  static let parts = 100
  /// Bytes of a text part that are decoded.
  static let text = 128 << 10
  /// Characters that an excerpt, a line of evidence and an address have at most.
  static let excerpt = 500
  static let line = 200
  static let address = 254
  /// Failed recipients, references and addresses that are told.
  static let listed = 10
}
