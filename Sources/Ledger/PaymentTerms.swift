/// Payment terms as agreed: `net 30`, `2/10 net 30`, `3/10 2/20 net 30`.
package struct PaymentTerms: Hashable, Sendable {
  /// An early-payment discount: so much off when paid within so many days of the invoice's date.
  package struct Discount: Hashable, Sendable {
    /// Hundredths of a percent: 250 is 2.5 %.
    package let basisPoints: Int
    /// Civil days after the invoice's date; the last of them is still inside.
    package let days: Int

    package init(basisPoints: Int, days: Int) {
      self.basisPoints = basisPoints
      self.days = days
    }
  }

  private let content: Content

  /// Shared: many invoices have the same terms.
  private final class Content: Sendable {
    let text: String
    let discounts: [Discount]
    let netDays: Int?

    init(text: String, discounts: [Discount], netDays: Int?) {
      self.text = text
      self.discounts = discounts
      self.netDays = netDays
    }
  }

  /// As the ledger writes them.
  package var text: String { content.text }
  /// Shortest first.
  package var discounts: [Discount] { content.discounts }
  /// Civil days from the invoice's date to its due date; nil when the terms give none.
  package var netDays: Int? { content.netDays }

  package init(text: String, discounts: [Discount] = [], netDays: Int?) {
    content = Content(text: text, discounts: discounts, netDays: netDays)
  }

  package static func == (a: PaymentTerms, b: PaymentTerms) -> Bool {
    a.content === b.content || (a.text, a.netDays) == (b.text, b.netDays) && a.discounts == b.discounts
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(netDays)
  }
}
