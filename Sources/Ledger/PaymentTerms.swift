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

  /// As the ledger writes them.
  package let text: String
  /// Shortest first.
  package let discounts: [Discount]
  /// Civil days from the invoice's date to its due date; nil when the terms give none.
  package let netDays: Int?

  package init(text: String, discounts: [Discount] = [], netDays: Int?) {
    self.text = text
    self.discounts = discounts
    self.netDays = netDays
  }
}
