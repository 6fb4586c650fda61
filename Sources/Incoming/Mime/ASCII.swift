/// Bytes as mail knows them: letters without regard to case, white space, digits.
extension UInt8 {
  var lowered: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  var isLineEnd: Bool { self == 0x0A || self == 0x0D }
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isLetter: Bool { lowered >= 0x61 && lowered <= 0x7A }

  /// 0...15 of a hexadecimal digit.
  var hex: UInt8? {
    switch lowered {
    case 0x30...0x39: self - 0x30
    case 0x61...0x66: lowered - 0x57
    default: nil
    }
  }
}

extension Collection<UInt8> {
  /// Without white space and line ends at both sides.
  var trimmed: SubSequence {
    var slice = self[...]
    while let first = slice.first, first.isBlank || first.isLineEnd { slice = slice.dropFirst() }
    var count = slice.count
    var end = slice.endIndex
    while count > 0 {
      let before = slice.index(end, offsetBy: -1)
      guard slice[before].isBlank || slice[before].isLineEnd else { break }
      end = before
      count -= 1
    }
    return slice[..<end]
  }

  /// Whether it begins with `prefix`, a text in lower case, whatever its own case is.
  func starts(lowered prefix: StaticString) -> Bool {
    prefix.withUTF8Buffer { wanted in
      var at = startIndex
      for byte in wanted {
        guard at != endIndex, self[at].lowered == byte else { return false }
        at = index(after: at)
      }
      return true
    }
  }
}

extension ArraySlice<UInt8> {
  /// The line that begins at `at`, without its end, and where the next one begins.
  func line(at start: Int) -> (text: ArraySlice<UInt8>, next: Int) {
    var end = start
    while end < endIndex, self[end] != 0x0A { end += 1 }
    let next = end < endIndex ? end + 1 : end
    if end > start, self[end - 1] == 0x0D { end -= 1 }
    return (self[start..<end], next)
  }
}
