import Testing
import Units

@testable import Settings

/// Small values, each with a table of what is read and what is not.
@Suite("Values")
struct ValueTests {
  @Test(
    "days are single ones, ranges, and ranges over the weekend",
    arguments: [
      ("\"mon-fri\"", "mon tue wed thu fri"), ("\"sat-mon\"", "mon sat sun"), ("\"wed\"", "wed"),
      ("\"mon-sun\"", "mon tue wed thu fri sat sun"), ("[\"fri\", \"mon-tue\", \"mon\"]", "mon tue fri"),
      ("\"monday\"", nil), ("\"mon-fri-sun\"", nil), ("\"\"", nil), ("5", nil), ("\"Mon\"", nil), ("\"mon,tue\"", nil),
    ] as [(String, String?)])
  func days(_ written: String, _ expected: String?) {
    let read = try? Configuration.sample("[contact]\ndays = \(written)")
    #expect(read?.policy.contact.weekdays.map(\.short).joined(separator: " ") == expected)
  }

  @Test(
    "hours go from an earlier time to a later one",
    arguments: [
      ("10:00-16:00", "10:00 16:00"), ("00:00-24:00", "00:00 24:00"), ("09:30-09:31", "09:30 09:31"),
      ("10:00-10:00", nil), ("16:00-10:00", nil), ("10-16", nil), ("10:00", nil), ("10:00-25:00", nil), ("", nil),
    ] as [(String, String?)])
  func hours(_ written: String, _ expected: String?) {
    let range = HourRange(text: written)
    #expect(range.map { "\($0.opens) \($0.closes)" } == expected)
  }

  @Test(
    "a mail server is a scheme, a host and perhaps a port",
    arguments: [
      ("smtp://mail.example.com", "mail.example.com - plain"), ("smtp://localhost:2525/", "localhost 2525 plain"),
      ("smtps://10.0.0.1:465", "10.0.0.1 465 secure"), ("smtp://[::1]:25", "::1 25 plain"),
      ("smtp://[::1]", "::1 - plain"),
      ("mail.example.com", nil), ("http://mail.example.com", nil), ("smtp://", nil), ("smtp://:25", nil),
      ("smtp://a:0", nil), ("smtp://a:65536", nil), ("smtp://a:+5", nil), ("smtp://u:p@a", nil), ("smtp://a/b", nil),
      ("smtp://[::1", nil), ("smtp://[a]", nil), ("smtp://a b", nil), ("smtp://ä.de", nil), ("smtp://a?x", nil),
    ] as [(String, String?)])
  func servers(_ url: String, _ expected: String?) {
    let server = try? MailServer(url: url)
    #expect(
      server.map { "\($0.host) \($0.port.map(String.init) ?? "-") \($0.isSecure ? "secure" : "plain")" } == expected)
  }

  @Test(
    "only this machine is loopback",
    arguments: [
      ("localhost", true), ("LOCALHOST", true), ("a.localhost", true), ("127.0.0.1", true), ("127.1.2.3", true),
      ("[::1]", true), ("127.0.0.1.example.com", false), ("127.example.com", false), ("localhost.example.com", false),
      ("128.0.0.1", false), ("127.0.0.256", false), ("[::2]", false), ("mylocalhost", false),
    ])
  func loopback(_ host: String, _ expected: Bool) throws {
    #expect(try MailServer(url: "smtp://\(host)").isLoopback == expected)
  }

  @Test(
    "security and ports follow from the URL unless they are said",
    arguments: [
      ("smtp://localhost", "", "starttls 587"), ("smtps://localhost", "", "tls 465"),
      ("smtp://localhost", "security = \"none\"", "none 25"), ("smtp://localhost", "security = \"tls\"", "tls 465"),
      ("smtp://localhost:26", "security = \"none\"", "none 26"),
    ])
  func security(_ url: String, _ line: String, _ expected: String) throws {
    let read = try Configuration.read(
      Array(
        """
        company = { name = "X", time_zone = "Europe/Berlin", country = "DE", currency = "EUR" }
        schedule = [{ name = "s", steps = [] }]
        [mail]
        url = "\(url)"
        from = "ar@example.com"
        \(line)
        """.utf8), file: "x.toml", outside: .sample)
    let mail = try #require(read.mail)
    #expect("\(mail.security.rawValue) \(mail.port)" == expected)
  }

  @Test(
    "what was probably meant is the nearest word, if any is near",
    arguments: [
      ("frm", "from"), ("form", "from"), ("conections", "connections"), ("URL", "url"), ("x", nil),
      ("password_file", nil),
      ("", nil), ("maxperminute", "max_per_minute"),
    ] as [(String, String?)])
  func nearest(_ word: String, _ expected: String?) {
    #expect(Nearest.match(word, in: KnownKeys.keys(of: "mail")) == expected)
  }
}
