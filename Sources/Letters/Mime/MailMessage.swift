import Decisions
import Units

/// A message before it is bytes. The same value always gives the same bytes: nothing in it is random.
struct MailMessage {
  var from: MailAddress
  var replyTo: MailAddress?
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
  /// Lines end in LF.
  var text: String
  var html: String?
  var attachments: [Attachment]
  /// Makes the boundaries; letters and digits.
  var seed: String

  /// The whole message (RFC 5322): seven-bit, every line ending in CRLF and at most 998 characters long.
  func bytes() throws(HeaderFault) -> [UInt8] {
    var header = HeaderBlock()
    try header.mailboxes("From", [from])
    if let replyTo { try header.mailboxes("Reply-To", [replyTo]) }
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
    return header.bytes + (try body())
  }

  /// From the first Content-Type on.
  private func body() throws(HeaderFault) -> [UInt8] {
    var content = try textPart("plain", text)
    if let html {
      content = try multipart("alternative", boundary: "=_a_\(seed)", [content, try textPart("html", html)])
    }
    if attachments.isEmpty { return content }
    var parts = [content]
    for attachment in attachments { parts.append(try part(attachment)) }
    return try multipart("mixed", boundary: "=_m_\(seed)", parts)
  }

  private func textPart(_ subtype: String, _ text: String) throws(HeaderFault) -> [UInt8] {
    var header = HeaderBlock()
    try header.tokens("Content-Type", ["text/\(subtype);", "charset=utf-8"])
    try header.tokens("Content-Transfer-Encoding", ["quoted-printable"])
    header.end()
    return header.bytes + TransferEncoding.quotedPrintable(text)
  }

  private func part(_ attachment: Attachment) throws(HeaderFault) -> [UInt8] {
    func separated(_ first: String, _ rest: [String]) -> [String] {
      let all = [first] + rest
      return all.enumerated().map { $1 + ($0 == all.count - 1 ? "" : ";") }
    }
    var header = HeaderBlock()
    try header.tokens("Content-Type", separated(attachment.mediaType, MimeParameter.pieces("name", attachment.name)))
    try header.tokens(
      "Content-Disposition", separated("attachment", MimeParameter.pieces("filename", attachment.name)))
    try header.tokens("Content-Transfer-Encoding", ["base64"])
    header.end()
    return header.bytes + TransferEncoding.base64(attachment.bytes).utf8
  }

  /// The boundaries begin with `=_`, which neither quoted-printable nor base64 can contain (RFC 2045 section 6.7).
  private func multipart(
    _ subtype: String, boundary: String, _ parts: [[UInt8]]
  ) throws(HeaderFault) -> [UInt8] {
    var header = HeaderBlock()
    try header.tokens("Content-Type", ["multipart/\(subtype);", "boundary=\"\(boundary)\""])
    header.end()
    let between = Array("--\(boundary)\r\n".utf8)
    var output = header.bytes
    output.reserveCapacity(output.count + parts.reduce(0) { $0 + $1.count + between.count + 2 } + between.count + 2)
    for part in parts {
      output += between
      output += part
      output += "\r\n".utf8
    }
    output += "--\(boundary)--\r\n".utf8
    return output
  }
}
