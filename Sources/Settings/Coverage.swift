import Decisions
import Ledger
import Units

/// Whether the configuration has a rule for everybody whom the ledger knows.
package enum Coverage {
  /// What is missing, by place: warnings, and an error where somebody could never be contacted at all.
  ///
  /// - Parameters:
  ///   - books: the ledger as it was read.
  ///   - templateLanguages: the languages that have templates.
  ///   - year: in whose course clocks change, for cycles at fixed times.
  package static func problems(
    of configuration: Configuration, for books: Books, templateLanguages: Set<String>, year: Int, file: String
  ) -> [Problem] {
    let survey = Survey(
      configuration: configuration, books: books, templateLanguages: templateLanguages, list: ProblemList(file: file))
    survey.currencies()
    survey.countries()
    survey.languages()
    survey.schedules()
    survey.zones(year)
    return survey.list.sorted
  }

  /// The questions, one method each.
  private struct Survey {
    let configuration: Configuration
    let books: Books
    let templateLanguages: Set<String>
    let list: ProblemList

    var policy: Policy { configuration.policy }
    var whole: Place { Place(file: list.file) }

    func currencies() {
      let minimum = policy.contact.minBalance
      for currency in Set(books.invoices.map(\.currency)).sorted() {
        if !minimum.isEmpty, !minimum.contains(where: { $0.currency == currency }) {
          list.warning(
            policy.contact.places.minBalance ?? whole, key: "contact.min_balance",
            "contact.min_balance: the ledger has invoices in \(currency), for which there is no minimum: notices go for "
              + "the smallest amount", remedy: "add an amount in \(currency), 0 if that is meant")
        }
        let isPayable = configuration.pay.contains { $0.currencies.isEmpty || $0.currencies.contains(currency) }
        if configuration.mail != nil, !isPayable {
          list.warning(
            whole, key: "pay",
            "the ledger has invoices in \(currency), and no [[pay]] fits them: their messages cannot "
              + "say how to pay", remedy: "add a [[pay]] for \(currency)")
        }
      }
    }

    func countries() {
      guard policy.contact.holidays == .country else { return }
      for country in sorted(books.customers.compactMap(\.country)) where policy.calendars[country] == nil {
        list.warning(
          policy.contact.places.holidays ?? whole, key: "contact.holidays",
          "contact.holidays: the ledger has customers in \(country), for which there is no calendar: its holidays count as "
            + "open days")
      }
    }

    func languages() {
      for language in sorted(books.customers.compactMap(\.language))
      where !templateLanguages.contains(language)
        && !templateLanguages.contains(language.split(separator: "-").first.map(String.init) ?? language)
      {
        list.warning(
          whole, key: "company.language",
          "the ledger has customers who read \(language), and there are no templates in it: they get "
            + "\(policy.company.language)", remedy: "add a folder templates/\(language)")
      }
    }

    /// A schedule that the ledger asks for by name, and that no `match` listens to.
    func schedules() {
      let heard = Set(policy.schedules.flatMap { $0.match?.schedules ?? [] })
      for name in sorted(books.customers.compactMap(\.schedule)) where !heard.contains(name) {
        list.warning(
          whole, key: "schedule.match.schedule",
          "the ledger asks for schedule \"\(name)\", and no match names it: its customers get the first schedule that "
            + "fits them otherwise", remedy: "add match = { schedule = \"\(name)\" } to the schedule that is meant")
      }
    }

    /// Fixed times are the company's, hours are the customer's: in a far zone the two may never meet.
    func zones(_ year: Int) {
      guard case .at(let times) = configuration.cycle.timing else { return }
      let contact = policy.contact
      let days = (1...12).compactMap { Day(year: year, month: $0, day: 15) }
      for zone in Set(books.customers.compactMap(\.zone)).sorted(by: { $0.name < $1.name }) {
        let missed = days.filter { day in
          !times.contains { time in
            let clock = zone.civil(policy.company.zone.instant(day: day, time: time)).clock
            return contact.opens <= clock && clock < contact.closes
          }
        }
        guard !missed.isEmpty else { continue }
        let place = configuration.cycle.place ?? whole
        let what = "cycle.at: no cycle falls within contact.hours \(contact.opens)-\(contact.closes) in \(zone.name)"
        let remedy = "add a time that is within the hours there, or use cycle.every"
        if missed.count == days.count {
          list.error(place, key: "cycle.at", what + ": its customers would never be contacted", remedy: remedy)
        } else {
          list.warning(place, key: "cycle.at", what + " for part of the year, when clocks differ", remedy: remedy)
        }
      }
    }

    private func sorted(_ texts: [String]) -> [String] { Set(texts).sorted() }
  }
}
