import Testing

@testable import Incoming

/// Work grows with the size of a message and with nothing else: not with how deep its parts lie in each other, how many
/// there are, or how they are written. What is measured is what is looked at, never time.
@Suite("Hostile messages cost no more than others")
struct BoundTests {
  static let hostile: [(name: String, bytes: [UInt8])] = [
    ("parts within parts", nested(2000)),
    ("a message in a message in a message", chain(3000)),
    (
      "a hundred thousand boundaries",
      Array(("Content-Type: multipart/mixed; boundary=x\n\n" + String(repeating: "--x\n", count: 100_000)).utf8)
    ),
    (
      "a boundary that almost fits, again and again",
      Array(
        ("Content-Type: multipart/mixed; boundary=\(String(repeating: "x", count: 900))\n\n"
          + String(repeating: "--" + String(repeating: "x", count: 800) + "\n", count: 1000)).utf8)
    ),
    ("a header without end", Array(String(repeating: "X-A: b\n c\n", count: 100_000).utf8)),
    ("one field without end", Array(("Subject: " + String(repeating: "=?utf-8?q?", count: 100_000)).utf8)),
    ("addresses without end", Array(("To: " + String(repeating: "a@b.test,", count: 100_000) + "\n\n").utf8)),
    ("brackets without end", html(String(repeating: "<", count: 300_000))),
    ("ampersands without end", html(String(repeating: "&#x", count: 100_000))),
    ("quotes within quotes", html(String(repeating: "<blockquote>a", count: 50_000))),
    ("comments that never close", html(String(repeating: "<!--", count: 100_000))),
    ("scripts that never close", html(String(repeating: "<script>", count: 100_000))),
    ("lines without end", Array(("From: a@b.test\n\n" + String(repeating: "we will pay?\n", count: 200_000)).utf8)),
    (
      "one line without end",
      Array(("From: a@b.test\n\n" + String(repeating: "will pay 1 EUR on 5.3. ", count: 100_000)).utf8)
    ),
    (
      "a letter with a hundred thousand marks",
      Array(("From: a@b.test\n\n" + "a" + String(repeating: "\u{301}", count: 100_000)).utf8)
    ),
    (
      "reports without end",
      Array(
        ("From: mailer-daemon@b.test\nContent-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
          + String(repeating: "Final-Recipient: rfc822;a@b.test\nAction: failed\n\n", count: 20_000)).utf8)
    ),
    (
      "a transcript without end",
      Array(
        ("From: mailer-daemon@b.test\nSubject: Returned mail\n\n"
          + String(
            repeating: ">>> RCPT To:<a@b.test>\n<<< 550 no\n550 5.1.1 <a@b.test>... User unknown\n", count: 20_000))
          .utf8)
    ),
    (
      "soft line ends without end",
      Array(("Content-Transfer-Encoding: quoted-printable\n\n" + String(repeating: "= ", count: 200_000)).utf8)
    ),
    ("zeros", [UInt8](repeating: 0, count: 500_000)), ("colons", [UInt8](repeating: 0x3A, count: 500_000)),
    ("escapes", Array("A: b\n\n".utf8) + [UInt8](repeating: 0x1B, count: 300_000)),
  ]

  private static func nested(_ depth: Int) -> [UInt8] {
    Array((0..<depth).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined().utf8)
  }
  private static func chain(_ depth: Int) -> [UInt8] {
    Array(String(repeating: "Content-Type: message/rfc822\n\n", count: depth).utf8)
  }
  private static func html(_ text: String) -> [UInt8] {
    Array(("From: a@b.test\nContent-Type: text/html\n\n" + text).utf8)
  }

  @Test("parts, depth, bytes looked at and what comes out are bounded", arguments: hostile.map(\.name))
  func bounded(name: String) throws {
    let bytes = try #require(Self.hostile.first { $0.name == name }?.bytes)
    let message = MailPart(message: bytes)
    let all = Self.everything(message)
    #expect(all.count <= MailLimit.parts)
    #expect(Self.depth(message) <= MailLimit.depth + 1)
    // Each level looks at every byte once more at most.
    #expect(all.reduce(0) { $0 + $1.body.count } <= (MailLimit.depth + 1) * bytes.count)
    #expect(all.allSatisfy { $0.headers.fields.count <= MailLimit.fields + 1 })
    #expect(all.allSatisfy { $0.headers.fields.allSatisfy { $0.value.utf8.count <= 4 * MailLimit.field } })
    #expect(all.allSatisfy { $0.text.utf8.count <= 4 * MailLimit.text })
    if let arrival = Arrival(bytes) { Self.check(arrival) }
  }

  static func check(_ arrival: Arrival) {
    #expect(arrival.addressees.count <= MailLimit.listed && arrival.references.count <= MailLimit.listed)
    #expect(arrival.recipients.count <= MailLimit.listed)
    #expect(arrival.excerpt?.unicodeScalars.count ?? 0 <= MailLimit.excerpt)
    #expect(arrival.suggestions.count <= 6)
    #expect(arrival.suggestions.allSatisfy { ($0.line?.unicodeScalars.count ?? 0) <= MailLimit.line })
    #expect(arrival.recipients.allSatisfy { $0.words.unicodeScalars.count <= MailLimit.line })
  }

  private static func everything(_ part: MailPart) -> [MailPart] { [part] + part.parts.flatMap(everything) }
  private static func depth(_ part: MailPart) -> Int { 1 + (part.parts.map(depth).max() ?? 0) }

  @Test("cut at any byte, a message is read as far as it goes")
  func cutAnywhere() {
    let text = """
      From: mailer-daemon@b.test
      Content-Type: multipart/report; boundary=x

      --x
      Content-Type: text/html; charset=utf-8
      Content-Transfer-Encoding: base64

      PHA+asO2cmc8L3A+
      --x
      Content-Type: message/delivery-status

      Final-Recipient: rfc822;a@b.test
      Status: 5.1.1
      --x
      Content-Type: message/rfc822

      Message-ID: <a@b.test>
      --x--
      """
    let bytes = Array(text.utf8)
    for count in bytes.indices { if let arrival = Arrival(Array(bytes[..<count])) { Self.check(arrival) } }
  }
}
