import CCurl

/// Posts messages to a webhook, each on a connection of its own.
///
/// Belongs to one thread, with a libcurl handle of its own. No connection is used again: libcurl would post a second time by
/// itself where one turned out to be gone. For the same reason it speaks HTTP/1.1, and follows no redirect.
final class WebhookConnection {
  private let endpoint: WebhookEndpoint
  private let isStopping: @Sendable () -> Bool
  private let errorText: UnsafeMutablePointer<CChar>
  private let answer = WebhookAnswer()

  private static let hasStarted: Bool = ccurl_start() == CURLE_OK

  init(_ endpoint: WebhookEndpoint, isStopping: @escaping @Sendable () -> Bool = { false }) {
    self.endpoint = endpoint
    self.isStopping = isStopping
    errorText = .allocate(capacity: Int(ccurl_error_size))
    errorText.initialize(repeating: 0, count: Int(ccurl_error_size))
  }

  deinit { errorText.deallocate() }

  /// Posts one message and waits for what becomes of it.
  func deliver(_ envelope: Envelope) -> DeliveryResult {
    if isStopping() {
      return DeliveryResult(
        WebhookTransfer(curlCode: CurlCode.abortedByCallback, isAborted: true), server: endpoint.server)
    }
    return DeliveryResult(transfer(envelope), server: endpoint.server)
  }

  /// Connects and encrypts as for a message, and posts nothing.
  func probe() -> DeliveryResult {
    let transfer = perform { handle in [ccurl_set_long(handle, CURLOPT_CONNECT_ONLY, 1)] }
    guard transfer.curlCode == CurlCode.ok else { return DeliveryResult(transfer, server: endpoint.server) }
    return DeliveryResult(verdict: .accepted, stage: .connect, server: endpoint.server, newConnection: true)
  }

  private func transfer(_ envelope: Envelope) -> WebhookTransfer {
    let key = envelope.webhookKey ?? ""
    // It stands in a head, and is nobody's text; this is the last one to look.
    guard !key.isEmpty, key.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D })
    else { return WebhookTransfer(curlCode: 43, errorText: "the contact's id cannot stand in a head") }
    var heads: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(heads) }
    for head in [
      "Content-Type: application/json; charset=utf-8", "Accept: application/json", "Idempotency-Key: \(key)",
      "Dunningd-Signature: sha256=\(endpoint.signature(envelope.message))",
      // Without the wait for a word of leave that many services never give.
      "Expect:",
    ] {
      guard let longer = curl_slist_append(heads, head) else {
        return WebhookTransfer(curlCode: 2, errorText: "libcurl could not be started")
      }
      heads = longer
    }
    return envelope.message.withUnsafeBytes { body in
      perform { handle in
        [
          ccurl_set_long(handle, CURLOPT_POST, 1),
          ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)),
          ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress)),
          ccurl_set_list(handle, CURLOPT_HTTPHEADER, heads),
        ]
      }
    }
  }

  /// One transfer on a handle of its own, with what is set beyond the usual.
  private func perform(_ set: (UnsafeMutableRawPointer) -> [CURLcode]) -> WebhookTransfer {
    guard WebhookConnection.hasStarted, let handle = curl_easy_init() else {
      return WebhookTransfer(curlCode: 2, errorText: "libcurl could not be started: out of memory?")
    }
    defer { curl_easy_cleanup(handle) }
    errorText[0] = 0
    answer.clear()
    let failure = (usual(handle) + set(handle)).first { $0 != CURLE_OK }
    let code = failure ?? curl_easy_perform(handle)
    let text = errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
    let status = Int(ccurl_get_long(handle, CURLINFO_RESPONSE_CODE))
    return WebhookTransfer(
      // What is no final answer is none: 100 and its kin.
      curlCode: Int(code.rawValue), status: status >= 200 ? status : 0,
      sent: Int(ccurl_get_long(handle, CURLINFO_REQUEST_SIZE)) + Int(ccurl_get_size(handle, CURLINFO_SIZE_UPLOAD_T)),
      retryAfter: Int(ccurl_get_size(handle, CURLINFO_RETRY_AFTER)),
      words: status >= 200 ? answer.words(status: status) : "", errorText: code == CURLE_OK ? "" : text)
  }

  private func usual(_ handle: UnsafeMutableRawPointer) -> [CURLcode] {
    let scheme = endpoint.isSecure ? "https" : "http"
    let context = Unmanaged.passUnretained(answer).toOpaque()
    let milliseconds = max(
      1,
      Int(endpoint.timeout.components.seconds) * 1000
        + Int(endpoint.timeout.components.attoseconds / 1_000_000_000_000_000))
    var codes: [CURLcode] = [
      ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText),
      // Threads: no SIGALRM for time-outs of name look-ups.
      ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, scheme),
      ccurl_set_text(handle, CURLOPT_URL, endpoint.url),
      ccurl_set_text(handle, CURLOPT_USERAGENT, endpoint.agent),
      // Environment variables and files of the user have no say.
      ccurl_set_text(handle, CURLOPT_PROXY, ""),
      ccurl_set_text(handle, CURLOPT_NOPROXY, "*"),
      ccurl_set_long(handle, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)),
      ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0),
      ccurl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
      ccurl_set_long(handle, CURLOPT_FRESH_CONNECT, 1),
      ccurl_set_long(handle, CURLOPT_FORBID_REUSE, 1),
      ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1),
      ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2),
      ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds),
      ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds),
      ccurl_set_header(handle, WebhookAnswer.head, context),
      ccurl_set_write(handle, WebhookAnswer.body, context),
    ]
    if let caFile = endpoint.caFile {
      codes.append(ccurl_set_text(handle, CURLOPT_CAINFO, caFile))
      // Instead of the system's, not besides them.
      codes.append(ccurl_set_text(handle, CURLOPT_CAPATH, nil))
    }
    return codes
  }
}

/// The beginning of what a service answers; the rest is read and forgotten.
private final class WebhookAnswer {
  private var statusLine: [UInt8] = []
  private var start: [UInt8] = []
  private static let most = 300

  func clear() {
    statusLine = []
    start = []
  }

  /// `422 Unprocessable Content: {"error":"no such number"}`
  func words(status: Int) -> String {
    let reason = statusLine.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst(2).first ?? []
    let line = ReplyText.clean("\(status) " + String(decoding: reason, as: UTF8.self))
    return start.isEmpty ? line : line + ": " + String(decoding: start, as: UTF8.self)
  }

  static let head: ccurl_bytes_function = { bytes, size, count, context in
    let total = size * count
    guard let bytes, let context else { return total }
    let answer = Unmanaged<WebhookAnswer>.fromOpaque(context).takeUnretainedValue()
    let line = UnsafeRawBufferPointer(start: bytes, count: total)
    if line.starts(with: "HTTP/".utf8) {
      // Each answer begins anew: 100 and its kin come before the final one.
      answer.statusLine = Array(line.prefix(most).filter { $0 != 0x0D && $0 != 0x0A })
      answer.start = []
    }
    return total
  }

  static let body: ccurl_bytes_function = { bytes, size, count, context in
    let total = size * count
    guard let bytes, let context else { return total }
    let answer = Unmanaged<WebhookAnswer>.fromOpaque(context).takeUnretainedValue()
    answer.start += UnsafeRawBufferPointer(start: bytes, count: total).prefix(max(0, most - answer.start.count))
    return total
  }
}
