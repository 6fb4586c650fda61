import Units

/// `[journal]`: where the record of all contacts lies and how it is kept.
package struct JournalSettings: Sendable {
  /// Nil leaves it to `$STATE_DIRECTORY`, and else to `/var/lib/dunningd`.
  package var directory: String?
  /// With a key the chain is keyed (HMAC-SHA256); nil chains plain hashes.
  package var key: Secret?
  /// How long messages are kept as they were sent.
  package var keepMessagesDays = 3650
}

extension JournalSettings {
  init(_ reader: TableReader) {
    directory = reader.path("directory")?.value
    key = reader.secret("key")
    keepMessagesDays = reader.days("keep_messages", 1...36_500)?.value ?? keepMessagesDays
    reader.finish()
  }
}
