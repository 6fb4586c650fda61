/// The days on which money moves: Monday to Friday, less the holidays of the calendars given (a country's; for euros
/// perhaps the closing days of TARGET instead).
package struct BankingCalendar: Hashable, Sendable {
  private let days: OpenDays

  package init(holidays calendars: [HolidayCalendar]) {
    days = OpenDays(weekdays: [.monday, .tuesday, .wednesday, .thursday, .friday], calendars: calendars)
  }

  package func isBankingDay(_ day: Day) -> Bool { days.isOpen(day) }

  /// `day` itself or the first banking day after it; nil when there is none within 400 days.
  package func next(onOrAfter day: Day) -> Day? { days.next(onOrAfter: day) }

  /// `day` itself or the last banking day before it; nil when there is none within 400 days.
  package func previous(onOrBefore day: Day) -> Day? { days.last(onOrBefore: day) }

  /// The `count`th banking day after `day`, or before it when `count` is negative; `day` is not counted itself.
  ///
  /// Zero gives `day`, or the first banking day after it. Nil when there are none for 400 days in a row.
  package func adding(_ count: Int, to day: Day) -> Day? {
    if count == 0 { return next(onOrAfter: day) }
    var reached = day
    for _ in 0..<count.magnitude {
      guard let further = count > 0 ? next(onOrAfter: reached + 1) : previous(onOrBefore: reached - 1) else {
        return nil
      }
      reached = further
    }
    return reached
  }
}
