import Decisions
import Units

/// The headers From and Reply-To, which most messages share.
struct MailSender: Sendable {
  fileprivate let lines: [UInt8]

  init(from: MailAddress, replyTo: MailAddress) throws(HeaderFault) {
    var header = HeaderBlock()
    try header.mailboxes("From", [from])
    try header.mailboxes("Reply-To", [replyTo])
    lines = header.bytes
  }
}

/// A message before it is bytes. The same value always gives the same bytes: nothing in it is random.
struct MailMessage {
  var sender: MailSender
  var to: [MailAddress]
  var cc: [MailAddress]
  var subject: String
  var date: String
  var messageID: String
  /// Oldest first, with brackets.
  var references: [String]
  /// RFC 3282.
  var language: String
  var listUnsubscribe: [String]
  /// Headers of ours, by name.
  var others: [(name: String, value: String)]
  /// In quoted-printable.
  var text: [UInt8]
  var html: [UInt8]?
  var attachments: [Attachment]
  /// Makes the boundaries; letters and digits.
  var seed: String

  /// The whole message (RFC 5322): seven-bit, every line ending in CRLF and at most 998 characters long.
  func bytes() throws(HeaderFault) -> [UInt8] {
    // The headers of the parts and their boundaries take some hundred.
    var header = HeaderBlock(capacity: 2048 + text.count + (html?.count ?? 0))
    header.body(sender.lines)
    try header.mailboxes("To", to)
    if !cc.isEmpty { try header.mailboxes("Cc", cc) }
    try header.unstructured("Subject", subject)
    try header.tokens("Date", [date])
    try header.tokens("Message-ID", [messageID])
    if let last = references.last {
      try header.tokens("In-Reply-To", [last])
      try header.tokens("References", references)
    }
    // RFC 3834: no auto-responder answers it.
    try header.tokens("Auto-Submitted", ["auto-generated"])
    if !listUnsubscribe.isEmpty {
      let last = listUnsubscribe.count - 1
      try header.tokens(
        "List-Unsubscribe", listUnsubscribe.enumerated().map { "<\($1)>" + ($0 == last ? "" : ",") })
    }
    for other in others { try header.unstructured(other.name, other.value) }
    try header.tokens("Content-Language", [language])
    try header.tokens("MIME-Version", ["1.0"])
    try writeBody(to: &header)
    return header.bytes
  }

  /// From the first Content-Type on.
  private func writeBody(to output: inout HeaderBlock) throws(HeaderFault) {
    guard !attachments.isEmpty else { return try writeContent(to: &output) }
    let boundary = "=_m_\(seed)"
    try output.multipart("mixed", boundary)
    try output.part(boundary) { output throws(HeaderFault) in try writeContent(to: &output) }
    for attachment in attachments {
      try output.part(boundary) { output throws(HeaderFault) in try write(attachment, to: &output) }
    }
    output.endParts(boundary)
  }

  /// The text, and beside it the HTML.
  private func writeContent(to output: inout HeaderBlock) throws(HeaderFault) {
    guard let html else { return try write("plain", text, to: &output) }
    let boundary = "=_a_\(seed)"
    try output.multipart("alternative", boundary)
    try output.part(boundary) { output throws(HeaderFault) in try write("plain", text, to: &output) }
    try output.part(boundary) { output throws(HeaderFault) in try write("html", html, to: &output) }
    output.endParts(boundary)
  }

  private func write(_ subtype: String, _ text: [UInt8], to output: inout HeaderBlock) throws(HeaderFault) {
    try output.tokens("Content-Type", ["text/\(subtype);", "charset=utf-8"])
    try output.tokens("Content-Transfer-Encoding", ["quoted-printable"])
    output.end()
    output.body(text)
  }

  private func write(_ attachment: Attachment, to output: inout HeaderBlock) throws(HeaderFault) {
    func separated(_ first: String, _ rest: [String]) -> [String] {
      let all = [first] + rest
      return all.enumerated().map { $1 + ($0 == all.count - 1 ? "" : ";") }
    }
    try output.tokens("Content-Type", separated(attachment.mediaType, MimeParameter.pieces("name", attachment.name)))
    try output.tokens(
      "Content-Disposition", separated("attachment", MimeParameter.pieces("filename", attachment.name)))
    try output.tokens("Content-Transfer-Encoding", ["base64"])
    output.end()
    output.body(TransferEncoding.base64(attachment.bytes).utf8)
  }
}

/// The boundaries begin with `=_`, which neither quoted-printable nor base64 can contain (RFC 2045 section 6.7).
extension HeaderBlock {
  fileprivate mutating func multipart(_ subtype: String, _ boundary: String) throws(HeaderFault) {
    try tokens("Content-Type", ["multipart/\(subtype);", "boundary=\"\(boundary)\""])
    end()
  }

  fileprivate mutating func part(
    _ boundary: String, _ write: (inout HeaderBlock) throws(HeaderFault) -> Void
  ) throws(HeaderFault) {
    body("--\(boundary)\r\n".utf8)
    try write(&self)
    end()
  }

  fileprivate mutating func endParts(_ boundary: String) { body("--\(boundary)--\r\n".utf8) }
}
