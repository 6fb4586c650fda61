/// A message, or one of its parts, with the parts inside of it.
struct MailPart: Sendable {
  let headers: HeaderFields
  let type: ContentType
  /// What follows the header, as it was sent.
  let body: ArraySlice<UInt8>
  /// Of a multipart; of a message in the message its one message.
  private(set) var parts: [MailPart] = []

  /// - Parameter bytes: a whole message; what is beyond `MailLimit.bytes` is not looked at.
  init(message bytes: [UInt8]) {
    var room = MailLimit.parts
    self.init(bytes.prefix(MailLimit.bytes), depth: 0, &room, .plain)
  }

  /// - Parameter type: what it is where it does not say.
  private init(_ bytes: ArraySlice<UInt8>, depth: Int, _ room: inout Int, _ type: ContentType) {
    room -= 1
    var start = bytes.startIndex
    headers = HeaderFields(bytes, end: &start)
    body = bytes[start...]
    self.type = headers["content-type"].map { ContentType($0) } ?? type
    guard depth < MailLimit.depth else { return }
    if self.type.isMultipart, let boundary = self.type["boundary"], !boundary.isEmpty {
      let inner = self.type.name == "multipart/digest" ? ContentType("message/rfc822") : .plain
      for piece in MailPart.pieces(of: body, boundary, most: room) where room > 0 {
        parts.append(MailPart(piece, depth: depth + 1, &room, inner))
      }
    } else if isMessage, room > 0 {
      parts.append(MailPart(content[...], depth: depth + 1, &room, .plain))
    }
  }

  /// A message that came back inside of this one, whole or its header.
  var isMessage: Bool {
    ["message/rfc822", "message/global", "message/partial", "text/rfc822-headers", "message/rfc822-headers"]
      .contains(type.name)
  }

  var isText: Bool { type.name == "text/plain" || type.name == "text/html" || type.name == "text" }

  private var encoding: String { headers["content-transfer-encoding"] ?? "" }

  /// The bytes as they were before they were encoded for the way. Messages inside are hardly ever encoded, and may be
  /// long: these stay as they are.
  private var content: [UInt8] {
    ["base64", "quoted-printable"].contains(encoding.lowercased().collapsed)
      ? TransferDecoding.decoded(body.prefix(MailLimit.text), encoding) : Array(body.prefix(MailLimit.header))
  }

  /// Its text, in plain lines whatever it was written in, as far as it is looked at.
  var text: String {
    let bytes = TransferDecoding.decoded(body.prefix(MailLimit.text), encoding)
    let text = Charset.decoded(bytes, type["charset"])
    return (type.name == "text/html" ? HTMLText.plain(text) : text).cleaned(keepsLines: true)
  }

  /// What stands between the lines of the boundary (RFC 2046 section 5.1).
  private static func pieces(of body: ArraySlice<UInt8>, _ boundary: String, most: Int) -> [ArraySlice<UInt8>] {
    let delimiter = Array(("--" + boundary).utf8)
    var pieces: [ArraySlice<UInt8>] = []
    var start: Int?
    var at = body.startIndex
    while at < body.endIndex, pieces.count < most {
      let (line, next) = body.line(at: at)
      if line.starts(with: delimiter) {
        let rest = line.dropFirst(delimiter.count).trimmed
        if rest.isEmpty || rest.elementsEqual("--".utf8) {
          if let start { pieces.append(body[start..<at]) }
          start = rest.isEmpty ? next : nil
        }
      }
      at = next
    }
    if let start, start < body.endIndex, pieces.count < most { pieces.append(body[start...]) }
    return pieces
  }

  /// All parts of it, itself first, in the order of the message, without what is inside of a returned message.
  var own: [MailPart] { isMessage ? [self] : [self] + parts.flatMap(\.own) }
}
