import Ledger
import Receivables
import Units

/// A payer and a currency with everything that their decisions rest on, gathered before anything is tested.
///
/// A class, since each of twenty tests an item would copy it otherwise; nothing changes it once it is made.
final class GroupCase {
  let account: Account
  let history: ContactHistory
  let policy: Policy
  let calendar: PayerCalendar
  let frequency: ContactFrequency
  /// The last day whose bank statements are posted, where the books say so.
  let cashThrough: Day?
  let ledgerAge: Span
  /// Unapplied credit of the payer in other currencies.
  let otherCredits: [Money]
  /// The payer's addresses that no server refused.
  let usableAddresses: [String]
  private(set) var cases: [ItemCase] = []
  /// What the overdue items that may be asked for come to.
  private(set) var overdueBalance: Money

  var payer: Customer { account.payer }
  var today: Day { calendar.today }
  var now: Instant { calendar.now }

  init(
    _ account: Account, _ calendar: PayerCalendar, _ quarantine: Quarantine, _ books: Books, _ history: ContactHistory,
    _ policy: Policy, ledgerAge: Span, otherCredits: [Money]
  ) {
    self.account = account
    self.calendar = calendar
    self.history = history
    self.policy = policy
    cashThrough = books.cashThrough
    self.ledgerAge = ledgerAge
    self.otherCredits = otherCredits
    overdueBalance = .zero(account.currency)
    usableAddresses = account.payer.emails.filter { history.badAddresses[$0.lowercased()] == nil }
    frequency = ContactFrequency(
      GroupKey(payer: account.payer.id, currency: account.currency), addresses: account.payer.emails, history,
      calendar, policy.contact)

    let matched = Self.schedule(for: account, policy)
    cases = account.items.map { item in gather(item, matched, quarantine) }
    let allocation = CreditAllocation(account, contested: { cases[$0].disputed }) { cases[$0].rest != nil }
    for index in cases.indices {
      cases[index].credit = allocation.applied[index]
      // Once credit covers what is not contested, the whole of the rest is.
      if cases[index].credit.isPositive, cases[index].disputed.isPositive {
        cases[index].rest = rest(cases[index], quarantine)
      }
    }
    for item in cases where item.isOverdue && mayBeAskedFor(item) { overdueBalance += item.dunnable }
  }

  /// The first schedule whose `match` fits; one that the ledger names is as good as a match on that name.
  static func schedule(for account: Account, _ policy: Policy) -> Schedule? {
    let balance = account.balance
    return policy.schedules.first { schedule in
      guard let match = schedule.match else { return true }
      if match.schedules.isEmpty, let named = account.payer.schedule, named == schedule.name { return true }
      return match.fits(account.payer, company: policy.company, balance: balance)
    }
  }

  /// Open, under steps, and nothing rests it: it counts towards what a notice asks for.
  func mayBeAskedFor(_ item: ItemCase) -> Bool {
    item.rest == nil && item.dunnable.isPositive && excluded(item) == nil
  }

  private func gather(_ item: OpenItem, _ matched: Schedule?, _ quarantine: Quarantine) -> ItemCase {
    guard item.open.isPositive else {
      return ItemCase(item, .none, matched, .completed)
    }
    let progress = Progress(item.key, history, policy)
    let schedule = staying(progress) ?? matched
    let choice =
      schedule.map { schedule in
        StepChooser(
          item: item, schedule: schedule, progress: progress, calendar: calendar, frequency: frequency,
          maxLevel: payer.maxLevel, terms: payer.terms
        ).choice
      } ?? .completed
    let gathered = ItemCase(item, progress, schedule, choice)
    gathered.again = progress.again(item.key, policy)
    gathered.contactsToday = (history.items[item.key] ?? []).filter { id in
      history.contact(id).map { calendar.zone.day($0.at) == today } ?? false
    }
    gathered.disputed = disputedPart(of: gathered)
    gathered.rest = rest(gathered, quarantine)
    return gathered
  }

  /// An item stays with the schedule of its first notice; only a change of `schedule` in the ledger moves it.
  private func staying(_ progress: Progress) -> Schedule? {
    guard let first = progress.firstNotice(since: payer.schedule) else { return nil }
    return policy.schedule(named: first.schedule)
  }
}
