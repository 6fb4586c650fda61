import CCurl

/// One connection to the relay with the libcurl handle that owns it.
///
/// libcurl opens it: names, sockets, encryption and login are its own. What is said from MAIL to the dot is ours
/// (`Dialogue`), over the line that libcurl opened. Belongs to one thread, which blocks for as long as the server thinks.
/// What can go wrong, and what is done about it, stands in docs/decisions/0002-libcurl-by-threads.md.
final class SMTPConnection {
  private let settings: RelaySettings
  /// Why these settings cannot work; nil when they can.
  private let settingsFault: String?
  /// As results name it.
  private let server: String
  private let isStopping: @Sendable () -> Bool
  private let errorText: UnsafeMutablePointer<CChar>
  private var handle: UnsafeMutableRawPointer?
  /// libcurl's callbacks find it, so it lives as long as the handle.
  private var handshake: Handshake?
  /// Over the handle's connection; nil without one.
  private var dialogue: Dialogue?
  /// Mostly that of the next message, too.
  private var lastSender: (given: String, address: EnvelopeAddress)?

  /// libcurl's process-wide part; thread-safe and once.
  private static let hasStarted: Bool = ccurl_start() == CURLE_OK

  /// `isStopping` is asked from time to time: true ends what has not handed over a byte of its message.
  init(_ settings: RelaySettings, isStopping: @escaping @Sendable () -> Bool = { false }) {
    self.settings = settings
    settingsFault = settings.fault
    server = settings.server
    self.isStopping = isStopping
    errorText = .allocate(capacity: Int(ccurl_error_size))
    errorText.initialize(repeating: 0, count: Int(ccurl_error_size))
  }

  deinit {
    close()
    errorText.deallocate()
  }

  var isOpen: Bool { dialogue != nil }

  /// Says QUIT, waits for its answer for two seconds at most, and closes.
  func close() {
    dialogue?.leave()
    dialogue = nil
    // Of a connection that was only opened libcurl says no QUIT of its own.
    if let handle { curl_easy_cleanup(handle) }
    handle = nil
    handshake = nil
  }

  /// Hands one message to the relay and waits for what becomes of it.
  func deliver(_ envelope: Envelope) -> DeliveryResult {
    let addresses: (sender: EnvelopeAddress, recipient: EnvelopeAddress)
    switch checked(envelope) {
    case .failure(let refusal): return refusal.result
    case .success(let both): addresses = both
    }
    var transfer = send(envelope.message, from: addresses.sender, to: addresses.recipient)
    // `send` has closed it, so this is on a fresh one.
    if transfer.isStaleConnection {
      transfer = send(envelope.message, from: addresses.sender, to: addresses.recipient)
    }
    return DeliveryResult(transfer, server: server)
  }

  /// Connects, encrypts and logs in as for a mail, says NOOP and QUIT.
  func probe() -> ProbeReport {
    if let fault = settingsFault {
      return ProbeReport(
        result: DeliveryResult(verdict: .relayRefused, stage: .settings, detail: fault, isConfiguration: true),
        exchanges: [])
    }
    close()
    defer { close() }
    let arrival = open()
    guard let dialogue else {
      return ProbeReport(result: DeliveryResult(probe: arrival, server: server), exchanges: arrival.exchanges)
    }
    var transfer = dialogue.visit()
    transfer.connects = arrival.connects
    return ProbeReport(
      result: DeliveryResult(probe: transfer, server: server), exchanges: arrival.exchanges + transfer.exchanges)
  }

  // MARK: Before any contact

  private struct Refusal: Error {
    let result: DeliveryResult
  }

  private func checked(
    _ envelope: Envelope
  ) -> Result<(sender: EnvelopeAddress, recipient: EnvelopeAddress), Refusal> {
    func refused(_ verdict: DeliveryVerdict, _ stage: DeliveryStage, _ detail: String) -> Refusal {
      Refusal(
        result: DeliveryResult(
          verdict: verdict, stage: stage, detail: detail, isConfiguration: verdict == .relayRefused,
          server: settings.server))
    }
    if let fault = settingsFault { return .failure(refused(.relayRefused, .settings, fault)) }
    if let fault = MessageBytes.fault(in: envelope.message) {
      return .failure(refused(.contentRefused, .message, fault))
    }
    let sender: EnvelopeAddress
    if let lastSender, lastSender.given == envelope.sender {
      sender = lastSender.address
    } else {
      do throws(EnvelopeAddress.Fault) {
        sender = try EnvelopeAddress(envelope.sender)
      } catch {
        return .failure(refused(.relayRefused, .settings, "the sender's address cannot be used: \(error.reason)"))
      }
      lastSender = (envelope.sender, sender)
    }
    do throws(EnvelopeAddress.Fault) {
      return .success((sender, try EnvelopeAddress(envelope.recipient)))
    } catch {
      return .failure(refused(.recipientRefused, .address, "the address cannot be used: \(error.reason)"))
    }
  }

  // MARK: On the line

  /// Sends over the open connection, or opens one. Nothing stays open that is not fit for the next message.
  private func send(_ message: [UInt8], from: EnvelopeAddress, to: EnvelopeAddress) -> Transfer {
    var connects = 0
    if dialogue == nil {
      let arrival = open()
      guard dialogue != nil else { return arrival }
      connects = arrival.connects
    }
    guard let dialogue else { return Transfer(curlCode: CurlCode.failedInit, connects: 0) }
    var transfer = dialogue.send(message, from: from, to: to)
    transfer.connects = connects
    if !dialogue.isAtEase { close() }
    return transfer
  }

  // MARK: libcurl

  /// Opens the line: afterwards there is a dialogue, or the transfer says why not.
  private func open() -> Transfer {
    guard SMTPConnection.hasStarted, let handle = curl_easy_init() else {
      return Transfer(
        curlCode: CurlCode.failedInit, connects: 0, errorText: "libcurl could not be started: out of memory?")
    }
    self.handle = handle
    let handshake = Handshake(isStopping: isStopping)
    self.handshake = handshake
    errorText[0] = 0
    let failure = configure(handle, handshake)
    let code = failure == CURLE_OK ? curl_easy_perform(handle) : failure
    let words = errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    var arrival = Transfer(
      curlCode: Int(code.rawValue), responseCode: ccurl_get_long(handle, CURLINFO_RESPONSE_CODE),
      exchanges: handshake.exchanges, connects: 1, systemError: ccurl_get_long(handle, CURLINFO_OS_ERRNO),
      errorText: code == CURLE_OK ? "" : redacted(words), abort: handshake.abort)
    let socket = ccurl_socket(handle)
    if code == CURLE_OK, socket >= 0 {
      // libcurl goes on without a login where none is offered.
      if settings.username == nil || handshake.isLoggedIn {
        dialogue = Dialogue(
          CurlLine(handle, socket: socket, errorText: errorText), offers: handshake.offers,
          patience: Dialogue.Patience(reply: settings.replyTimeout, total: total), isStopping: isStopping)
        return arrival
      }
      arrival.curlCode = CurlCode.abortedByCallback
      arrival.abort = .unauthenticated
    }
    close()
    return arrival
  }

  /// The whole transaction: never so short that the wait for the dot's answer would be cut.
  private var total: Duration {
    max(settings.totalTimeout, settings.connectTimeout + settings.replyTimeout)
  }

  private func redacted(_ text: String) -> String {
    guard let password = settings.password?.revealed, text.contains(password) else { return text }
    return "libcurl's words are left out: they name the password"
  }

  /// The first failure, or OK.
  private func configure(_ handle: UnsafeMutableRawPointer, _ handshake: Handshake) -> CURLcode {
    let context = Unmanaged.passUnretained(handshake).toOpaque()
    let scheme = settings.security == .tls ? "smtps" : "smtp"
    let encryption = settings.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
    var codes: [CURLcode] = [
      ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText),
      // Threads: no SIGALRM for time-outs of name look-ups.
      ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, scheme),
      // The path is the EHLO name. Environment variables and files of the user have no say.
      ccurl_set_text(handle, CURLOPT_URL, "\(scheme)://\(settings.server)/\(settings.helloName)"),
      ccurl_set_text(handle, CURLOPT_PROXY, ""),
      ccurl_set_text(handle, CURLOPT_NOPROXY, "*"),
      ccurl_set_long(handle, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)),
      ccurl_set_long(handle, CURLOPT_USE_SSL, Int(encryption.rawValue)),
      ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1),
      ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2),
      ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds),
      ccurl_set_long(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (settings.replyTimeout.milliseconds + 999) / 1000),
      ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, total.milliseconds),
      ccurl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1),
      ccurl_set_header(handle, Handshake.header, context),
      ccurl_set_debug(handle, Handshake.debug, context),
      ccurl_set_progress(handle, Handshake.progress, context),
      ccurl_set_socket(handle, Handshake.socket, context),
      // Greeting, encryption and login, and no further.
      ccurl_set_long(handle, CURLOPT_CONNECT_ONLY, 1),
    ]
    if let caFile = settings.caFile {
      codes.append(ccurl_set_text(handle, CURLOPT_CAINFO, caFile))
      // Instead of the system's, not besides them.
      codes.append(ccurl_set_text(handle, CURLOPT_CAPATH, nil))
    }
    if let username = settings.username, let password = settings.password {
      codes.append(ccurl_set_text(handle, CURLOPT_USERNAME, username))
      codes.append(ccurl_set_text(handle, CURLOPT_PASSWORD, password.revealed))
    }
    if let options = settings.loginOptions {
      codes.append(ccurl_set_text(handle, CURLOPT_LOGIN_OPTIONS, options))
    }
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }
}
