import CCurl
import Delivery
import Testing

@Suite("Addresses, bytes and words at the door")
struct WordTests {
  @Test(
    "an address that may go out is read",
    arguments: [
      ("a@b", "a@b"), ("First.Last+tag@Example.COM", "First.Last+tag@example.com"),
      ("o'neil@x-y.example", "o'neil@x-y.example"), ("a@bücher.example", "a@xn--bcher-kva.example"),
      ("a@straße.example", "a@xn--strae-oqa.example"), ("a@пример.example", "a@xn--e1afmkfd.example"),
      ("a@例え.example", "a@xn--r8jz45g.example"),
    ])
  func goodAddress(text: String, wire: String) throws {
    #expect(try EnvelopeAddress(text).text == wire)
  }

  @Test(
    "an address that may not is refused with a reason",
    arguments: [
      "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", ".a@b", "a.@b", "a..b@c", "a@-b.example", "a@b..c", "a@b.",
      "<a@b>", "\"a b\"@c", "a@[127.0.0.1]", "ä@b.example", "a\r\n@b", "a\t@b", "a@b_c.example", "a(c)@b", "a,b@c",
      String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b", count: 64),
      "a@" + String(repeating: "bcdefghi.", count: 29) + "example", "a@u\u{308}ber.example", "a\u{200b}@b",
      "a@😀.example",
    ])
  func badAddress(text: String) {
    #expect(throws: EnvelopeAddress.Fault.self) { try EnvelopeAddress(text) }
  }

  /// RFC 3492 section 7.1, samples (B), (L) and (S) in part, and common domains.
  @Test(
    "labels are encoded as RFC 3492 says",
    arguments: [
      ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"), ("münchen", "xn--mnchen-3ya"),
      ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
      ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ])
  func punycode(label: String, encoded: String) {
    #expect(Punycode.aLabel(label) == encoded)
  }

  @Test(
    "bytes are looked through before they go",
    arguments: [
      ("a\r\n", nil), ("\r\n", nil), (String(repeating: "x", count: 998) + "\r\n", nil), ("", "the message is empty"),
      ("a", "line 1, the last, does not end in CRLF"), ("a\r\nb\n", "line 2 ends in LF without CR"),
      ("a\rb\r\n", "line 1 has a CR without its LF"), ("a\r\r\n", "line 1 has a CR without its LF"),
      ("a\r\n\u{0}\r\n", "line 2 has a NUL in it"), ("é\r\n", "line 1 has a byte that is not 7-bit"),
      (String(repeating: "x", count: 999) + "\r\n", "line 1 is longer than 998 characters"),
      ("a\r\n\r", "line 2, the last, does not end in CRLF"),
    ] as [(String, String?)])
  func bytes(text: String, fault: String?) {
    #expect(MessageBytes.fault(in: Array(text.utf8)) == fault)
  }

  @Test("a fault is found wherever it stands in a line")
  func placed() {
    for length in 1...40 {
      for place in 0..<length {
        for (byte, words) in [
          (0x00, "has a NUL in it"), (0x0a, "ends in LF without CR"), (0x0d, "has a CR without its LF"),
          (0x80, "has a byte that is not 7-bit"), (0xff, "has a byte that is not 7-bit"),
        ] as [(UInt8, String)] {
          var line = [UInt8](repeating: 0x7e, count: length)
          line[place] = byte
          // A CR at the end is that of the line's own end.
          let isHarmless = byte == 0x0d && place == length - 1
          #expect(
            MessageBytes.fault(in: line + (isHarmless ? [0x0a] : [0x0d, 0x0a]))
              == (isHarmless ? nil : "line 1 \(words)"))
        }
        for byte in [0x01, 0x09, 0x20, 0x7f] as [UInt8] {
          var line = [UInt8](repeating: 0x7e, count: length)
          line[place] = byte
          #expect(MessageBytes.fault(in: line + [0x0d, 0x0a]) == nil)
        }
      }
    }
  }

  @Test(
    "a reply is one line with its codes once",
    arguments: [
      (["250 ok"], 250, nil, "250 ok"), (["550 5.1.1 no such user"], 550, "5.1.1", "550 5.1.1 no such user"),
      (["550-5.1.1 no", "550-5.1.1 such", "550 5.1.1 user"], 550, "5.1.1", "550 5.1.1 no such user"),
      (["354"], 354, nil, "354"), (["what?", "250 ok"], 250, nil, "250 what? ok"),
      (["550 5.1.1234 odd"], 550, nil, "550 5.1.1234 odd"), (["250 \u{1b}[31mred\u{7}"], 250, nil, "250 [31mred"),
      (["250 a\u{202e}b\u{200b}c\td"], 250, nil, "250 a b c d"),
    ] as [([String], Int, String?, String)])
  func reply(lines: [String], code: Int, enhanced: String?, line: String) {
    let reply = ServerReply(lines: lines)
    #expect(reply?.code == code)
    #expect(reply?.enhanced == enhanced)
    #expect(reply?.line == line)
  }

  @Test("a reply needs a code and a last line", arguments: [[], ["hello"], ["2500 no"], ["25 no"], ["250_no"]])
  func noReply(lines: [String]) {
    #expect(ServerReply(lines: lines) == nil)
    #expect(!ServerReply.isLast("250-more"))
    #expect(ServerReply.isLast("250"))
  }

  @Test("foreign words are cut at 500 characters")
  func cut() {
    let result = DeliveryResult(
      verdict: .deferred, stage: .rcpt, reply: "450 " + String(repeating: "e\u{301}", count: 900))
    #expect(result.reply.unicodeScalars.count == 500)
    #expect(result.reply.hasSuffix("…"))
  }

  @Test("a password is not printed, whoever tries")
  func secret() {
    let settings = RelaySettings(host: "h", port: 25, username: "u", password: Password("sesame"))
    #expect(!"\(settings) \(String(reflecting: settings))".contains("sesame"))
    var dumped = ""
    dump(settings, to: &dumped)
    #expect(!dumped.contains("sesame"))
  }

  @Test(
    "a relay's URL has a host and a port and nothing else",
    arguments: [
      ("smtp://mail.example.com:587", "mail.example.com", 587, false),
      ("smtps://mail.example.com", "mail.example.com", 465, true),
      ("smtp://mail.example.com/", "mail.example.com", 25, false), ("smtp://[::1]:2525", "::1", 2525, false),
      ("smtp://127.0.0.1", "127.0.0.1", 25, false),
    ])
  func location(url: String, host: String, port: Int, isSecure: Bool) {
    let found = RelaySettings.location(url: url)
    #expect(found?.host == host)
    #expect(found?.port == port)
    #expect(found?.isSecure == isSecure)
  }

  @Test(
    "any other URL is refused",
    arguments: [
      "", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://u:p@mail.example.com", "smtp://h:0",
      "smtp://h:65536", "smtp://h:", "smtp://h/name", "smtp://h?x", "smtp://[::1", "smtp://h h", "smtp://h:+25",
    ])
  func noLocation(url: String) {
    #expect(RelaySettings.location(url: url) == nil)
  }

  @Test("settings that cannot work are said before any contact")
  func settingsFaults() {
    var settings = RelaySettings(host: "h", port: 25, security: .none)
    #expect(settings.fault == nil)
    settings.host = "h/../x"
    #expect(settings.fault != nil)
    settings.host = "h"
    settings.helloName = "a b"
    #expect(settings.fault != nil)
    settings.helloName = "a"
    settings.username = "u"
    #expect(settings.fault == "a user name without a password")
    settings.password = Password("p\r\n")
    #expect(settings.fault == "the password is empty or has a control character in it")
    let result = send([envelope()], by: settings).first
    #expect(result?.verdict == .relayRefused)
    #expect(result?.stage == .settings)
    #expect(result?.isConfiguration == true)
  }

  @Test("an option given a value of the wrong kind is refused, not misread")
  func kinds() throws {
    let handle = try #require(curl_easy_init())
    defer { curl_easy_cleanup(handle) }
    #expect(ccurl_set_long(handle, CURLOPT_URL, 1) == CURLE_BAD_FUNCTION_ARGUMENT)
    #expect(ccurl_set_text(handle, CURLOPT_UPLOAD, "1") == CURLE_BAD_FUNCTION_ARGUMENT)
    #expect(ccurl_set_size(handle, CURLOPT_UPLOAD, 1) == CURLE_BAD_FUNCTION_ARGUMENT)
    #expect(ccurl_set_list(handle, CURLOPT_URL, nil) == CURLE_BAD_FUNCTION_ARGUMENT)
    #expect(ccurl_set_long(handle, CURLOPT_UPLOAD, 1) == CURLE_OK)
  }
}
