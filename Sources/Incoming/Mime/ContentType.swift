/// What a part says it is (RFC 2045 section 5): `multipart/report; report-type=delivery-status; boundary="…"`.
struct ContentType: Sendable {
  /// In lower case, such as `text/plain`.
  let name: String
  /// Names in lower case.
  private let parameters: [(name: String, value: String)]

  static let plain = ContentType("text/plain")

  init(_ text: String) {
    var pieces: [[UInt8]] = [[]]
    var isQuoted = false
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        pieces[pieces.count - 1].append(byte)
        isEscaped = false
      } else if isQuoted, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if byte == UInt8(ascii: ";"), !isQuoted {
        if pieces.count > 20 { break }
        pieces.append([])
      } else {
        pieces[pieces.count - 1].append(byte)
      }
    }
    name = String(decoding: pieces[0].trimmed.map(\.lowered), as: UTF8.self)
    parameters = pieces.dropFirst().compactMap { piece in
      guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      return (
        String(decoding: piece[..<equals].trimmed.map(\.lowered), as: UTF8.self),
        String(decoding: piece[(equals + 1)...].trimmed, as: UTF8.self)
      )
    }
  }

  subscript(parameter: String) -> String? { parameters.first { $0.name == parameter }?.value }

  var isMultipart: Bool { name.hasPrefix("multipart/") }
}
