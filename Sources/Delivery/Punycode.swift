/// Domain labels in other scripts, written in ASCII (RFC 3492, RFC 5891).
package enum Punycode {
  /// `bücher` becomes `xn--bcher-kva`. Lower-cases first. Nil for a label whose right form needs more of Unicode's
  /// tables than are here: combining marks, compatibility characters, joiners, symbols.
  package static func aLabel(_ label: String) -> String? {
    let lower = Array(label.lowercased().unicodeScalars)
    for scalar in lower {
      let isSafe =
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter: true
        default: scalar == "-" || ("0"..."9").contains(scalar)
        }
      // Sharp s and final sigma fold to other letters but are letters of their own in names (RFC 5894 section 7.2).
      let isDistinct = scalar == "\u{df}" || scalar == "\u{3c2}"
      guard isSafe, isDistinct || !scalar.properties.changesWhenNFKCCaseFolded else { return nil }
    }
    guard let first = lower.first, let last = lower.last, first != "-", last != "-",
      let encoded = encode(lower.map(\.value))
    else { return nil }
    let name = "xn--" + encoded
    return name.utf8.count <= 63 ? name : nil
  }

  /// RFC 3492 section 6.3; nil on overflow.
  static func encode(_ points: [UInt32]) -> String? {
    var output = points.filter { $0 < 0x80 }.map { UInt8($0) }
    let basicCount = UInt32(output.count)
    var handled = basicCount
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }
    var point: UInt32 = 0x80
    var delta: UInt32 = 0
    var bias: UInt32 = 72
    while handled < points.count {
      guard let next = points.filter({ $0 >= point }).min() else { return nil }
      let (step, overflow) = (next - point).multipliedReportingOverflow(by: handled + 1)
      let (sum, overflow2) = delta.addingReportingOverflow(step)
      if overflow || overflow2 { return nil }
      delta = sum
      point = next
      for candidate in points {
        if candidate < point { delta += 1 }
        guard candidate == point else { continue }
        var rest = delta
        var base: UInt32 = 36
        while true {
          let threshold = base <= bias ? 1 : min(base - bias, 26)
          if rest < threshold { break }
          output.append(digit(threshold + (rest - threshold) % (36 - threshold)))
          rest = (rest - threshold) / (36 - threshold)
          base += 36
        }
        output.append(digit(rest))
        bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
        delta = 0
        handled += 1
      }
      delta += 1
      point += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ value: UInt32) -> UInt8 {
    UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26)
  }

  /// RFC 3492 section 6.1.
  private static func adapted(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
    var rest = isFirst ? delta / 700 : delta / 2
    rest += rest / count
    var base: UInt32 = 0
    while rest > 455 {
      rest /= 35
      base += 36
    }
    return base + 36 * rest / (rest + 38)
  }
}
