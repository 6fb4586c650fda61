import Ledger
import Units

/// Whom a schedule is for. Every key that is given must fit; a key with several values fits if one of them does.
package struct Match: Sendable, Equatable {
  package var kinds: [Customer.Kind] = []
  package var countries: [String] = []
  package var currencies: [Currency] = []
  package var languages: [String] = []
  /// Any of them.
  package var tags: [String] = []
  /// `low`, `medium`, `high`.
  package var risks: [String] = []
  package var owners: [String] = []
  /// As the ledger's column `schedule` names them.
  package var schedules: [String] = []
  /// Fits when the payer's open balance in that currency is above it.
  package var balanceOver: [Money] = []

  package init() {}

  /// - Parameters:
  ///   - customer: the payer, who gets the message.
  ///   - balance: what the payer owes in the group's currency.
  package func fits(_ customer: Customer, company: CompanyDefaults, balance: Money) -> Bool {
    func has<Value: Equatable>(_ wanted: [Value], _ value: Value?) -> Bool {
      guard !wanted.isEmpty else { return true }
      return value.map { wanted.contains($0) } ?? false
    }
    return has(kinds, customer.kind)
      && has(countries, customer.country ?? company.country)
      && has(currencies, balance.currency)
      && has(languages, customer.language ?? company.language)
      && (tags.isEmpty || tags.contains { customer.tags.contains($0) })
      && risks.isEmpty  // no customer has a band before behaviour is scored
      && has(owners, customer.owner)
      && has(schedules, customer.schedule)
      && (balanceOver.isEmpty || balanceOver.contains { $0.currency == balance.currency && balance > $0 })
  }
}
