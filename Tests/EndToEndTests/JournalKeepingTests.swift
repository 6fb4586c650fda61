import Foundation
import Testing

extension EndToEnd {
  @Suite("Exporting and erasing") struct JournalKeeping {
    /// An office with contacts to two customers, a note and a hold.
    private static func written(_ office: Office) async throws {
      let sink = try await office.sink()
      try office.configure(Setup(sink: sink))
      try office.books(Samples.invoices)
      try await office.expect(0, "run", "--once", "--as-of", "2026-03-02T11:00")
      try await office.expect(0, "note", "K-1", "--text", "called-about-it", "--as-of", "2026-03-03T11:00")
      try await office.expect(0, "hold", "B-1", "--reason", "price", "--as-of", "2026-03-04T11:00")
    }

    @Test("an export is the records as they stand, verifies on its own, and shows a changed byte")
    func export() async throws {
      try await scenario { office in
        try await Self.written(office)
        let all = try await office.expect(0, "journal", "export")
        #expect(all.out == office.journalLines.joined(separator: "\n") + "\n")
        let verified = try await office.expect(0, "journal", "verify")
        let head = try #require(verified.out.split(separator: "\n").last.map(String.init))
        #expect(all.err.contains(head), "\(all.err) names \(head)")

        let file = office.journalFolder.appendingPathComponent("../part.jsonl").path
        try await office.expect(0, "journal", "export", "--from", "3", "--to", "5", "--output", file)
        let part = try await office.expect(0, "journal", "verify", file)
        #expect(part.out.contains("records 3 to 5"), "\(part)")
        try await office.expect(64, "journal", "export", "--output", file)
        var text = try String(contentsOfFile: file, encoding: .utf8)
        text = text.replacingOccurrences(of: "\"seq\":4", with: "\"seq\":6")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let changed = try await office.expect(65, "journal", "verify", file)
        #expect(changed.err.contains("part.jsonl:2: error"), "\(changed)")
        try await office.expect(65, "journal", "export", "--from", "99999")
      }
    }

    @Test("erase leaves nothing of the person in the state directory, and a journal that verifies")
    func erase() async throws {
      try await scenario { office in
        try await Self.written(office)
        let intent = try #require(office.records("contact.intended").first { $0["customer"].text == "K-1" })
        let address = try #require(intent["personal"]["to"][0].text)
        let state = office.journalFolder.deletingLastPathComponent()
        func everything() throws -> String {
          var all = ""
          let files = FileManager.default.enumerator(at: state, includingPropertiesForKeys: nil)
          for case let file as URL in files! where !file.hasDirectoryPath {
            all += String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
          }
          return all
        }
        let before = try everything()
        #expect(before.contains(address) && before.contains("called-about-it"))
        try await office.expect(64, "journal", "erase", "K-1")
        let done = try await office.expect(0, "journal", "erase", "K-1", "--reason", "asked for it")
        #expect(done.out.contains("K-1"), "\(done)")
        let after = try everything()
        #expect(!after.contains(address) && !after.contains("called-about-it"))
        try await office.expect(0, "journal", "verify")
        #expect(office.records("journal.erased").first?["customer"].text == "K-1")
        #expect(office.records("contact.intended").contains { $0["customer"].text == "K-1" }, "what was done stays")
      }
    }
  }
}
