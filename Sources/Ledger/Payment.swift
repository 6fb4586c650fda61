import Units

/// One row of payments.csv.
package struct Payment: Sendable, Equatable {
  package var customer: String
  package var date: Day
  /// Negative when it was returned.
  package var amount: Money
  package var id = ""
  /// The invoice that it pays; nil while unapplied. A payment names a number, never a single instalment: it goes to
  /// the instalments of that number by due date.
  package var invoice: String?
  package var method = ""
  package var place: Place

  package init(customer: String, date: Day, amount: Money, place: Place) {
    self.customer = customer
    self.date = date
    self.amount = amount
    self.place = place
  }
}
