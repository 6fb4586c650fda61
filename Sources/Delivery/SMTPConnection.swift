import CCurl

/// One connection to the relay with the libcurl handle that owns it. The only user of libcurl.
///
/// Belongs to one thread: libcurl blocks in it for as long as the server thinks. The connection is kept from mail to
/// mail; libcurl closes it after a refusal at MAIL, RCPT or DATA and opens the next by itself. What can go wrong, and
/// what is done about it, stands in docs/decisions/0002-libcurl-by-threads.md.
final class SMTPConnection {
  private let settings: RelaySettings
  /// Why these settings cannot work; nil when they can.
  private let settingsFault: String?
  /// As results name it.
  private let server: String
  private let isStopping: @Sendable () -> Bool
  private let errorText: UnsafeMutablePointer<CChar>
  private var handle: UnsafeMutableRawPointer?
  private var conversation: Conversation
  /// Mostly that of the next message, too.
  private var lastSender: (given: String, address: EnvelopeAddress)?
  /// Whom the handle is set to upload messages of; nil for nobody yet. Setting an option anew takes its time.
  private var handleSender: EnvelopeAddress?

  /// libcurl's process-wide part; thread-safe and once.
  private static let hasStarted: Bool = ccurl_start() == CURLE_OK

  /// `isStopping` is asked from time to time: true ends what has not handed over a byte of its message.
  init(_ settings: RelaySettings, isStopping: @escaping @Sendable () -> Bool = { false }) {
    self.settings = settings
    settingsFault = settings.fault
    server = settings.server
    self.isStopping = isStopping
    conversation = Conversation(needsLogin: settings.username != nil, isStopping: isStopping)
    errorText = .allocate(capacity: Int(ccurl_error_size))
    errorText.initialize(repeating: 0, count: Int(ccurl_error_size))
  }

  deinit {
    close()
    errorText.deallocate()
  }

  /// A connection may be open.
  var isOpen: Bool { handle != nil }

  /// Says QUIT, waits for its answer for two seconds at most, and closes.
  ///
  /// curl_easy_cleanup says QUIT on a handle of its own, deaf to our limits, and waits two minutes for a server that
  /// does not answer. So the goodbye is the end of a last transfer, NOOP, that is told not to keep the connection.
  func close() {
    guard let handle else { return }
    if ccurl_has_connection(handle) == 1 {
      conversation.isLeaving = true
      let codes: [CURLcode] = [
        ccurl_set_long(handle, CURLOPT_UPLOAD, 0), ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, 2000),
        visit(handle),
      ]
      if codes.allSatisfy({ $0 == CURLE_OK }) { _ = run(handle, CURLE_OK, message: []) }
    }
    curl_easy_cleanup(handle)
    self.handle = nil
  }

  /// Makes the next transfer a NOOP and the last one of its connection.
  private func visit(_ handle: UnsafeMutableRawPointer) -> CURLcode {
    let codes: [CURLcode] = [
      ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, "NOOP"), ccurl_set_long(handle, CURLOPT_NOBODY, 1),
      ccurl_set_long(handle, CURLOPT_FORBID_REUSE, 1),
    ]
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  /// Hands one message to the relay and waits for what becomes of it.
  func deliver(_ envelope: Envelope) -> DeliveryResult {
    let addresses: (sender: EnvelopeAddress, recipient: EnvelopeAddress)
    switch checked(envelope) {
    case .failure(let refusal): return refusal.result
    case .success(let both): addresses = both
    }
    var transfer = perform(envelope.message, from: addresses.sender, to: addresses.recipient, freshly: false)
    if transfer.isStaleConnection {
      transfer = perform(envelope.message, from: addresses.sender, to: addresses.recipient, freshly: true)
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
    guard let handle = opened() else { return ProbeReport(result: SMTPConnection.noHandle, exchanges: []) }
    defer { close() }
    let transfer = run(handle, visit(handle), message: [])
    return ProbeReport(result: DeliveryResult(probe: transfer, server: settings.server), exchanges: transfer.exchanges)
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

  private static let noHandle = DeliveryResult(
    verdict: .relayRefused, stage: .settings, detail: "libcurl could not be started: out of memory?")

  // MARK: libcurl

  private func perform(_ message: [UInt8], from: EnvelopeAddress, to: EnvelopeAddress, freshly: Bool) -> Transfer {
    guard let handle = opened() else {
      return Transfer(curlCode: 2, size: message.count, connects: 0, errorText: "libcurl could not be started")
    }
    let recipients = curl_slist_append(nil, "<\(to.text)>")
    defer {
      _ = ccurl_set_list(handle, CURLOPT_MAIL_RCPT, nil)
      curl_slist_free_all(recipients)
    }
    var settings: [CURLcode] = [
      ccurl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
      ccurl_set_size(handle, CURLOPT_INFILESIZE_LARGE, Int64(message.count)),
    ]
    if handleSender != from {
      settings += [
        ccurl_set_long(handle, CURLOPT_UPLOAD, 1), ccurl_set_text(handle, CURLOPT_MAIL_FROM, "<\(from.text)>"),
      ]
    }
    if freshly { settings.append(ccurl_set_long(handle, CURLOPT_FRESH_CONNECT, 1)) }
    defer { if freshly { _ = ccurl_set_long(handle, CURLOPT_FRESH_CONNECT, 0) } }
    let failure = recipients == nil ? CURLE_OUT_OF_MEMORY : settings.first { $0 != CURLE_OK } ?? CURLE_OK
    handleSender = failure == CURLE_OK ? from : nil
    return run(handle, failure, message: message)
  }

  /// Runs what is set on the handle, unless setting it failed.
  private func run(_ handle: UnsafeMutableRawPointer, _ failure: CURLcode, message: [UInt8]) -> Transfer {
    errorText[0] = 0
    conversation.begin(message, latestStart: Monotonic.now + total - settings.replyTimeout)
    let code = failure == CURLE_OK ? curl_easy_perform(handle) : failure
    let text = errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    return Transfer(
      curlCode: Int(code.rawValue), responseCode: ccurl_get_long(handle, CURLINFO_RESPONSE_CODE),
      uploaded: Int(ccurl_get_size(handle, CURLINFO_SIZE_UPLOAD_T)), size: message.count,
      exchanges: conversation.exchanges, connects: ccurl_get_long(handle, CURLINFO_NUM_CONNECTS),
      systemError: ccurl_get_long(handle, CURLINFO_OS_ERRNO), errorText: code == CURLE_OK ? "" : redacted(text),
      abort: conversation.abort)
  }

  /// The whole transaction: never so short that the wait for the dot's answer would be cut.
  private var total: Duration {
    max(settings.totalTimeout, settings.connectTimeout + settings.replyTimeout)
  }

  private func redacted(_ text: String) -> String {
    guard let password = settings.password?.revealed, text.contains(password) else { return text }
    return "libcurl's words are left out: they name the password"
  }

  /// The handle, made and set up at its first use; nil when there is no memory for it or an option is refused.
  private func opened() -> UnsafeMutableRawPointer? {
    if let handle { return handle }
    guard SMTPConnection.hasStarted, let fresh = curl_easy_init() else { return nil }
    conversation = Conversation(needsLogin: settings.username != nil, isStopping: isStopping)
    guard configure(fresh) == CURLE_OK else {
      curl_easy_cleanup(fresh)
      return nil
    }
    handle = fresh
    handleSender = nil
    return fresh
  }

  /// Everything that is the same for all mails of a connection. The first failure, or OK.
  private func configure(_ handle: UnsafeMutableRawPointer) -> CURLcode {
    let context = Unmanaged.passUnretained(conversation).toOpaque()
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
      ccurl_set_read(handle, Conversation.read, context),
      ccurl_set_header(handle, Conversation.header, context),
      ccurl_set_write(handle, Conversation.discard, nil),
      ccurl_set_debug(handle, Conversation.debug, context),
      ccurl_set_progress(handle, Conversation.progress, context),
      ccurl_set_socket(handle, Conversation.socket, context),
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

extension Duration {
  /// Whole milliseconds, rounded down; at least 1, since 0 means "for ever" to libcurl.
  fileprivate var milliseconds: Int {
    max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
  }
}
