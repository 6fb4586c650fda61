extension Int {
  /// `1 contact`, `2 contacts`; with a word for several where it takes more than an s.
  package func of(_ one: String, _ several: String? = nil) -> String {
    "\(self) \(self == 1 ? one : several ?? one + "s")"
  }
}
