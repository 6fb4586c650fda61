import Decisions
import Units

/// `[letter]`: what stands on a letter beside what its template says, and where its page lies until it is posted.
package struct LetterSettings: Sendable {
  /// Nil is `outbox` in the state directory.
  package var outbox: String?
  package var stationery = Stationery()

  package init() {}
}

extension LetterSettings {
  init(_ reader: TableReader) {
    outbox = reader.path("outbox")?.value
    stationery.sender = reader.texts("sender")?.value ?? []
    stationery.place = reader.text("place")?.value
    stationery.footer = reader.texts("footer")?.value ?? []
    reader.finish()
  }
}
