// What a transfer means. The one question is whether it is certain that nothing was delivered; the one proof is that no
// byte of the body was handed to the socket, or that the server said no in so many words. The tables of
// Tests/DeliveryTests/ClassificationTests.swift hold every case that libcurl 7.88 was seen to produce.

extension DeliveryResult {
  /// The meaning of one attempt. `server` is only copied.
  package init(_ transfer: Transfer, server: String) {
    let finding = Finding.of(transfer)
    let reply = finding.speaks ? transfer.last?.reply : nil
    self.init(
      verdict: finding.verdict, stage: finding.stage, code: reply?.code, enhanced: reply?.enhanced,
      reply: reply?.line ?? "", detail: finding.detail ?? (reply == nil ? transfer.errorText : ""),
      isConfiguration: finding.isConfiguration, server: server, curlCode: transfer.curlCode,
      newConnection: transfer.connects > 0)
  }
}

extension DeliveryResult {
  /// The meaning of a visit without a mail: `accepted` at stage `noop`, or the fault that a mail would have met.
  package init(probe transfer: Transfer, server: String) {
    guard transfer.curlCode == CurlCode.ok, transfer.abort == nil else {
      self.init(transfer, server: server)
      return
    }
    let reply = transfer.last?.reply
    self.init(
      verdict: .accepted, stage: .noop, code: reply?.code, enhanced: reply?.enhanced, reply: reply?.line ?? "",
      server: server, newConnection: transfer.connects > 0)
  }
}

/// A verdict on its way to a result.
private struct Finding {
  var verdict: DeliveryVerdict
  var stage: DeliveryStage
  /// The server's last reply decided, and is quoted.
  var speaks = true
  var isConfiguration = false
  var detail: String?

  static func of(_ transfer: Transfer) -> Finding {
    if transfer.curlCode == CurlCode.ok {
      // Success without a body cannot be; if it is, nobody knows what it means.
      return transfer.uploaded > 0
        ? Finding(verdict: .accepted, stage: .dot)
        : Finding(verdict: .unknown, stage: .dot, detail: "success is reported, and the message was not sent")
    }
    return transfer.uploaded > 0 ? afterFirstByte(transfer) : beforeFirstByte(transfer)
  }

  // MARK: The body was on its way

  private static func afterFirstByte(_ transfer: Transfer) -> Finding {
    let code = transfer.responseCode
    switch transfer.curlCode {
    case CurlCode.weirdServerReply where (200..<300).contains(code):
      // RFC 5321 section 4.2.1: 2yz is success, though libcurl knows only 250.
      return Finding(verdict: .accepted, stage: .dot)
    case CurlCode.weirdServerReply where code == 421:
      return Finding(verdict: .relayRefused, stage: .dot)
    case CurlCode.weirdServerReply where (400..<500).contains(code):
      return Finding(verdict: .deferred, stage: .dot)
    case CurlCode.weirdServerReply where (500..<600).contains(code):
      return Finding(verdict: .contentRefused, stage: .dot)
    case CurlCode.abortedByCallback where transfer.uploaded < transfer.size,
      CurlCode.readError where transfer.uploaded < transfer.size:
      // A transfer that we end closes without the dot. With all bytes out the dot may have gone too: doubt, below.
      return Finding(verdict: .deferred, stage: .body, speaks: false)
    default:
      let all = transfer.uploaded >= transfer.size
      let speaks = all && transfer.last?.command == .dot && transfer.last?.reply != nil
      return Finding(
        verdict: .unknown, stage: all ? .dot : .body, speaks: speaks,
        detail: "the message was on its way and no final answer came: \(transfer.errorText)")
    }
  }

  // MARK: Certainly not sent

  private static func beforeFirstByte(_ transfer: Transfer) -> Finding {
    if let abort = transfer.abort { return ended(by: abort, transfer) }
    let stage = stage(of: transfer)
    if CurlCode.settings.contains(transfer.curlCode) {
      return Finding(verdict: .relayRefused, stage: .settings, speaks: false, isConfiguration: true)
    }
    if CurlCode.encryption.contains(transfer.curlCode) {
      let speaks = transfer.last?.command == .starttls && (transfer.last?.reply?.code ?? 0) >= 400
      return Finding(
        verdict: .relayRefused, stage: .tls, speaks: speaks, isConfiguration: true, detail: tlsFault(transfer.errorText)
      )
    }
    if transfer.curlCode == CurlCode.weirdServerReply, transfer.last?.command == .starttls {
      return Finding(
        verdict: .relayRefused, stage: .tls, speaks: false, isConfiguration: true,
        detail: "the server said something between its answer to STARTTLS and the encryption: broken, or an attack")
    }
    if transfer.curlCode == CurlCode.loginDenied {
      // 454 is a login server that is down for now, 535 a wrong password (RFC 4954 section 6); libcurl has one code.
      let code = transfer.last?.command == .auth ? transfer.last?.reply?.code : nil
      let isTemporary = code.map { (400..<500).contains($0) } ?? false
      return Finding(
        verdict: .relayRefused, stage: .auth, speaks: code != nil, isConfiguration: !isTemporary,
        detail: code == nil ? "the server offers no way to log in that fits: \(transfer.errorText)" : nil)
    }
    let refusals = [CurlCode.weirdServerReply, CurlCode.remoteAccessDenied, CurlCode.sendError]
    guard refusals.contains(transfer.curlCode), let reply = transfer.last?.reply else {
      // Lost, silent, or garbled, before anything of the message went out.
      return Finding(verdict: .relayRefused, stage: stage, speaks: false)
    }
    return refusal(reply, at: stage)
  }

  /// OpenSSL's words for the commonest mistake help nobody.
  private static func tlsFault(_ words: String) -> String {
    guard words.contains("wrong version number") else { return words }
    return "the server does not speak TLS on this port; is it one for STARTTLS (security = \"starttls\", mostly 587)? "
      + words
  }

  private static func ended(by abort: Transfer.Abort, _ transfer: Transfer) -> Finding {
    switch abort {
    case .unauthenticated:
      Finding(
        verdict: .relayRefused, stage: .auth, speaks: (transfer.last?.reply?.code ?? 0) >= 400, isConfiguration: true,
        detail: "a user name is set, but the server let us go on without logging in; nothing was sent")
    case .late:
      Finding(
        verdict: .relayRefused, stage: .data, speaks: false,
        detail: "the server was so slow that too little time was left to wait for its last answer; nothing was sent")
    case .closing:
      Finding(verdict: .deferred, stage: stage(of: transfer), speaks: false, detail: "ended before the message began")
    }
  }

  private static func stage(of transfer: Transfer) -> DeliveryStage {
    switch transfer.last?.command {
    case nil, .greeting, .quit, .other: .connect
    case .hello: .hello
    case .starttls: .tls
    case .auth: .auth
    case .mail: .mail
    case .rcpt: .rcpt
    case .data, .dot: .data
    case .noop: .noop
    }
  }

  /// The server said no before the message began.
  private static func refusal(_ reply: ServerReply, at stage: DeliveryStage) -> Finding {
    // 530 and its kin: it wants a login or encryption that we did not bring (RFC 4954 section 6, RFC 3207 section 4).
    let wantsMore = [530, 534, 535, 538].contains(reply.code)
    let relay = Finding(verdict: .relayRefused, stage: stage, isConfiguration: wantsMore)
    if reply.code == 421 || wantsMore { return relay }
    switch stage {
    case .mail:
      // The size is declared with MAIL FROM (RFC 1870): too large is said of this message alone.
      let isSize = reply.enhanced == nil ? reply.code == 552 : reply.enhanced == "5.3.4" || reply.enhanced == "5.2.3"
      return isSize && reply.code >= 500 ? Finding(verdict: .contentRefused, stage: stage) : relay
    case .rcpt: return recipientRefusal(reply)
    case .data:
      switch reply.code {
      case 400..<500: return Finding(verdict: .deferred, stage: stage)
      case 500..<600: return Finding(verdict: .contentRefused, stage: stage)
      default: return relay
      }
    default: return relay
    }
  }

  /// A reply to RCPT. Only what surely speaks of the mailbox marks it as bad; what cannot be told is only put off.
  private static func recipientRefusal(_ reply: ServerReply) -> Finding {
    let mailbox = Finding(verdict: .recipientRefused, stage: .rcpt)
    let relay = Finding(verdict: .relayRefused, stage: .rcpt)
    let later = Finding(verdict: .deferred, stage: .rcpt)
    if (400..<500).contains(reply.code) { return later }
    guard (500..<600).contains(reply.code) else { return relay }
    guard let enhanced = reply.enhanced else {
      switch reply.code {
      // 550 no mailbox, 551 not local, 553 name not allowed (RFC 5321), by servers that do not say by their words that they
      // refuse us; 556 the domain takes no mail (RFC 7504).
      case 550, 551, 553: return RefusalWords(reply).refuseUs ? relay : mailbox
      case 556: return mailbox
      case 552: return later
      default: return relay
      }
    }
    let digits = enhanced.split(separator: ".").map(String.init)
    guard digits.count == 3, digits[0] == "5" else { return later }
    switch (digits[1], digits[2]) {
    case ("1", "7"), ("1", "8"): return relay
    case ("1", _): return mailbox
    // Of a mailbox to which too much comes, too.
    case ("2", "1"): return RefusalWords(reply).speakOfRate ? later : mailbox
    case ("3", "4"), ("2", "3"), ("6", _): return Finding(verdict: .contentRefused, stage: .rcpt)
    case ("3", _), ("5", _), ("7", _): return relay
    default: return later
    }
  }
}
