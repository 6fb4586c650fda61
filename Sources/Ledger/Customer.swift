import Units

/// Who owes: one row of customers.csv, or a name that only invoices.csv knows.
///
/// A nil or empty field means that the ledger does not say; `Policy.company` then answers for time zone, country and
/// language.
package struct Customer: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable { case business, consumer }

  package var id: String
  /// Who is dunned for it; nil when it answers for itself. Never a chain: the payer of a payer is not followed.
  package var payer: String?
  package var name = ""
  /// In the order of the ledger; the message goes to all of them.
  package var emails: [String] = []
  package var cc: [String] = []
  /// Who else is written to by steps that escalate.
  package var escalationEmails: [String] = []
  package var phone = ""
  package var address = ""
  /// Lower-case language of BCP 47, such as `de`.
  package var language: String?
  package var zone: Zone?
  /// Two capitals of ISO 3166.
  package var country: String?
  /// Business unless the ledger says otherwise.
  package var kind = Kind.business
  package var tags: [String] = []
  package var creditLimit: Money?
  package var terms: PaymentTerms?
  /// The schedule that the ledger asks for.
  package var schedule: String?
  package var owner: String?
  package var maxLevel: Int?
  package var doNotContact = DoNotContact.nothing
  /// Columns that dunningd does not know, for templates.
  package var extra: [String: String] = [:]
  package var place: Place

  package init(id: String, place: Place) {
    self.id = id
    self.place = place
  }
}
