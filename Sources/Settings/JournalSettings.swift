import TOML
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
  /// `[journal] directory` of a file in which other things may be wrong; nil when it cannot be told.
  package static func directory(in bytes: [UInt8], file: String) -> String? {
    guard let table = try? TOMLDocument.parse(bytes) else { return nil }
    let root = TableReader(table, path: "", problems: ProblemList(file: file))
    return root.reader("journal")?.path("directory")?.value
  }

  init(_ reader: TableReader) {
    directory = reader.path("directory")?.value
    key = reader.secret("key")
    keepMessagesDays = reader.days("keep_messages", 1...36_500)?.value ?? keepMessagesDays
    reader.finish()
  }
}
