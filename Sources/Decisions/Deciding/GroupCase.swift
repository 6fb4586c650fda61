import Ledger
import Receivables
import Units

/// A payer and a currency with everything that their decisions rest on, gathered before anything is tested.
///
/// A class, since each of twenty tests an item would copy it otherwise; nothing changes it once it is made.
final class GroupCase {
  let account: Account
  let docket: Docket
  private let past: Past
  let calendar: PayerCalendar
  let frequency: ContactFrequency
  /// Unapplied credit of the payer in other currencies.
  let otherCredits: [Money]
  /// The payer's addresses that no server refused.
  let usableAddresses: [String]
  // What the payer's row says, at hand for each item.
  let maxLevel: Int?
  let terms: PaymentTerms?
  let doNotContact: DoNotContact
  /// Where letters go.
  private(set) lazy var address = PostalAddress(of: account.payer)
  /// Items of the ledger, then what stands in for promises and plans, then thanks and statements.
  private(set) var cases: [ItemCase] = []
  /// Settled items that are not among the cases, since nobody wants to hear of each.
  let settledCount: Int
  /// Nothing was ever recorded about the payer, nor about any customer whose items these are.
  let isUntouched: Bool
  /// The schedule whose `match` fits.
  let matched: ScheduleCase?
  /// Of promises and plans, by id: each of their items asks.
  var knownPaid: [String: Money?] = [:]
  var knownWithholdings: [String: [Withholding]] = [:]
  /// Less credit that names the item's own invoice.
  private(set) lazy var openByKey = account.openByKey
  private(set) lazy var openItemByKey = Dictionary(account.items.map { ($0.key, $0) }) { first, _ in first }
  /// What the overdue items that may be asked for come to.
  private(set) var overdueBalance: Money

  // Lent, not handed out: every test of every item asks, and a copy would count the uses of dozens of objects.
  var policy: Policy { _read { yield docket.policy } }
  var history: ContactHistory { _read { yield past.history } }
  var payer: Customer { _read { yield account.payer } }

  var today: Day { calendar.today }
  var horizon: Horizon { calendar.horizon }

  /// - Parameter asIfNew: as if nobody had any of the contacts yet that only some of their recipients have.
  init(_ account: Account, _ calendar: PayerCalendar, _ docket: Docket, otherCredits: [Money], asIfNew: Bool = false) {
    self.account = account
    self.calendar = calendar
    self.docket = docket
    past = asIfNew ? docket.pastAsIfNew : docket.past
    isUntouched =
      past.isSilent(about: account.payer.id)
      && account.items.allSatisfy { [past] item in
        item.key.customer == account.payer.id || past.isSilent(about: item.key.customer)
      }
    self.otherCredits = otherCredits
    maxLevel = account.payer.maxLevel
    terms = account.payer.terms
    doNotContact = account.payer.doNotContact
    overdueBalance = .zero(account.currency)
    usableAddresses =
      past.history.badAddresses.isEmpty
      ? account.payer.emails
      : account.payer.emails.filter { [past] in past.history.badAddresses[$0.lowercasedAddress] == nil }
    frequency = ContactFrequency(
      GroupKey(payer: account.payer.id, currency: account.currency), addresses: account.payer.emails, past, calendar)

    let matched = Self.schedule(for: account, docket)
    self.matched = matched
    let items = docket.detail == .everything ? account.items : account.items.filter(\.open.isPositive)
    settledCount = account.items.count - items.count
    cases = items.map { item in gather(item, matched) }
    if !account.credits.isEmpty {
      let allocation = CreditAllocation(
        account.credits, to: items, in: account.currency, contested: { cases[$0].disputed }
      ) {
        cases[$0].rest != nil
      }
      for (item, credit) in zip(cases, allocation.applied) {
        item.credit = credit
        // Once credit covers what is not contested, the whole of the rest is.
        if credit.isPositive, item.disputed.isPositive { item.rest = rest(item) }
      }
    }
    for item in cases where item.isOverdue && mayBeAskedFor(item) { overdueBalance += item.dunnable }
    if !isUntouched { cases += pledges }
    cases += courtesies
  }

  /// The first schedule whose `match` fits; one that the ledger names is as good as a match on that name.
  private static func schedule(for account: Account, _ docket: Docket) -> ScheduleCase? {
    docket.schedules.all.first { candidate in
      guard let match = candidate.schedule.match else { return true }
      if match.schedules.isEmpty, let named = account.payer.schedule, named == candidate.name { return true }
      return match.fits(account.payer, company: docket.policy.company, balance: account.balance)
    }
  }

  /// Indices of the items that are to be contacted now.
  var dueItems: [Int] { cases.indices.filter { finding(for: cases[$0]).ground.code == .contact } }

  /// Open, under steps, and nothing rests it: it counts towards what a notice asks for.
  func mayBeAskedFor(_ item: ItemCase) -> Bool {
    item.rest == nil && item.dunnable.isPositive && excluded(item) == nil
  }

  func gather(_ item: OpenItem, _ matched: ScheduleCase?, lingers: Bool = false) -> ItemCase {
    guard item.open.isPositive else {
      return ItemCase(item, docket.untouched, matched, .completed)
    }
    let progress = progress(of: item.key)
    let schedule = staying(progress) ?? matched
    let rests = placedRests(on: item.key)
    let broken = rests.isEmpty ? [] : rests.filter { $0.rest.kind == .promise && state(of: $0).isBroken }
    var contactsToday: [String] = []
    if progress !== docket.untouched {
      contactsToday = (history.items[item.key] ?? []).filter { id in
        history.contact(id).map { calendar.zone.day($0.at) == today } ?? false
      }
    }
    var choice = StepChoice.completed
    if let schedule {
      choice =
        StepChooser(
          item: item, schedule: schedule, progress: progress, calendar: calendar, frequency: frequency,
          maxLevel: maxLevel, terms: terms, contactsToday: contactsToday,
          jumps: broken.isEmpty ? nil : schedule.onBrokenPromise, lingers: lingers
        ).choice
    }
    let gathered = ItemCase(item, progress, schedule, choice)
    gathered.brokenPromises = broken.count
    if progress !== docket.untouched {
      gathered.again = progress.again(item.key, as: gathered.next, policy)
      gathered.contactsToday = contactsToday
    }
    gathered.rests = rests
    gathered.disputed = disputedPart(of: item, rests)
    gathered.rest = rest(gathered)
    return gathered
  }

  /// The schedule that an item is under.
  func schedule(of key: ItemKey) -> ScheduleCase? { staying(progress(of: key)) ?? matched }

  func progress(of key: ItemKey, isThanks: Bool = false) -> Progress {
    isUntouched ? docket.untouched : .of(key, past, docket, isThanks: isThanks)
  }

  /// An item stays with the schedule of its first notice; only a change of `schedule` in the ledger moves it.
  private func staying(_ progress: Progress) -> ScheduleCase? {
    guard !progress.done.isEmpty, let first = progress.firstNotice(since: payer.schedule) else { return nil }
    return docket.schedules.named(first.schedule)
  }
}

extension String {
  /// As the history knows an address: in lower case. Most are written so.
  var lowercasedAddress: String {
    utf8.contains { $0 >= 0x80 || ($0 >= 0x41 && $0 <= 0x5A) } ? lowercased() : self
  }
}
