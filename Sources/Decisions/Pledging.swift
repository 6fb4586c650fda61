import Ledger
import Receivables
import Units

/// What a customer can promise, or pay by instalments: the open items that a person named, oldest due first.
///
///     let pledging = try Pledging(verdict.decisions, of: [.customer("K-7")], in: books, now: now, today: today)
///     let promise = try pledging.promise(amount: nil, by: day)
package struct Pledging: Sendable {
  /// Why it makes no sense; nothing may be recorded then.
  package enum Refusal: Error, Equatable {
    case nothingOpen(String)
    case notFree(String, sentence: String)
    case severalPayers([String])
    case severalCurrencies([String])
    case otherCurrency(Money, Currency)
    case moreThanOpen(Money, open: Money)
    case notPositive(Money)
    case pastDay(Day, today: Day)
    case daysNotAscending(Day)
    case tooFar(Day)
    case sumDiffers(Money, open: Money)
    case tooManyInstalments(Int, of: Money)
  }

  /// What a plan is made of, before its days and amounts are worked out.
  package enum Rhythm: Sendable, Equatable {
    case months(Int)
    case days(Int)

    func day(_ index: Int, from first: Day) -> Day {
      switch self {
      case .months(let count): first.adding(months: count * index)
      case .days(let count): first + count * index
      }
    }
  }

  /// The last year that a ledger can name, too. The journal writes none of more than four digits.
  private static let lastYear = 2199

  private let items: [Decision]
  private let books: Books
  private let now: Instant
  private let today: Day
  package let currency: Currency
  /// Less what is disputed, and less credit.
  package let open: Money

  /// - Parameters:
  ///   - decisions: all of them, as they are today.
  ///   - scopes: what a person named. Of a customer every item that is free is meant; an invoice must be free.
  ///   - books: that the decisions rest on.
  package init(
    _ decisions: [Decision], of scopes: [Scope], in books: Books, now: Instant, today: Day
  ) throws(Refusal) {
    var items: [Decision] = []
    for scope in scopes {
      let covered = decisions.filter { scope.covers($0.key, payer: $0.payer) }
      let free = covered.filter(\.isFree)
      if free.isEmpty {
        guard let taken = covered.first(where: { $0.reason != .settled }) else { throw .nothingOpen(scope.words) }
        throw .notFree(scope.words, sentence: taken.whyNotFree)
      }
      items += free.filter { new in !items.contains { $0.key == new.key } }
    }
    let payers = Set(items.map(\.payer)).sorted()
    guard payers.count <= 1 else { throw .severalPayers(payers) }
    let currencies = Set(items.map(\.currency)).sorted()
    guard let currency = currencies.first else { throw .nothingOpen(scopes.map(\.words).joined(separator: ", ")) }
    guard currencies.count == 1 else { throw .severalCurrencies(currencies.map(\.code)) }
    self.items = items.sorted { ($0.due ?? today, $0.key) < ($1.due ?? today, $1.key) }
    self.books = books
    self.now = now
    self.today = today
    self.currency = currency
    open = items.reduce(.zero(currency)) { $0 + $1.amountOwed }
  }

  /// Without an amount all of it is promised. It covers the oldest items, up to its amount; each rests as a whole.
  package func promise(amount: Money?, by day: Day) throws(Refusal) -> Rest {
    guard day >= today else { throw .pastDay(day, today: today) }
    guard day.components.year <= Self.lastYear else { throw .tooFar(day) }
    let amount = amount ?? open
    guard amount.currency == currency else { throw .otherCurrency(amount, currency) }
    guard amount.isPositive else { throw .notPositive(amount) }
    guard amount <= open else { throw .moreThanOpen(amount, open: open) }
    var covered: [Decision] = []
    var sum = Money.zero(currency)
    for item in items where sum < amount {
      covered.append(item)
      sum += item.amountOwed
    }
    return rest(.promise, covered, amount: amount, until: day)
  }

  /// Equal instalments of all that is open, exact to the smallest unit: the last one takes the rounding.
  package func plan(instalments count: Int, every rhythm: Rhythm, first: Day) throws(Refusal) -> Rest {
    guard count >= 1, open.minor >= count else { throw .tooManyInstalments(count, of: open) }
    let each = open.minor / count
    return try plan(
      (0..<count).map { index in
        let minor = index == count - 1 ? open.minor - each * (count - 1) : each
        return Instalment(due: rhythm.day(index, from: first), amount: Money(minor: minor, currency))
      })
  }

  /// These instalments; in all they must be what is open.
  package func plan(_ instalments: [Instalment]) throws(Refusal) -> Rest {
    var sum = Money.zero(currency)
    var last: Day?
    for instalment in instalments {
      guard instalment.amount.currency == currency else { throw .otherCurrency(instalment.amount, currency) }
      guard instalment.amount.isPositive else { throw .notPositive(instalment.amount) }
      guard instalment.due >= today else { throw .pastDay(instalment.due, today: today) }
      if let last, instalment.due <= last { throw .daysNotAscending(instalment.due) }
      guard instalment.due.components.year <= Self.lastYear else { throw .tooFar(instalment.due) }
      last = instalment.due
      sum += instalment.amount
    }
    guard sum == open else { throw .sumDiffers(sum, open: open) }
    var plan = rest(.plan, items, amount: open, until: nil)
    plan.instalments = instalments
    return plan
  }

  private func rest(_ kind: Rest.Kind, _ covered: [Decision], amount: Money, until: Day?) -> Rest {
    let customers = Set(covered.map(\.key.customer))
    let customer = customers.count == 1 ? customers.first : nil
    let account = account(of: covered.first)
    let open = account?.openByKey ?? [:]
    var rest = Rest(
      kind: kind, scope: .customer(customer ?? covered.first?.payer ?? ""),
      items: covered.map { ListedItem(key: $0.key, open: open[$0.key] ?? $0.open ?? .zero(currency)) }, amount: amount,
      until: until, by: "", text: nil)
    // A ledger dates credit by the day: what came before on this very day must be told from what comes after.
    rest.credit = (account?.credits ?? []).filter { $0.date == account?.day && $0.namesNoInvoice }
      .reduce(.zero(currency)) { $0 + $1.amount }
    return rest
  }

  private func account(of item: Decision?) -> Account? {
    guard let item, let zone = item.zone else { return nil }
    return Accounts(of: books).accounts(of: item.payer, on: zone.day(now), companyDay: today)
      .first { $0.currency == currency }
  }
}

extension Decision {
  /// Something is open on it beyond dispute, and no promise, plan, case or unreadable row stands in the way. One that is
  /// over does not, though it still leaves the customer in peace a little longer.
  fileprivate var isFree: Bool {
    switch ground {
    case .settled, .quarantined, .handedOver, .disputed: false
    default: pledge == nil && amountOwed.isPositive
    }
  }

  fileprivate var whyNotFree: String {
    switch ground {
    case .settled, .quarantined, .handedOver, .disputed, .promised, .inPlan: return sentence
    default: return pledge.map { "Invoice \(key.number) stands in \($0) already." } ?? sentence
    }
  }

  fileprivate var amountOwed: Money { owed ?? .zero(currency) }
}

extension Pledging.Refusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nothingOpen(let name): "nothing is open on \(name)"
    case .notFree(let name, let sentence):
      "\(name) is not free for it: \(sentence.dropLast(sentence.hasSuffix(".") ? 1 : 0))"
    case .severalPayers(let payers):
      "these invoices are of several payers (\(payers.joined(separator: ", "))): record one for each"
    case .severalCurrencies(let codes):
      "these invoices are in \(codes.joined(separator: " and ")): name those of one currency"
    case .otherCurrency(let amount, let currency): "\(amount) is not in \(currency), which the invoices are in"
    case .moreThanOpen(let amount, let open):
      "\(amount) is more than \(open): so much is open beside what is disputed, promised or in a plan already"
    case .notPositive(let amount): "\(amount) is not more than nothing"
    case .pastDay(let day, let today): "\(day) has passed (today is \(today))"
    case .daysNotAscending(let day): "\(day) is not after the instalment before it"
    case .tooFar(let day): "\(day) is too far away: expected a day up to 2199-12-31"
    case .sumDiffers(let sum, let open): "the instalments come to \(sum), and \(open) is open"
    case .tooManyInstalments(let count, let amount): "\(amount) cannot be paid in \(count) instalments"
    }
  }
}
