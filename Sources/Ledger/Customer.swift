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
  /// Lower-case language of BCP 47, such as `de`.
  package var language: String?
  package var zone: Zone?
  /// Two capitals of ISO 3166.
  package var country: String?
  /// Business unless the ledger says otherwise.
  package var kind = Kind.business
  package var place: Place
  /// One, or none for a customer of whom nothing of it is known.
  private var rarities: [Rarities] = []

  package init(id: String, place: Place) {
    self.id = id
    self.place = place
  }
}

extension Customer {
  /// What the ledger says of few customers. Apart, since there are hundreds of thousands of them, and each is handed on
  /// many times.
  private struct Rarities: Sendable, Equatable {
    var cc: [String] = []
    var escalationEmails: [String] = []
    var phone = ""
    var address = ""
    var tags: [String] = []
    var creditLimit: Money?
    var terms: PaymentTerms?
    var schedule: String?
    var owner: String?
    var maxLevel: Int?
    var doNotContact = DoNotContact.nothing
    var extra: [String: String] = [:]
  }

  package var cc: [String] {
    get { rarities.isEmpty ? [] : rarities[0].cc }
    set { change(isNothing: newValue.isEmpty) { $0.cc = newValue } }
  }
  /// Who else is written to by steps that escalate.
  package var escalationEmails: [String] {
    get { rarities.isEmpty ? [] : rarities[0].escalationEmails }
    set { change(isNothing: newValue.isEmpty) { $0.escalationEmails = newValue } }
  }
  package var phone: String {
    get { rarities.isEmpty ? "" : rarities[0].phone }
    set { change(isNothing: newValue.isEmpty) { $0.phone = newValue } }
  }
  package var address: String {
    get { rarities.isEmpty ? "" : rarities[0].address }
    set { change(isNothing: newValue.isEmpty) { $0.address = newValue } }
  }
  package var tags: [String] {
    get { rarities.isEmpty ? [] : rarities[0].tags }
    set { change(isNothing: newValue.isEmpty) { $0.tags = newValue } }
  }
  package var creditLimit: Money? {
    get { rarities.isEmpty ? nil : rarities[0].creditLimit }
    set { change(isNothing: newValue == nil) { $0.creditLimit = newValue } }
  }
  package var terms: PaymentTerms? {
    get { rarities.isEmpty ? nil : rarities[0].terms }
    set { change(isNothing: newValue == nil) { $0.terms = newValue } }
  }
  /// The schedule that the ledger asks for.
  package var schedule: String? {
    get { rarities.isEmpty ? nil : rarities[0].schedule }
    set { change(isNothing: newValue == nil) { $0.schedule = newValue } }
  }
  package var owner: String? {
    get { rarities.isEmpty ? nil : rarities[0].owner }
    set { change(isNothing: newValue == nil) { $0.owner = newValue } }
  }
  package var maxLevel: Int? {
    get { rarities.isEmpty ? nil : rarities[0].maxLevel }
    set { change(isNothing: newValue == nil) { $0.maxLevel = newValue } }
  }
  package var doNotContact: DoNotContact {
    get { rarities.isEmpty ? .nothing : rarities[0].doNotContact }
    set { change(isNothing: newValue == .nothing) { $0.doNotContact = newValue } }
  }
  /// Columns that dunningd does not know, for templates.
  package var extra: [String: String] {
    get { rarities.isEmpty ? [:] : rarities[0].extra }
    set { change(isNothing: newValue.isEmpty) { $0.extra = newValue } }
  }

  /// - Parameter isNothing: whether what changes is nothing from now on. Customers without any rarities are all alike.
  private mutating func change(isNothing: Bool, _ body: (inout Rarities) -> Void) {
    if isNothing, rarities.isEmpty { return }
    if rarities.isEmpty { rarities.append(Rarities()) }
    body(&rarities[0])
    if isNothing, rarities[0] == Rarities() { rarities = [] }
  }
}
