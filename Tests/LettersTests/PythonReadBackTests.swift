import Decisions
import Foundation
import Testing
import Units

@testable import Letters

@Suite("Python's e-mail package", .enabled(if: PythonMail.isThere, "python3 is not installed"))
struct PythonReadBackTests {
  @Test("reads every shipped message as it was meant")
  func shipped() throws {
    var letters: [Letter] = []
    for name in ShippedSamples.names {
      for language in ShippedSamples.languages {
        for many in [false, true] { letters.append(try ShippedSamples.letter(name, language, many: many)) }
      }
    }
    for (letter, message) in zip(letters, try PythonMail.read(letters.map(\.bytes))) {
      #expect(message.defects == [])
      #expect(message.values("Subject") == [letter.subject])
      #expect(message.values("Message-ID") == [letter.messageID])
      #expect(message.values("Auto-Submitted") == ["auto-generated"])
      #expect(message.values("Content-Language") == [letter.language])
      #expect(message.from == [["Example Accounts", "ar@example.com"]])
      #expect(message.to.map { $0[1] } == letter.to)
      #expect(message.to[0][0] == letter.names[0])
      #expect(message.date == "2026-03-02T11:15:00+01:00")
      #expect(message.parts[0].text == letter.text && message.parts[1].text == letter.html)
    }
  }

  @Test("reads attachments byte by byte, under their names")
  func attachments() throws {
    let names = [
      "R-1001.pdf", "Rechnung Müller & Söhne; \"Nr. 1\".pdf", "請求書.pdf",
      String(repeating: "sehr-lang-", count: 15) + ".pdf",
      String(repeating: "größe", count: 25) + ".xml", "a'b%20c.csv", "👩‍👩‍👧‍👦.png",
    ]
    let every = (0..<3).flatMap { _ in UInt8.min...UInt8.max }
    let attachments = try names.map { try Attachment(name: $0, bytes: every) }
    let letter = try Samples.compose(
      Samples.contact("first", [ComposerTests.line], payer: Samples.customer()), Samples.shipped,
      attachments: attachments)
    let message = try #require(try PythonMail.read([letter.bytes]).first)
    #expect(message.defects == [])
    #expect(message.parts.dropFirst(2).map(\.filename) == names)
    #expect(message.parts.dropFirst(2).map(\.type) == attachments.map(\.mediaType))
    #expect(message.parts.dropFirst(2).allSatisfy { $0.hex == Hex.lower(every) })
  }

  @Test("reads every kind of name and subject back")
  func names() throws {
    let names = [
      "Miller", "Miller, Ltd.", "\"Q\" \\ Co", "Müller", String(repeating: "Größenwahn ", count: 20) + "x", "日本商事株式会社",
      "👩‍👩‍👧‍👦 Ltd", "=?utf-8?Q?x?=", "O'Neil (Dublin)", "a@b.example", String(repeating: "x", count: 100), "Ünï <cödé>",
      "e\u{301}t",
    ]
    let composer = try Samples.composer(Samples.template("subject: {{name}} / {{customer}}\n\nx"))
    let letters = try names.map { name in
      try Samples.compose(Samples.contact("t", [ComposerTests.line], payer: Samples.customer(name: name)), composer)
    }
    for (name, message) in zip(names, try PythonMail.read(letters.map(\.bytes))) {
      #expect(message.to == [[name, "payables@miller.example"]])
      #expect(message.values("Subject") == ["\(name) / \(name)"])
      #expect(message.defects == [])
    }
  }
}
