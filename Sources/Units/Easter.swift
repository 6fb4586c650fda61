/// Easter of the western churches.
package enum Easter {
  /// Easter Sunday of a Gregorian year, by the computus of J. M. Oudin (1940): the Sunday after the ecclesiastical
  /// full moon on or after 21 March.
  package static func sunday(of year: Int) -> Day {
    let golden = year % 19
    let century = year / 100
    let epact = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30
    // Days from 21 March to the full moon, put right so that no two years of a cycle share the latest moons.
    let moon = epact - (epact / 28) * (1 - (epact / 28) * (29 / (epact + 1)) * ((21 - golden) / 11))
    let weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7
    return Day.first(of: 3, year) + 20 + (moon - weekday + 7)
  }
}
