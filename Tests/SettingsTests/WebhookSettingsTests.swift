import Testing
import Units

@testable import Settings

@Suite("[letter] and [webhook]")
struct WebhookSettingsTests {
  private static func read(_ more: String) throws -> Configuration {
    let text = """
      [company]
      name = "Example GmbH"
      time_zone = "Europe/Berlin"
      country = "DE"
      currency = "EUR"

      \(more)

      [[schedule]]
      name = "standard"
      steps = [{ name = "first", day = 7, level = 1, channel = "call", fallback = "letter" }]
      """
    return try Configuration.read(Array(text.utf8), file: "/etc/dunningd/dunningd.toml", outside: .sample)
  }

  @Test("say who writes, where pages wait, and who is told")
  func all() throws {
    let configuration = try Self.read(
      """
      [letter]
      outbox = "out"
      sender = ["Hauptstraße 12", "10115 Berlin"]
      place = "Berlin"
      footer = "HRB 12345 B"

      [webhook]
      url = "https://gateway.example.com:8443/messages?k=1"
      secret = { credential = "webhook-secret" }
      timeout = "10s"
      """)
    #expect(configuration.letter.outbox == "/etc/dunningd/out")
    #expect(configuration.letter.stationery.sender == ["Hauptstraße 12", "10115 Berlin"])
    #expect(configuration.letter.stationery.place == "Berlin")
    #expect(configuration.letter.stationery.footer == ["HRB 12345 B"])
    let webhook = try #require(configuration.webhook)
    #expect(webhook.url == "https://gateway.example.com:8443/messages?k=1" && webhook.isSecure)
    #expect(webhook.host == "gateway.example.com" && webhook.port == 8443)
    #expect(webhook.timeout == .seconds(10) && webhook.caFile == nil)
    #expect(webhook.secret.source == .credential("webhook-secret"))
  }

  @Test("without them letters lie in the state directory and nobody is told")
  func none() throws {
    let configuration = try Self.read("")
    #expect(configuration.letter.outbox == nil && configuration.webhook == nil)
    #expect(configuration.policy.schedules[0].steps[0].template == "first")
  }

  @Test(
    "a service on this machine may be plain",
    arguments: ["http://127.0.0.1:8080/x", "http://localhost/", "http://[::1]:9/", "https://a.example"])
  func plain(url: String) throws {
    let configuration = try Self.read("[webhook]\nurl = \"\(url)\"\nsecret = { env = \"S\" }")
    #expect(configuration.webhook?.url == url)
    #expect(!configuration.warnings.contains { $0.key == "webhook.url" })
  }

  @Test(
    "what is no address of a service is none",
    arguments: [
      "ftp://a.example", "https://", "https://a b/", "https://a.example/#x", "https://a.example:0/",
      "https://u@a.example",
      "https://ä.example/",
    ])
  func wrong(url: String) {
    #expect(throws: MailServer.Fault.self) { try WebhookURL(url) }
  }
}
