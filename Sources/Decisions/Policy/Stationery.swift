/// `[letter]`, as far as it stands on the page: who writes, and from where.
package struct Stationery: Sendable, Equatable {
  /// The company's postal address, line by line; empty where the configuration has none.
  package var sender: [String]
  /// Where it is written, before the date; nil leaves it out.
  package var place: String?
  /// Below the first page, such as the register and the managing directors.
  package var footer: [String]

  package init(sender: [String] = [], place: String? = nil, footer: [String] = []) {
    self.sender = sender
    self.place = place
    self.footer = footer
  }
}
