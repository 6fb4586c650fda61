import Decisions
import Journal
import Letters
import Storage
import Testing
import Units

@testable import Daemon

@Suite("The outbox on the disk")
struct OutboxTests {
  private let rig = JournalRig()
  private static let folder = "/state/outbox"
  private static let page =
    "<!-- dunningd-letter {\"contact\":\"a\",\"day\":\"2026-03-02\",\"name\":\"=Alpha, \\\"Ltd\\\"\",\"address\":[\"Alpha\",\"Berlin\"],"
    + "\"country\":\"DE\",\"amount\":\"12.00\",\"language\":\"de\",\"invoices\":[\"R-1\",\"R-2\"]} -->\n<!DOCTYPE html>\n"
  /// As long as a contact's id.
  private static let id = "4k2m9q0r7t1v3x5z"
  private static let name = "2026-03-02-4k2m9q0r7t1v3x5z-4k2m9q0r7t1v3x5z.html"

  private func outbox(_ journal: JournalFile) -> Outbox {
    Outbox(Self.folder, messages: journal.messages, on: rig.disk, zone: .utc)
  }

  /// A journal with one letter intended, and its page kept.
  private func journal(_ id: String = OutboxTests.id) throws -> JournalFile {
    let journal = try rig.open()
    var intended = Rig.intended(Rig.contact(id, to: ["Alpha", "Berlin"], channel: .letter), attempt: 1)
    let page = JournalRig.message(Self.page)
    intended.sha256 = page.sha256
    let answer = journal.append(
      Batch(events: [.contactIntended(intended)], messages: [page]), now: JournalRig.start)
    #expect(answer.isDurable)
    return journal
  }

  private func files() throws -> [String] { try rig.disk.list(Self.folder) }
  private func text(_ name: String) throws -> String {
    String(decoding: try rig.disk.read(Self.folder + "/" + name).bytes, as: UTF8.self)
  }

  @Test("holds the page as kept, and a list that a spreadsheet can read")
  func holds() throws {
    let journal = try journal()
    #expect(try outbox(journal).arrange(journal.history.outbox).isEmpty)
    #expect(try files() == [Self.name, "manifest.csv"])
    #expect(try text(Self.name) == Self.page)
    let sha256 = JournalRig.message(Self.page).sha256
    #expect(
      try text("manifest.csv")
        == "contact,day,customer,name,address,country,currency,amount,step,level,language,invoices,file,sha256\r\n"
        + "\(Self.id),2026-03-02,\(Self.id),\"'=Alpha, \"\"Ltd\"\"\",Alpha; Berlin,DE,EUR,12.00,first,1,de,R-1 R-2,"
        + "\(Self.name),\(sha256)\r\n")
  }

  @Test("is drawn again from the journal, whatever is missing or too much, and leaves files of others alone")
  func mends() throws {
    let journal = try journal()
    try outbox(journal).arrange(journal.history.outbox)
    try rig.disk.remove(Self.folder + "/" + Self.name)
    rig.disk.put(Self.folder + "/manifest.csv", Array("torn".utf8))
    rig.disk.put(Self.folder + "/2026-01-01-K-1-aaaaaaaaaaaaaaaa.html", Array("of a letter that is gone".utf8))
    rig.disk.put(Self.folder + "/notes.txt", Array("of a person".utf8))
    rig.disk.put(Self.folder + "/2026-03-02-scan.pdf", Array("of another one".utf8))
    try outbox(journal).arrange(journal.history.outbox)
    #expect(try files() == [Self.name, "2026-03-02-scan.pdf", "manifest.csv", "notes.txt"].sorted())
    #expect(try text(Self.name) == Self.page)
    #expect(try text("manifest.csv").hasPrefix("contact,"))
  }

  @Test("is emptied once the letter is posted or called off", arguments: [true, false])
  func emptied(isPosted: Bool) throws {
    let journal = try journal()
    try outbox(journal).arrange(journal.history.outbox)
    try journal.record(
      [
        isPosted
          ? .contactResolved(contact: Self.id, sent: true, by: "anna")
          : .contactCancelled(contact: Self.id, reason: .settled)
      ], now: JournalRig.start)
    try outbox(journal).arrange(journal.history.outbox)
    #expect(try files() == ["manifest.csv"])
    #expect(try text("manifest.csv").split(separator: "\r\n").count == 1)
  }

  @Test("without letters there is no folder")
  func none() throws {
    let journal = try rig.open()
    #expect(try outbox(journal).arrange([]).isEmpty)
    #expect(try rig.disk.status(Self.folder) == nil)
  }

  @Test("a letter whose page is not kept any more is named, and the others are written")
  func lost() throws {
    let journal = try journal()
    let erased = try journal.messages.erase { $0 == JournalRig.message(Self.page).sha256 }
    #expect(erased == 1)
    let notes = try outbox(journal).arrange(journal.history.outbox)
    #expect(notes.count == 1 && notes[0].contains(Self.id))
    #expect(try files() == ["manifest.csv"])
  }

  @Test("a crash makes no doubt of a letter: the next start finds it waiting")
  func crash() throws {
    let journal = try journal()
    journal.close()
    let again = try rig.open(now: JournalRig.start + .hours(1))
    #expect(again.history.doubtful.isEmpty)
    #expect(again.history.outbox.map(\.id) == [Self.id])
    try outbox(again).arrange(again.history.outbox)
    #expect(try files() == [Self.name, "manifest.csv"])
  }
}
