extension String {
  /// Whether it is nothing but visible ASCII and blanks, as most texts are.
  package var isPrintable: Bool { utf8.allHold { $0 &- 0x20 < 0x5F } }
}

extension String.UTF8View {
  /// The same as `allSatisfy`, for where that mostly holds: all bytes are looked at, whatever the first ones are, so that
  /// the processor can look at many at once.
  @inline(__always)
  package func allHold(_ condition: (UInt8) -> Bool) -> Bool {
    withContiguousStorageIfAvailable { bytes in bytes.reduce(0) { $0 | (condition($1) ? 0 : 1) } == 0 as UInt8 }
      ?? allSatisfy(condition)
  }
}
