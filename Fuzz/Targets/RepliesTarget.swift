import Delivery

/// A byte of libcurl's code, one of bytes uploaded, then lines: commands by their first letter, and the server's words.
///
/// Held: nothing is certain once a byte of the body went out but by a final reply, and whatever was said, the words kept
/// of it are fit for a record and a terminal.
enum RepliesTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard bytes.count > 2 else { return }
    let curlCode = Int(bytes[0]) % 100
    let uploaded = Int(bytes[1])
    let isClosing = bytes[2] & 1 == 1
    var exchanges: [Transfer.Exchange] = []
    var lines: [String] = []
    for row in bytes.dropFirst(3).split(separator: 10) {
      if row.first == UInt8(ascii: ">") {
        exchanges.append(Transfer.Exchange(Transfer.Command(line: row.dropFirst())))
        lines = []
        continue
      }
      if row.first == UInt8(ascii: ".") {
        exchanges.append(Transfer.Exchange(.dot))
        continue
      }
      lines.append(String(decoding: row, as: UTF8.self))
      guard lines.last.map(ServerReply.isLast) ?? false else { continue }
      let reply = ServerReply(lines: lines)
      try hold(reply != nil, "a last line that ends no reply: \(lines)")
      if let reply {
        try hold((0...999).contains(reply.code), "code \(reply.code)")
        try check(reply.line)
      }
      if exchanges.isEmpty { exchanges.append(Transfer.Exchange(.greeting)) }
      exchanges[exchanges.count - 1].reply = reply
      lines = []
    }
    let responseCode = exchanges.last { $0.reply != nil }?.reply?.code ?? 0
    let transfer = Transfer(
      curlCode: curlCode, responseCode: responseCode, uploaded: uploaded, size: 100, exchanges: exchanges,
      errorText: String(decoding: bytes.suffix(40), as: UTF8.self), abort: isClosing && uploaded == 0 ? .closing : nil)
    let result = DeliveryResult(transfer, server: "relay.test:25")
    try check(result.reply)
    try check(result.detail)
    try check(result.sentence)
    let isFinal = curlCode == 8 && ((200..<300).contains(responseCode) || (400..<600).contains(responseCode))
    let isOurs = [26, 42].contains(curlCode) && uploaded < 100
    if uploaded > 0, curlCode != 0, !isFinal, !isOurs {
      try hold(result.verdict == .unknown, "\(result.verdict) though nobody can know: \(transfer)")
    }
    if uploaded == 0 {
      try hold(result.verdict != .accepted, "accepted without a byte of it: \(transfer)")
      try hold(result.verdict != .unknown || curlCode == 0, "a doubt without a byte of it: \(transfer)")
    }
    let probe = DeliveryResult(probe: transfer, server: "relay.test:25")
    try check(probe.sentence)
  }

  private static func check(_ words: String) throws(Finding) {
    try hold(words.unicodeScalars.count <= 1100, "too many words: \(words.unicodeScalars.count)")
    let isClean = words.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    try hold(isClean, "words that are not fit for a terminal: \(words.debugDescription)")
  }
}
