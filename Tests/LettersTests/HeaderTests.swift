import Decisions
import Testing
import Units

@testable import Letters

@Suite("Headers")
struct HeaderTests {
  static func subject(_ value: String) throws -> String {
    var block = HeaderBlock()
    try block.unstructured("Subject", value)
    return block.text
  }

  static func to(_ mailboxes: (String, String)...) throws -> String {
    var block = HeaderBlock()
    try block.mailboxes("To", mailboxes.map { try MailAddress(name: $0.0, address: $0.1) })
    return block.text
  }

  @Test("plain text stays as it is")
  func plain() throws { #expect(try Self.subject("Invoice R-1") == "Subject: Invoice R-1\r\n") }

  /// RFC 2047 sections 2, 4.1 and 4.2.
  @Test(
    "text beyond ASCII becomes encoded words, in the shorter of both encodings",
    arguments: [
      ("Grüße", "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n"),
      ("Rechnung für Mai", "Subject: =?utf-8?Q?Rechnung_f=C3=BCr_Mai?=\r\n"),
      ("=?utf-8?Q?no?=", "Subject: =?utf-8?B?PT91dGYtOD9RP25vPz0=?=\r\n"),
    ])
  func encoded(value: String, expected: String) throws { #expect(try Self.subject(value) == expected) }

  @Test("long lines are folded, encoded words keep to 75 characters and whole characters")
  func folded() throws {
    for value in [
      String(repeating: "word ", count: 60), String(repeating: "ü", count: 200), String(repeating: "👩‍👩‍👧‍👦", count: 30),
      String(repeating: "x", count: 1200), "a" + String(repeating: "\u{301}", count: 300),
    ] {
      let text = try Self.subject(value)
      let lines = text.split(separator: "\r\n")
      #expect(lines.allSatisfy { $0.utf8.count <= 76 }, "\(text)")
      #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" ") && $0.count > 1 })
      for word in text.split(whereSeparator: \.isWhitespace) where word.hasPrefix("=?") {
        #expect(word.utf8.count <= 75)
      }
    }
  }

  @Test(
    "display names are atoms, quoted strings or encoded words",
    arguments: [
      ("", "To: a@b.example\r\n"), ("Miller Ltd", "To: Miller Ltd <a@b.example>\r\n"),
      ("Miller, Ltd.", "To: \"Miller, Ltd.\" <a@b.example>\r\n"),
      ("The \"Best\" \\ Co", "To: \"The \\\"Best\\\" \\\\ Co\" <a@b.example>\r\n"),
      ("Müller KG", "To: =?utf-8?Q?M=C3=BCller_KG?= <a@b.example>\r\n"),
      ("evil@x.example> <", "To: \"evil@x.example> <\" <a@b.example>\r\n"),
    ])
  func names(name: String, expected: String) throws { #expect(try Self.to((name, "a@b.example")) == expected) }

  @Test("many recipients are folded between, and long names within")
  func recipients() throws {
    let name = String(repeating: "Größenwahn ", count: 12)
    let text = try Self.to((name, "one@example.com"), (name, "two@example.com"), ("", "three@example.com"))
    #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 }, "\(text)")
    #expect(text.contains("<one@example.com>,"))
  }

  @Test(
    "no control character gets into any of them", arguments: ["\r", "\n", "\0", "\t", "\u{7F}", "\u{85}", "\u{2028}"])
  func controls(character: String) {
    let value = "x\(character)Bcc: evil@example.com"
    #expect(throws: HeaderFault.self) { try Self.subject(value) }
    #expect(throws: MailAddress.Fault.self) { try Self.to((value, "a@b.example")) }
    #expect(throws: MailAddress.Fault.self) { try Self.to(("", "a@b.example\(character)")) }
    var block = HeaderBlock()
    #expect(throws: HeaderFault.self) { try block.tokens("X", [value]) }
  }

  @Test("the sentence of a refusal says what to do")
  func sentence() {
    #expect(
      HeaderFault(header: "To", scalar: "\n").description
        == "header To: its value contains the control character U+000A, which no header may contain: correct the field "
        + "in the ledger or the configuration that it comes from")
  }

  /// RFC 5322 section 3.3; weekdays from a calendar.
  @Test(
    "Date is the sender's clock with its offset",
    arguments: [
      ("2026-03-02T10:15:00Z", 3600, "Mon, 02 Mar 2026 11:15:00 +0100"),
      ("2026-03-01T23:59:59Z", 3600, "Mon, 02 Mar 2026 00:59:59 +0100"),
      ("2024-02-29T00:00:00Z", -12600, "Wed, 28 Feb 2024 20:30:00 -0330"),
      ("2026-12-31T23:00:00Z", 0, "Thu, 31 Dec 2026 23:00:00 +0000"),
    ])
  func date(instant: String, offset: Int, expected: String) throws {
    #expect(MailDate.text(try #require(Instant(rfc3339: instant)), offsetSeconds: offset) == expected)
  }
}

@Suite("Bodies")
struct BodyTests {
  private static func encoded(_ text: String) -> String {
    String(decoding: TransferEncoding.quotedPrintable(text), as: UTF8.self)
  }

  /// RFC 2045 section 6.7.
  @Test(
    "quoted-printable encodes what does not travel",
    arguments: [
      ("plain\n", "plain\r\n"), ("ü=\n", "=C3=BC=3D\r\n"), ("end \nx\t\n", "end=20\r\nx=09\r\n"),
      (".\n.x\n", "=2E\r\n=2Ex\r\n"), ("From here\n", "=46rom here\r\n"), ("a\n\nb", "a\r\n\r\nb\r\n"),
      ("lone\rCR\n", "lone=0DCR\r\n"),
    ])
  func quotedPrintable(text: String, expected: String) { #expect(Self.encoded(text) == expected) }

  /// One line, byte by byte, as the rules say it.
  private static func encodedPlainly(_ line: [UInt8]) -> String {
    var output = ""
    var column = 0
    for (index, byte) in line.enumerated() {
      let isLast = index == line.count - 1
      func written(beginsLine: Bool) -> String {
        let isBlank = byte == 0x20 || byte == 0x09
        let isVisible = byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "=")
        let isOdd = byte == UInt8(ascii: ".") || line[index...].starts(with: "From ".utf8)
        let isPlain = isBlank ? !isLast : isVisible && !(beginsLine && isOdd)
        return isPlain ? String(Unicode.Scalar(byte)) : "=" + Hex.pair(byte)
      }
      if column + written(beginsLine: column == 0).utf8.count > (isLast ? 76 : 75) {
        output += "=\r\n"
        column = 0
      }
      let text = written(beginsLine: column == 0)
      output += text
      column += text.utf8.count
    }
    return output + "\r\n"
  }

  @Test("a byte is encoded by what it is and where it stands, not by what is looked at with it")
  func everywhere() {
    for byte in UInt8(0)...0x7f where byte != 0x0a {
      for length in [1, 2, 7, 8, 9, 16, 17, 74, 75, 76, 77, 83, 84, 85, 160] {
        for place in [0, 1, 6, 7, 8, 9, length / 2, 73, 74, 75, 76, length - 2, length - 1]
        where (0..<length).contains(place) {
          var line = [UInt8](repeating: UInt8(ascii: "x"), count: length)
          line[place] = byte
          #expect(
            Self.encoded(String(decoding: line, as: UTF8.self) + "\n") == Self.encodedPlainly(line),
            "\(byte) at \(place) of \(length)")
        }
      }
    }
    for length in 1...300 {
      let line = (0..<length).map { UInt8(ascii: $0 % 11 == 3 ? "=" : $0 % 7 == 5 ? "." : $0 % 5 == 2 ? " " : "F") }
      #expect(Self.encoded(String(decoding: line, as: UTF8.self) + "\n") == Self.encodedPlainly(line))
    }
  }

  @Test("no line is longer than 76, whatever is broken where")
  func widths() {
    for length in 70...160 {
      for filler in ["x", "=", "ü", " ", "."] {
        let text = Self.encoded(String(repeating: filler, count: length) + "\n")
        #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 && $0.last != " " })
      }
    }
  }

  @Test("base64 comes in lines of 76")
  func base64() {
    #expect(TransferEncoding.base64([]) == "")
    #expect(TransferEncoding.base64(Array("hi".utf8)) == "aGk=\r\n")
    let lines = TransferEncoding.base64(Array(repeating: 7, count: 200)).split(separator: "\r\n")
    #expect(lines.map(\.count) == [76, 76, 76, 40])
  }

  /// RFC 2231 sections 3 and 4.
  @Test("file names beyond ASCII, or long, are written as RFC 2231 says")
  func parameters() {
    #expect(MimeParameter.pieces("filename", "R-1.pdf") == ["filename=\"R-1.pdf\""])
    #expect(MimeParameter.pieces("filename", "ä;\".pdf") == ["filename*=utf-8''%C3%A4%3B%22.pdf"])
    let long = MimeParameter.pieces("filename", String(repeating: "ü", count: 30) + ".pdf")
    #expect(long.count > 2 && long[0].hasPrefix("filename*0*=utf-8''%C3%BC") && long[1].hasPrefix("filename*1*=%C3%BC"))
  }

  @Test("attachments are plain names of documents and pictures")
  func attachments() throws {
    #expect(try Attachment(name: "R-1.PDF", bytes: []).mediaType == "application/pdf")
    for bad in [
      "", "a/b.pdf", "..\\b.pdf", ".pdf", "a\r\nb.pdf", "a\0.pdf", String(repeating: "x", count: 300) + ".pdf",
    ] {
      #expect(throws: Attachment.Fault.badName(bad)) { try Attachment(name: bad, bytes: []) }
    }
    for bad in ["run.exe", "pdf", "a.pdf.js", "a."] {
      #expect(throws: Attachment.Fault.unknownType(bad)) { try Attachment(name: bad, bytes: []) }
    }
  }
}
