import CCurl

/// One connection to the relay with the libcurl handle that owns it.
///
/// libcurl opens it: names, sockets, encryption and login are its own. What is said from MAIL to the dot is ours
/// (`Dialogue`), over the line that libcurl opened. Belongs to one thread at a time. What can go wrong, and
/// what is done about it, stands in docs/decisions/0002-libcurl.md.
final class SMTPConnection {
  private let settings: RelaySettings
  private let isStopping: @Sendable () -> Bool
  private let errorText: UnsafeMutablePointer<CChar>
  private var handle: UnsafeMutableRawPointer?
  /// libcurl's callbacks find it, so it lives as long as the handle.
  private var handshake: Handshake?
  /// Over the handle's connection; nil without one.
  private(set) var line: OpenLine?

  /// libcurl's process-wide part; thread-safe and once.
  private static let hasStarted: Bool = ccurl_start() == CURLE_OK

  /// - Parameters:
  ///   - settings: without `fault`.
  ///   - isStopping: asked from time to time while it opens: true ends that.
  init(_ settings: RelaySettings, isStopping: @escaping @Sendable () -> Bool = { false }) {
    self.settings = settings
    self.isStopping = isStopping
    errorText = .allocate(capacity: Int(ccurl_error_size))
    errorText.initialize(repeating: 0, count: Int(ccurl_error_size))
  }

  deinit {
    close()
    errorText.deallocate()
  }

  /// Closes it without a word: libcurl says no QUIT on a connection that was only opened.
  func close() {
    line = nil
    if let handle { curl_easy_cleanup(handle) }
    handle = nil
    handshake = nil
  }

  /// Connects, encrypts and logs in as for a mail, says NOOP and QUIT. Waits for all of it.
  func probe() -> ProbeReport {
    defer { close() }
    let arrival = open()
    guard let line else {
      return ProbeReport(result: DeliveryResult(probe: arrival, server: settings.server), exchanges: arrival.exchanges)
    }
    var transfer = line.visit(at: Monotonic.now) ?? line.finish()
    transfer.connects = arrival.connects
    if line.leave(at: Monotonic.now) == nil { _ = line.finish() }
    return ProbeReport(
      result: DeliveryResult(probe: transfer, server: settings.server),
      exchanges: arrival.exchanges + transfer.exchanges)
  }

  /// Opens the line, waiting for all that takes: afterwards there is a line, or the transfer says why not.
  func open() -> Transfer {
    close()
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
      exchanges: handshake.exchanges, connects: 1, errorText: code == CURLE_OK ? "" : redacted(words),
      abort: handshake.abort)
    let socket = ccurl_socket(handle)
    if code == CURLE_OK, socket >= 0 {
      // libcurl goes on without a login where none is offered.
      if settings.username == nil || handshake.isLoggedIn {
        line = OpenLine(
          CurlLine(handle, socket: socket, isEncrypted: settings.security != .none, errorText: errorText),
          offers: handshake.offers,
          patience: Dialogue.Patience(reply: settings.replyTimeout, total: total))
        return arrival
      }
      arrival.curlCode = CurlCode.abortedByCallback
      arrival.abort = .unauthenticated
    } else if code == CURLE_OK {
      arrival.curlCode = CurlCode.failedInit
      arrival.errorText = "libcurl connected, and has no connection"
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
      ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, settings.connectTimeout.milliseconds)),
      ccurl_set_long(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (settings.replyTimeout.milliseconds + 999) / 1000),
      ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, total.milliseconds)),
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
