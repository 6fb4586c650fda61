import Ledger
import Units

/// Which day and hour it is for a payer, and when contacts to it are open.
///
/// Shared by all payers of a zone and country.
final class PayerCalendar {
  let zone: Zone
  let country: String
  let horizon: Horizon
  let today: Day
  /// Days on which contacts may go: the weekdays of `[contact]`, less holidays of the customer and the company.
  let contactDays: OpenDays
  /// Days on which money is posted: the company's bank works on them.
  let banking: BankingCalendar
  let rules: ContactRules
  private let openings: Openings

  init(zone: Zone, country: String, _ policy: Policy, _ horizon: Horizon) {
    self.horizon = horizon
    rules = policy.contact
    self.zone = zone
    self.country = country
    today = zone.day(horizon.now)
    contactDays = policy.contactDays(in: country)
    banking = BankingCalendar(holidays: [policy.calendars[policy.company.country]].compactMap(\.self))
    openings = Openings(of: contactDays, around: today)
    bound(horizon)
  }

  /// The first day at or after `day` on which contacts may go.
  ///
  /// A policy without any open day never gets past `check`; were it to, the answer is a day that never comes.
  func openDay(onOrAfter day: Day) -> Day {
    openings.next(onOrAfter: day) ?? contactDays.next(onOrAfter: day) ?? day + OpenDays.searchDaysMax
  }

  func openDay(onOrBefore day: Day) -> Day {
    openings.last(onOrBefore: day) ?? contactDays.last(onOrBefore: day) ?? day
  }

  func bankingDay(_ count: Int, after day: Day) -> Day { banking.adding(count, to: day) ?? day + count }

  var window: ContactWindow { ContactWindow(zone: zone, day: today, opens: rules.opens, closes: rules.closes) }

  /// Why no contact may go at this moment, and when the next one may; nil while it may.
  private(set) lazy var closed = closedNow

  private var closedNow: (why: Ground.Closed, opens: Instant)? {
    let time = zone.civil(horizon.now).secondsOfDay
    let early = time < rules.opens.minutes * 60
    let late = time >= rules.closes.minutes * 60
    guard contactDays.isOpen(today) else {
      let why: Ground.Closed =
        rules.weekdays.contains(today.weekday)
        ? .holiday(contactDays.holiday(on: today) ?? "a holiday") : .weekday(today.weekday)
      return (why, opening(onOrAfter: today + 1))
    }
    if early { return (.hours, opening(onOrAfter: today)) }
    if late { return (.hours, opening(onOrAfter: today + 1)) }
    return nil
  }

  /// The instant at which contacts open on the first open day at or after `day`.
  ///
  /// Where the clocks skip the whole of the hours, it is the day after's.
  func opening(onOrAfter day: Day) -> Instant {
    let open = openDay(onOrAfter: day)
    let opens = zone.instant(day: open, time: rules.opens)
    guard zone.civil(opens).secondsOfDay >= rules.closes.minutes * 60 else { return opens }
    return zone.instant(day: openDay(onOrAfter: open + 1), time: rules.opens)
  }
}

/// The open days before and after each day about now, looked up instead of searched for: every item asks.
private struct Openings {
  private let first: Day
  /// By days after `first`: to the next open day, and back to the last one.
  private var distances: [Int16]
  private var distancesBack: [Int16]

  private static let daysBefore = 400
  private static let daysAfter = 400

  init(of days: OpenDays, around today: Day) {
    first = today - Self.daysBefore
    distances = []
    distancesBack = []
    let last = today + Self.daysAfter
    let isOpen = days.areOpen(from: first, count: last - first + 1)
    guard let beyond = days.next(onOrAfter: last) else { return }
    var open = beyond
    var day = last
    while day >= first {
      if isOpen[day - first] { open = day }
      distances.append(Int16(open - day))
      day = day - 1
    }
    distances.reverse()
    guard var before = days.last(onOrBefore: first) else { return }
    while day < last {
      day = day + 1
      if isOpen[day - first] { before = day }
      distancesBack.append(Int16(day - before))
    }
  }

  /// Nil where it must be searched for.
  func next(onOrAfter day: Day) -> Day? { distance(from: day, distances).map { day + $0 } }
  func last(onOrBefore day: Day) -> Day? { distance(from: day, distancesBack).map { day - $0 } }

  private func distance(from day: Day, _ distances: [Int16]) -> Int? {
    let index = day - first
    guard distances.indices.contains(index), distances[index] <= OpenDays.searchDaysMax else { return nil }
    return Int(distances[index])
  }
}
