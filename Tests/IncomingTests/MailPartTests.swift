import Testing

@testable import Incoming

@Suite("A message as it was sent")
struct MailPartTests {
  @Test("header fields are unfolded, found without regard to case, and decoded")
  func headers() {
    let message = part(
      """
      From a@b.test Mon Mar  2 09:00:00 2026
      Subject: =?UTF-8?Q?J=C3=B6rg_zahlt?= =?iso-8859-15?B?IKQ=?= morgen
      X-Long: one
       two
      \tthree
      TO: "A, B" <a@b.test>, c@d.test

      body
      """)
    #expect(message.headers.text("subject") == "Jörg zahlt € morgen")
    #expect(message.headers["x-long"] == "one two three")
    #expect(message.headers.addresses("to") == ["a@b.test", "c@d.test"])
    #expect(message.text == "body")
  }

  @Test(
    "encoded words of all kinds, and what is none",
    arguments: [
      ("=?utf-8?q?a=20b?=", "a b"), ("=?UTF-8?B?w6Q=?= =?UTF-8?B?w7Y=?=", "äö"), ("=?utf-8?q?a?= b", "a b"),
      ("=?windows-1252?Q?=80?=", "€"), ("=?utf-8*de?q?x_y?=", "x y"), ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
      ("=?utf-8?q?", "=?utf-8?q?"), ("1 =? 2", "1 =? 2"), ("=?unknown?q?=E4?=", "ä"), ("=?utf-8?q?=1B[31m?=", "[31m"),
    ])
  func words(coded: String, plain: String) { #expect(EncodedWords.decoded(coded) == plain) }

  @Test("base64 and quoted-printable, also damaged")
  func transfer() {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    #expect(text(TransferDecoding.base64(Array("aGVsbG8=\r\n".utf8))) == "hello")
    #expect(text(TransferDecoding.base64(Array("aGVs*bG8".utf8))) == "hello")
    #expect(text(TransferDecoding.quotedPrintable(Array("a=C3=A4=\r\nb= \nc=x=".utf8)[...])) == "aäbc=x")
    #expect(TransferDecoding.base64([]) == [])
  }

  @Test(
    "charsets: the two Latin ones, Windows, UTF-8, and a fallback",
    arguments: [
      ("utf-8", [0xC3, 0xA4], "ä"), ("ISO-8859-1", [0xE4], "ä"), ("iso-8859-15", [0xA4, 0xBD], "€œ"),
      ("windows-1252", [0x80, 0x93, 0xE4], "€“ä"), ("us-ascii", [0xE4], "ä"), ("x-unknown", [0xC3, 0xA4], "ä"),
      ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x25, 0x47, 0x1B, 0x28, 0x42, 0x61], "…a"), ("utf-8", [0xFF, 0x61], "ÿa"),
    ] as [(String, [UInt8], String)])
  func charsets(label: String, bytes: [UInt8], text: String) { #expect(Charset.decoded(bytes, label) == text) }

  @Test("controls and marks that turn the text around are cut")
  func cleaned() {
    #expect("a\u{1B}[31m\u{202E}b\u{0}\u{200B}c\r\nd\te".cleaned(keepsLines: true) == "a[31mbc\nd e")
    #expect("a\r\nb".cleaned(keepsLines: false) == "a b")
  }

  @Test("parts between their boundaries, one in the other; a boundary that never ends; a preamble")
  func parts() {
    let message = part(
      """
      Content-Type: multipart/mixed; boundary="a b"

      preamble
      --a b
      Content-Type: multipart/alternative; boundary=inner

      --inner
      Content-Type: text/plain; charset=iso-8859-1
      Content-Transfer-Encoding: quoted-printable

      sch=F6n
      --inner
      Content-Type: text/html

      <p>sch&ouml;n</p>
      --inner--
      --a b
      Content-Type: message/rfc822

      Message-ID: <x@y.test>

      old
      """)
    #expect(
      message.own.map(\.type.name) == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "message/rfc822",
      ])
    #expect(message.own[2].text.collapsed == "schön")
    #expect(message.own[3].text.collapsed == "schön")
    #expect(message.own[4].parts.first?.headers["message-id"] == "<x@y.test>")
  }

  @Test(
    "HTML becomes lines: nothing of it is left but words",
    arguments: [
      ("<p>one<br>two</p>three", "one\ntwo\nthree"), ("a<script>alert('x')</script>b", "ab"),
      ("<style>p{}</style><!-- no -->x", "x"), ("1 &lt; 2 &amp;&amp; &#228;&#xE4; &nope; &", "1 < 2 && ää &nope; &"),
      ("<blockquote>old</blockquote>new", "> old\nnew"), ("<script>never closed", ""), ("a < b", "a < b"),
      ("<img src=x onerror=alert(1)>y", "y"), ("<a href=\"javascript:x\">z</a>", "z"), ("&#0;&#x1b;x", "x"),
      ("<!-- never closed", ""), ("<p", ""),
    ])
  func html(html: String, plain: String) {
    let lines = HTMLText.plain(html).split(separator: "\n").map { String($0).collapsed }.filter { !$0.isEmpty }
    #expect(lines.joined(separator: "\n") == plain)
  }

  @Test("addresses in any text")
  func addresses() {
    #expect(
      Addresses.all(in: "to <A.b+c@D.test>, 'x@y.test' and rfc822;z@w.test.") == [
        "a.b+c@d.test", "x@y.test", "z@w.test",
      ])
    #expect(Addresses.all(in: "@ a@ @b <@c>") == [])
    #expect(MessageIDs.all("<a@b> <c@d>\t<no>") == ["a@b", "c@d"])
    #expect(MessageIDs.all("bare@id.test") == ["bare@id.test"])
  }

  private func part(_ text: String) -> MailPart { MailPart(message: Array(text.utf8)) }
}
