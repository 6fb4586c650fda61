import Delivery
import Testing

/// Settings that name our test authority and, with a password, a user.
private func settings(
  _ server: TestServer, _ security: RelaySettings.Security, password: String? = nil
) throws -> RelaySettings {
  var settings = server.settings(security)
  settings.caFile = try TestServer.caFile()
  if let password {
    settings.username = "clerk"
    settings.password = Password(password)
  }
  return settings
}

@Suite("Encryption and login")
struct EncryptionTests {
  private static let login = ["--mechanisms", "PLAIN LOGIN", "--require-auth", "clerk:sesame"]

  @Test("mail goes encrypted and logged in, once for all mails of a connection", arguments: ["starttls", "implicit"])
  func healthy(mode: String) async throws {
    try await blocking {
      let server = try TestServer([], ["--tls", mode] + TestServer.certificate() + Self.login)
      let settings = try settings(server, mode == "implicit" ? .tls : .starttls, password: "sesame")
      let results = send([envelope(1), envelope(2)], by: settings)
      #expect(results.map(\.verdict) == [.accepted, .accepted], "\(results)")
      #expect(server.index.allSatisfy { $0["tls"] as? Bool == true && $0["user"] as? String == "clerk" })
      #expect(server.events.filter { $0 == "AUTH" }.count == 1)
      #expect(server.plainCommands == (mode == "implicit" ? [] : ["EHLO client.test", "STARTTLS"]))
    }
  }

  /// Garbage that comes together with the 220 is 8 (libcurl suspects an injection), a moment later it is 35.
  /// Rules, options, our security, with a password, then what is expected.
  static let faults:
    [(rule: String, options: [String], security: RelaySettings.Security, curl: Set<Int>, config: Bool)] = [
      ("", ["--tls", "starttls", "--hide-starttls"], .starttls, [64], true),
      ("starttls=454 4.7.0 not now", ["--tls", "starttls"], .starttls, [64], true),
      ("starttls=554 5.7.3 never", ["--tls", "starttls"], .starttls, [64], true),
      ("starttls=421 4.3.2 bye", ["--tls", "starttls"], .starttls, [64], true),
      ("starttls=drop", ["--tls", "starttls"], .starttls, [56], false),
      ("starttls=hang", ["--tls", "starttls"], .starttls, [28], false),
      ("tls=drop", ["--tls", "starttls"], .starttls, [35], true),
      ("tls=garbage", ["--tls", "starttls"], .starttls, [35, 8], true),
      ("", ["--tls", "off"], .tls, [35], true),
    ]

  @Test("without encryption nothing goes out, least of all a password", arguments: faults.indices)
  func refusedEncryption(index: Int) async throws {
    let fault = Self.faults[index]
    try await blocking {
      let rules = fault.rule.isEmpty ? [] : [fault.rule]
      let server = try TestServer(rules, fault.options + TestServer.certificate() + ["--mechanisms", "PLAIN"])
      var settings = try settings(server, fault.security, password: "sesame")
      settings.connectTimeout = .seconds(5)
      let result = try #require(send([envelope()], by: settings).first)
      #expect(result.verdict == .relayRefused)
      #expect(result.stage == .tls)
      #expect(fault.curl.contains(result.curlCode), "\(result)")
      #expect(result.isConfiguration == fault.config)
      #expect(!server.events.contains("AUTH") && !server.events.contains("MAIL"))
    }
  }

  @Test("an encrypted body that breaks off is in doubt as any other", arguments: ["body=stall", "body=reset"])
  func brokenBody(rule: String) async throws {
    try await blocking {
      let big = Array(String(repeating: String(repeating: "x", count: 98) + "\r\n", count: 80_000).utf8)
      let server = try TestServer([rule], ["--tls", "implicit"] + TestServer.certificate())
      var settings = server.settings(.tls)
      settings.caFile = try TestServer.caFile()
      (settings.connectTimeout, settings.replyTimeout, settings.totalTimeout) = (.seconds(4), .seconds(3), .seconds(7))
      let result = send([envelope(1, big)], by: settings).first
      #expect(result?.verdict == .unknown && result?.stage == .body, "\(String(describing: result))")
      #expect(server.messages.isEmpty)
    }
  }

  @Test("a certificate of another name, or of a stranger, or no CA file: nothing goes out")
  func certificates() async throws {
    try await blocking {
      let wrong = try TestServer([], ["--tls", "starttls"] + TestServer.certificate("wrong"))
      #expect(send([envelope()], by: try settings(wrong, .starttls)).first?.curlCode == 60)
      let server = try TestServer([], ["--tls", "starttls"] + TestServer.certificate())
      let strangers = send([envelope()], by: server.settings(.starttls)).first
      #expect(strangers?.curlCode == 60)
      #expect(strangers?.isConfiguration == true)
      var missing = server.settings(.starttls)
      missing.caFile = "/nonexistent/ca.pem"
      let result = send([envelope()], by: missing).first
      #expect(result?.curlCode == 77)
      #expect(result?.isConfiguration == true)
      #expect(!server.events.contains("MAIL") && !wrong.events.contains("MAIL"))
    }
  }

  @Test(
    "a refused login is the relay's, for good or for now, in its words",
    arguments: [
      ("", "wrong", 535, true), ("auth=535 5.7.8 no such user", "sesame", 535, true),
      ("auth=454 4.7.0 directory is down", "sesame", 454, false),
    ])
  func refusedLogin(rule: String, password: String, code: Int, isConfiguration: Bool) async throws {
    try await blocking {
      let server = try TestServer(rule.isEmpty ? [] : [rule], Self.login)
      let result = try #require(send([envelope()], by: settings(server, .none, password: password)).first)
      #expect(result.verdict == .relayRefused)
      #expect(result.stage == .auth)
      #expect(result.code == code)
      #expect(result.isConfiguration == isConfiguration)
      #expect(result.reply.hasPrefix("\(code) "))
      #expect(server.messages.isEmpty)
    }
  }

  @Test("a login cut short is no refusal of it", arguments: ["auth=drop", "auth=reset", "auth=hang"])
  func cutLogin(rule: String) async throws {
    try await blocking {
      let server = try TestServer([rule], Self.login)
      var settings = try settings(server, .none, password: "sesame")
      settings.connectTimeout = .seconds(5)
      let result = send([envelope()], by: settings).first
      #expect(result?.verdict == .relayRefused)
      #expect(result?.stage == .auth)
      #expect(result?.isConfiguration == false)
    }
  }

  @Test("a server that offers no login gets no mail, though libcurl would go on without")
  func noLoginOffered() async throws {
    try await blocking {
      let server = try TestServer()
      let settings = try settings(server, .none, password: "sesame")
      let results = send([envelope(1), envelope(2)], by: settings)
      #expect(results.map(\.verdict) == [.relayRefused, .relayRefused])
      #expect(results.allSatisfy { $0.isConfiguration && $0.stage == .auth })
      #expect(server.messages.isEmpty)
      #expect(!server.events.contains("RCPT"))
    }
  }

  @Test("a login counts for its own connection only")
  func loginOfAnotherConnection() async throws {
    try await blocking {
      let rules = ["idle=drop:only 1", "ehlo=250 sink.test:connection 2"]
      let server = try TestServer(rules, ["--mechanisms", "PLAIN"])
      let results = send([envelope(1), envelope(2)], by: try settings(server, .none, password: "sesame"))
      #expect(results.map(\.verdict) == [.accepted, .relayRefused])
      #expect(results.last?.isConfiguration == true)
      #expect(server.connections == 2)
      #expect(server.messages.count == 1)
    }
  }

  @Test("a server that offers only what we cannot do gets no mail")
  func unusableMechanism() async throws {
    try await blocking {
      let server = try TestServer([], ["--mechanisms", "GSSAPI"])
      let result = send([envelope()], by: try settings(server, .none, password: "sesame")).first
      #expect(result?.verdict == .relayRefused)
      #expect(result?.isConfiguration == true)
      #expect(server.messages.isEmpty)
    }
  }

  @Test("a server that wants a login that we do not have says so")
  func loginWanted() async throws {
    try await blocking {
      let server = try TestServer([], Self.login)
      let result = send([envelope()], by: try settings(server, .none)).first
      #expect(result?.code == 530)
      #expect(result?.isConfiguration == true)
      #expect(result?.stage == .mail)
    }
  }

  @Test("one mechanism can be insisted on")
  func mechanism() async throws {
    try await blocking {
      let server = try TestServer([], Self.login)
      var settings = try settings(server, .none, password: "sesame")
      settings.loginOptions = "AUTH=LOGIN"
      #expect(send([envelope()], by: settings).first?.verdict == .accepted)
      #expect(server.commands.contains("AUTH LOGIN"))
    }
  }

  @Test("a probe shows what the server offers, and sends nothing")
  func probe() async throws {
    try await blocking {
      let options = ["--tls", "starttls", "--offer", "SIZE 1000", "--offer", "8BITMIME"]
      let server = try TestServer([], options + TestServer.certificate() + Self.login)
      let good = Postman.smtp(try settings(server, .starttls, password: "sesame")).probe()
      #expect(good.result.verdict == .accepted)
      #expect(good.result.stage == .noop)
      #expect(good.greeting == "220 sink.test ESMTP")
      #expect(good.offers == ["SIZE 1000", "8BITMIME", "AUTH PLAIN LOGIN"])
      #expect(good.sizeMax == 1000)
      #expect(good.isLoggedIn)
      #expect(server.events.filter { $0 != "close" }.suffix(3) == ["AUTH", "NOOP", "QUIT"])
      let bad = Postman.smtp(try settings(server, .starttls, password: "wrong")).probe()
      #expect(bad.result.reply == "535 5.7.8 wrong user or password")
      #expect(bad.result.isConfiguration)
      let silent = try TestServer()
      let unasked = Postman.smtp(try settings(silent, .none, password: "sesame")).probe()
      #expect(unasked.result.verdict == .relayRefused)
      #expect(unasked.result.isConfiguration)
      let nobody = Postman.smtp(RelaySettings(host: "127.0.0.1", port: 1, security: .none)).probe()
      #expect(nobody.result.stage == .connect)
      #expect(nobody.greeting.isEmpty)
    }
  }
}
