import Decisions
import Journal
import Letters
import Storage
import Units

/// The folder in which letters wait for the printer, or for a service that prints.
///
/// It is drawn from the journal and the kept pages alone, and holds exactly the letters that are intended and neither posted nor
/// called off, with a list of them: whatever a crash left, the next look puts it right. Files of others are left alone.
package struct Outbox {
  package static let manifest = "manifest.csv"
  private static let ending = ".html"

  package let folder: String
  private let messages: MessageStore
  private let disk: any Disk
  /// On whose calendar the names of the files count the days.
  private let zone: Zone

  package init(_ folder: String, messages: MessageStore, on disk: any Disk, zone: Zone) {
    self.folder = folder
    self.messages = messages
    self.disk = disk
    self.zone = zone
  }

  /// `2026-03-07-K-7-4k2m9q0r7t1v3x5z.html`: the day, the customer, the contact.
  package static func name(of letter: PastContact, zone: Zone) -> String {
    "\(zone.day(letter.at))-\(letter.payer.fileName.prefix(60))-\(letter.id)\(ending)"
  }

  /// Brings the folder in line.
  ///
  /// - Parameter letters: all that wait to be posted.
  /// - Returns: what a person should know: letters whose page was not kept.
  /// - Throws: in words, what keeps it from being written.
  @discardableResult
  package func arrange(_ letters: [PastContact]) throws(OutboxFault) -> [String] {
    var notes: [String] = []
    do {
      let isThere = try disk.status(folder)?.isDirectory ?? false
      if letters.isEmpty, !isThere { return [] }
      if !isThere { try disk.makeDirectory(folder) }
      var wanted: [String: [UInt8]] = [:]
      var rows: [(name: String, row: String)] = []
      for letter in letters {
        guard let page = try kept(letter) else {
          notes.append(
            "letter \(letter.id) to \(letter.payer) cannot be printed: its page is not kept any more; "
              + "`dunningd resolve \(letter.id) --not-sent` makes another one")
          continue
        }
        let name = Outbox.name(of: letter, zone: zone)
        wanted[name] = page
        rows.append((name, ManifestRow.text(letter, page, file: name, day: zone.day(letter.at))))
      }
      // What must not be posted goes first.
      for name in try disk.list(folder) where Outbox.isOurs(name) && wanted[name] == nil && name != Outbox.manifest {
        try disk.remove(folder + "/" + name)
      }
      for (name, page) in wanted.sorted(by: { $0.key < $1.key }) { try put(page, as: name) }
      let list = ManifestRow.head + rows.sorted { $0.name < $1.name }.map(\.row).joined()
      try put(Array(list.utf8), as: Outbox.manifest)
    } catch let fault as JournalFault {
      throw OutboxFault("\(fault)")
    } catch {
      throw OutboxFault("the outbox \(folder) cannot be brought in line: \(error)")
    }
    return notes
  }

  private func kept(_ letter: PastContact) throws(JournalFault) -> [UInt8]? {
    do throws(JournalFault) {
      return try messages.read(letter.sha256)
    } catch {
      if case .messageChanged = error { return nil }
      throw error
    }
  }

  /// Writes it unless it is there as it should be.
  private func put(_ bytes: [UInt8], as name: String) throws(DiskError) {
    let path = folder + "/" + name
    if let status = try disk.status(path), status.size == bytes.count, try disk.read(path).bytes == bytes { return }
    try disk.replace(path, with: bytes)
  }

  /// Whether a file of that name is a letter's, and so ours to remove.
  private static func isOurs(_ name: String) -> Bool {
    // What a crash left of one that was being written, or of the list, is ours, too.
    let name = name.hasSuffix(DiskDraft.ending) ? String(name.dropLast(DiskDraft.ending.count)) : name
    if name == manifest { return true }
    guard name.hasSuffix(ending) else { return false }
    let stem = Array(name.utf8.dropLast(ending.utf8.count))
    guard stem.count > 28, Day(iso: String(decoding: stem.prefix(10), as: UTF8.self)) != nil else { return false }
    let id = stem.suffix(16)
    return stem[stem.count - 17] == UInt8(ascii: "-")
      && id.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
  }
}

/// Why the outbox is not as it should be, for a person.
package struct OutboxFault: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ words: String) { description = words }
}

/// A line of `manifest.csv`, from what the page says of itself.
private enum ManifestRow {
  static let head = CSVText.line([
    "contact", "day", "customer", "name", "address", "country", "currency", "amount", "step", "level", "language",
    "invoices", "file", "sha256",
  ])

  static func text(_ letter: PastContact, _ page: [UInt8], file: String, day: Day) -> String {
    let note = PageNote.read(page)
    func text(_ name: String) -> String { note?[name]?.string ?? "" }
    func list(_ name: String, _ separator: String) -> String {
      (note?[name]?.array ?? []).compactMap(\.string).joined(separator: separator)
    }
    let cells = [
      letter.id, text("day").isEmpty ? day.description : text("day"), letter.payer, text("name"), list("address", "; "),
      text("country"), letter.currency.code, text("amount"), letter.step, String(letter.level), text("language"),
      list("invoices", " "), file, letter.sha256,
    ]
    return CSVText.line(cells)
  }
}

extension String {
  /// What may stand in a file name: everything else becomes `_`.
  package var fileName: String {
    String(map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
  }
}
