/// The service that takes messages by HTTP, and how patient to be with it.
package struct WebhookEndpoint: Sendable {
  /// `https://…`, or `http://…`; may hold a token, so it is never shown.
  package var url: String
  /// `host:port`, as it stands in results and records.
  package var server: String
  /// A PEM file of the authorities to trust instead of the system's.
  package var caFile: String?
  /// For the whole request.
  package var timeout: Duration
  /// What is sent as who we are.
  package var agent: String
  /// The signature of a body, in hexadecimal.
  package var signature: @Sendable (_ body: [UInt8]) -> String

  package init(
    url: String, server: String, caFile: String? = nil, timeout: Duration = .seconds(30), agent: String = "dunningd",
    signature: @escaping @Sendable (_ body: [UInt8]) -> String
  ) {
    self.url = url
    self.server = server
    self.caFile = caFile
    self.timeout = timeout
    self.agent = agent
    self.signature = signature
  }

  var isSecure: Bool { url.hasPrefix("https://") }
}

/// What was seen of one request: the only input to its classification.
package struct WebhookTransfer: Sendable, Equatable {
  /// CURLcode.
  package var curlCode: Int
  /// The final status of the answer, 0 for none.
  package var status: Int
  /// Bytes of the request that were written, head and body.
  package var sent: Int
  /// Seconds that the answer asks to wait before the next attempt, 0 for none (RFC 9110, Retry-After).
  package var retryAfter: Int
  /// `500 Internal Server Error`, then the beginning of the answer's body.
  package var words: String
  /// CURLOPT_ERRORBUFFER, or libcurl's word for the code.
  package var errorText: String
  /// The room was closed before a byte was written.
  package var isAborted: Bool

  package init(
    curlCode: Int, status: Int = 0, sent: Int = 0, retryAfter: Int = 0, words: String = "", errorText: String = "",
    isAborted: Bool = false
  ) {
    self.curlCode = curlCode
    self.status = status
    self.sent = sent
    self.retryAfter = retryAfter
    self.words = words
    self.errorText = errorText
    self.isAborted = isAborted
  }
}

extension DeliveryResult {
  /// What a request means: a pure function, and the table of docs/conversation.md.
  ///
  /// The service has it for certain only when it says so, and has it not for certain only when it says that, or when no
  /// byte of the request was written.
  package init(_ transfer: WebhookTransfer, server: String) {
    func result(
      _ verdict: DeliveryVerdict, _ stage: DeliveryStage, detail: String? = nil, isConfiguration: Bool = false
    ) -> DeliveryResult {
      DeliveryResult(
        verdict: verdict, stage: stage, code: transfer.status == 0 ? nil : transfer.status, reply: transfer.words,
        detail: detail ?? transfer.errorText, isConfiguration: isConfiguration, server: server,
        curlCode: transfer.curlCode, newConnection: true, retryAfter: transfer.retryAfter)
    }
    switch transfer.status {
    case 200..<300: self = result(.accepted, .http, detail: "")
    // For now, and because of this message: it was too early, or took too long to come.
    case 408, 425: self = result(.deferred, .http, detail: "")
    // For now, and because of the service: several in a row, and it is left alone until the next cycle.
    case 429, 500..<600: self = result(.relayRefused, .http, detail: "")
    // Whoever the message is for: the address of the service or our right to call it is wrong. A message goes where the
    // configuration says, and nowhere else, so redirects are of these.
    case 300..<400, 401, 405, 407: self = result(.relayRefused, .http, detail: "", isConfiguration: true)
    case 400..<500: self = result(.contentRefused, .http, detail: "")
    default:
      if transfer.isAborted {
        self = result(.deferred, .queue, detail: "not begun: the sending was stopped")
      } else if transfer.sent > 0 || transfer.curlCode == CurlCode.ok {
        // Also where the answer was none of HTTP, for which libcurl has the code of a setting.
        self = result(
          .unknown, .http, detail: "the request was on its way and no final answer came: \(transfer.errorText)")
      } else if CurlCode.settings.contains(transfer.curlCode) {
        self = result(.relayRefused, .settings, isConfiguration: true)
      } else if CurlCode.encryption.contains(transfer.curlCode) {
        self = result(.relayRefused, .tls, isConfiguration: true)
      } else {
        self = result(.relayRefused, .connect)
      }
    }
  }
}
