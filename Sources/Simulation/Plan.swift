import Daemon
import Decisions
import Journal
import Ledger
import Units

/// What a seed decides before anything happens: the company, its policy, and all that will befall it.
struct Plan {
  let seed: UInt64
  /// The company's home first.
  let homes: [Home]
  let currencies: [Currency]
  let policy: Policy
  /// Days off by country.
  let holidays: [String: Set<Day>]
  let connections: Int
  /// The company's first day.
  let firstDay: Day
  let days: Int
  /// Times of the company's clock at which cycles run, ascending: one at least within the hours of every home.
  let cycles: [ClockTime]
  /// Outside of quiet spells cycles run each so many days.
  let stride: Int
  /// Bytes at which a file of the journal is sealed.
  let segmentMax: Int
  /// Of the journal's chain; nil for a plain one.
  let key: JournalKey?
  /// How often the ledger's files are written anew though nothing in them changes.
  let exportEvery: Span
  /// The moment of the first cycle.
  let start: Instant
  /// In the order of time.
  let happenings: [Happening]
  /// Days, counted from the first, in which nothing happens and nothing is wrong.
  let quiet: [Range<Int>]
}

extension Plan {
  init(seed: UInt64, days: Int, currencies: [Currency]) {
    var chance = SplitMix64(seed: seed)
    self.seed = seed
    self.days = days
    self.currencies = currencies
    var homes = [chance.pick(Home.allCases)]
    for _ in 0..<chance.pick([0, 1, 1, 2]) {
      let home = chance.pick(Home.allCases)
      if !homes.contains(home) { homes.append(home) }
    }
    self.homes = homes
    // 1 January 2026 and the year after it.
    firstDay = Day(number: 20_454 + chance.pick(0...365))
    var holidays: [String: Set<Day>] = [:]
    for home in homes {
      var off: Set<Day> = []
      for _ in 0..<chance.pick(0...12) { off.insert(firstDay + chance.pick(0...days + 90)) }
      holidays[home.country] = off
    }
    self.holidays = holidays
    connections = chance.pick(1...3)
    stride = chance.pick([1, 2, 2, 3])
    var policy = SimulatedPolicy.draw(&chance, homes, holidays: holidays, currencies[0])
    var voices = SplitMix64(seed: seed, stream: 3)
    if voices.chance(600) { SimulatedPolicy.addVoices(to: &policy, &voices) }
    self.policy = policy
    var files = SplitMix64(seed: seed, stream: 4)
    segmentMax = files.chance(500) ? files.pick(5_000...40_000) : JournalFile.segmentMax
    key = files.chance(300) ? JournalKey(files.bytes(32)) : nil
    cycles = Plan.cycles(&chance, homes, policy.contact, on: firstDay)

    var quiet: [Range<Int>] = []
    var day = chance.pick(10...50)
    while day + 12 < days {
      quiet.append(day..<day + chance.pick(6...12))
      day += chance.pick(70...160)
    }
    self.quiet = quiet
    let isPressing = policy.freshness.maxAge != nil
    exportEvery = policy.freshness.needsPostedCash ? .zero : isPressing ? .hours(20) : chance.pick([.zero, .days(3)])
    start = homes[0].zone.instant(day: firstDay, time: cycles[0])
    happenings = Plan.happenings(&chance, days, quiet, start: start, hasService: policy.has(.webhook))
  }

  /// In the midst of everybody's hours, and sometimes shortly before they end.
  private static func cycles(
    _ chance: inout SplitMix64, _ homes: [Home], _ rules: ContactRules, on day: Day
  ) -> [ClockTime] {
    var minutes: Set<Int> = []
    func add(_ minute: Int, in home: Home) {
      let noon = Instant(seconds: day.number * 86_400)
      let ahead = (homes[0].offset(at: noon) - home.offset(at: noon)) / 60
      minutes.insert(((minute + ahead) % 1440 + 1440) % 1440)
    }
    /// Whatever summer time does there or here.
    func isSurelyOpen(_ minute: Int, in home: Home) -> Bool {
      let noon = Instant(seconds: day.number * 86_400)
      let local = minute + (home.offset(at: noon) - homes[0].offset(at: noon)) / 60
      let length = rules.closes.minutes - rules.opens.minutes
      return length == 1440 || (120..<length - 120).contains(((local - rules.opens.minutes) % 1440 + 1440) % 1440)
    }
    for home in homes {
      if !minutes.contains(where: { isSurelyOpen($0, in: home) }) {
        add((rules.opens.minutes + rules.closes.minutes) / 2 + chance.pick(-20...20), in: home)
      }
      if chance.chance(300) { add(rules.closes.minutes - chance.pick(1...20), in: home) }
      if chance.chance(100) { add(rules.opens.minutes + chance.pick(-20...20), in: home) }
    }
    return minutes.sorted().map { SimulatedPolicy.clock($0 / 60, $0 % 60) }
  }

  // MARK: - Happenings

  private static func happenings(
    _ chance: inout SplitMix64, _ days: Int, _ quiet: [Range<Int>], start: Instant, hasService: Bool
  ) -> [Happening] {
    typealias Deed = Happening.Deed
    var drawn: [(at: Int, point: Happening.Point, deed: Deed, salt: UInt64)] = []
    func moment(_ chance: inout SplitMix64) -> Int {
      var minute = chance.pick(0...days * 1440 - 1)
      for range in quiet where range.contains(minute / 1440) { minute = range.upperBound * 1440 + chance.pick(0...600) }
      return minute
    }
    /// So many a year on average, as often while a message is on the wire as `sending` says.
    func add(
      _ perYear: Int, sending: Int = 0, inCycle: Int = 0, _ make: (inout SplitMix64) -> Deed
    ) {
      let most = perYear * 2 * days
      let count = most / 365 + (chance.chance(most % 365 * 1000 / 365) ? 1 : 0)
      guard count > 0 else { return }
      for _ in 0..<chance.pick(0...count) {
        let kind = chance.pick(0...999)
        let point: Happening.Point =
          kind < sending
          ? .whileSending(chance.pick(0...6)) : kind < sending + inCycle ? .inCycle(chance.pick(0...8)) : .betweenCycles
        let deed = make(&chance)
        drawn.append((moment(&chance), point, deed, chance.next()))
      }
    }
    let trade = chance.pick([12, 25, 45])
    add(trade + 6, sending: 50) { _ in .invoice }
    add(trade / 2, sending: 150) { _ in .payment }
    add(trade / 8, sending: 150) { _ in .partPayment }
    add(1) { _ in .overpayment }
    add(2, sending: 150) { _ in .unappliedPayment }
    add(2) { _ in .returnedPayment }
    add(3, sending: 150) { _ in .creditNote }
    add(6, sending: 200) { _ in .ledgerDispute }
    add(2) { _ in .badRow }
    add(2) { _ in .newAddress }
    if chance.chance(8) { add(1) { .importOld($0.pick(1000...3000)) } }
    add(2) { .noExport(hours: $0.pick(12...120)) }
    add(2, inCycle: 1000) { _ in .halfWritten }

    let people = chance.pick([1, 4, 8])
    add(people, sending: 300, inCycle: 200) { _ in .hold }
    add(people, sending: 100, inCycle: 100) { _ in .release }
    add(people / 2, sending: 300) { _ in .dispute }
    add(people / 2) { _ in .closeDispute }
    add(people / 2, sending: 400, inCycle: 300) { _ in .note }
    add(20, sending: 50) { _ in .approve }
    add(1) { _ in .refuse }
    add(people / 2) { _ in .skip }
    add(people) { _ in .resolve }
    add(3) { _ in .addressOK }

    let trouble = chance.pick([0, 6, 12, 24])
    add(trouble, sending: 200) { .mood($0.pick(SimulatedRelay.Mood.allCases + [.hangs]), hours: $0.pick([2, 20, 60])) }
    add(3) { _ in .mailboxGone }
    add(3) { _ in .mailboxBack }
    add(4) { .bounce(permanent: $0.chance(500)) }
    add(2, sending: 300) { _ in .letterFails }

    let faults = chance.pick([0, 1, 2, 4])
    add(faults, sending: 700, inCycle: 200) { _ in .kill }
    add(faults, sending: 700, inCycle: 200) { _ in .powerCut }
    add(1, sending: 800) { _ in .stop }
    add(1) { .outage(hours: $0.pick([10, 50, 24 * 20])) }
    add(1, sending: 300) { _ in .secondDaemon }
    add(2, sending: 300) { _ in .reload }
    add(1, sending: 300, inCycle: 200) { chance in
      chance.chance(500)
        ? .clock(minutes: -chance.pick([1, 90, 1800, 5000]), hours: chance.pick([1, 30]))
        : .clock(minutes: chance.pick([1, 60, 1500]), hours: chance.pick([1, 30]))
    }
    let disk = chance.pick([0, 0, 1, 3])
    add(disk, sending: 600) { _ in .syncFails }
    add(disk, sending: 600) { _ in .appendFails }
    add(disk, sending: 600) { _ in .shortWrite }
    add(disk / 2, sending: 400) { .diskFull(hours: $0.pick([1, 30])) }

    add(people, sending: 300, inCycle: 100) { _ in .promise }
    add(people / 2, sending: 200) { _ in .plan }
    add(people / 2, sending: 200) { _ in .withdraw }
    add(people, sending: 300, inCycle: 100) { _ in .answer }
    add(people / 2, sending: 200) { _ in .propose }
    add(people / 2, sending: 200) { _ in .agree }
    add(20, sending: 200) { _ in .call }
    add(30, sending: 200, inCycle: 100) { _ in .post }
    add(2, sending: 200) { _ in .askStatement }
    if hasService {
      add(trouble + 4, sending: 200) {
        .serviceMood($0.pick(SimulatedService.Mood.allCases), hours: $0.pick([2, 20, 60]))
      }
    }

    add(1) { _ in .erase }

    let order = drawn.indices.sorted { (drawn[$0].at, $0) < (drawn[$1].at, $1) }
    return order.enumerated().map { number, index in
      let one = drawn[index]
      return Happening(
        number: number, at: start + .minutes(one.at), point: one.point, deed: one.deed, salt: one.salt)
    }
  }
}

extension Policy {
  /// Whether any step takes that channel.
  func has(_ channel: Channel) -> Bool { schedules.contains { $0.steps.contains { $0.channel == channel } } }
}
