/// Undoes base64 and quoted-printable (RFC 2045 section 6). What is no code is passed over, so that a damaged part gives
/// what can be read of it.
enum TransferDecoding {
  static func decoded(_ bytes: ArraySlice<UInt8>, _ encoding: String) -> [UInt8] {
    switch encoding.lowercased().filter({ !$0.isWhitespace }) {
    case "base64": base64(bytes)
    case "quoted-printable": quotedPrintable(bytes)
    default: Array(bytes)
    }
  }

  static func base64(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var window = 0
    var bits = 0
    for byte in bytes {
      if byte == UInt8(ascii: "=") {
        // The end, or a joint where somebody glued two pieces.
        window = 0
        bits = 0
        continue
      }
      guard let value = value(byte) else { continue }
      window = (window << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        output.append(UInt8(truncatingIfNeeded: window >> bits))
      }
    }
    return output
  }

  private static func value(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let byte = bytes[at]
      at += 1
      guard byte == UInt8(ascii: "=") else {
        output.append(byte)
        continue
      }
      if at + 1 < bytes.endIndex, let high = bytes[at].hex, let low = bytes[at + 1].hex {
        output.append(high << 4 | low)
        at += 2
        continue
      }
      // A soft line end, maybe with blanks that a relay added.
      var end = at
      while end < bytes.endIndex, end - at < 80, bytes[end].isBlank || bytes[end] == 0x0D { end += 1 }
      if end >= bytes.endIndex || bytes[end] == 0x0A { at = min(end + 1, bytes.endIndex) } else { output.append(byte) }
    }
    return output
  }
}
