/// Something that reads what strangers wrote: any bytes must give a value or an error with a place, soon, and never a
/// crash.
///
/// A name of it is a folder of `Fuzz/Corpus` and an argument of `scripts/fuzz`.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// The ledger's files, from their bytes through deciding to the finished messages.
  case ledger
  /// The journal: whole lines, torn ones, and records whose digests are right though their content is not.
  case journal
  /// `dunningd.toml`, TOML and settings.
  case configuration
  /// A template with its HTML part and partials, read and, if it is taken, filled in.
  case templates
  /// What a mail server says, without any network: replies, and what they mean.
  case replies
  /// libcurl and our side of it against a server that says whatever the bytes are.
  case relay
  /// A message that came back, whatever it is.
  case mail

  /// Reads `bytes`.
  ///
  /// - Throws: what must not be, where something is wrong though nothing crashed.
  package func run(_ bytes: [UInt8]) throws(Finding) {
    switch self {
    case .ledger: try LedgerTarget.run(bytes)
    case .journal: try JournalTarget.run(bytes)
    case .configuration: try ConfigurationTarget.run(bytes)
    case .templates: try TemplatesTarget.run(bytes)
    case .replies: try RepliesTarget.run(bytes)
    case .relay: try RelayTarget.run(bytes)
    case .mail: try MailTarget.run(bytes)
    }
  }
}

/// A property that does not hold for some input.
package struct Finding: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Throws unless it holds.
func hold(_ condition: Bool, _ text: @autoclosure () -> String) throws(Finding) {
  if !condition { throw Finding(text()) }
}

/// An input that is several files: they stand one after the other with a zero byte between.
func files(_ bytes: [UInt8], most: Int) -> [[UInt8]] {
  bytes.split(separator: 0, maxSplits: most - 1, omittingEmptySubsequences: false).map { Array($0) }
}
