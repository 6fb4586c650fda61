import Ledger
import Units

/// One calendar for each zone and country, since many payers share them.
final class PayerCalendars {
  let horizon: Horizon
  private let policy: Policy
  private var known: [PayerCalendar] = []

  init(_ policy: Policy, now: Instant) {
    self.policy = policy
    horizon = Horizon(now: now)
  }

  func calendar(of payer: borrowing Customer) -> PayerCalendar {
    let zone = payer.zone ?? policy.company.zone
    let country = payer.country ?? policy.company.country
    if let calendar = known.first(where: { $0.country == country && $0.zone == zone }) { return calendar }
    let calendar = PayerCalendar(zone: zone, country: country, policy, horizon)
    known.append(calendar)
    return calendar
  }
}
