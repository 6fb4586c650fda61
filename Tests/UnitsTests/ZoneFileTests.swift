import Testing

@testable import Units

@Suite("Zone files") struct ZoneFileTests {
  private func fault(_ bytes: [UInt8]) -> ZoneError.Fault? {
    do throws(ZoneError) {
      _ = try Zone(name: "Test/Made", tzif: bytes)
      return nil
    } catch {
      return error.fault
    }
  }

  @Test("what is not an intact file of version 2 or later is refused for what it is")
  func faults() {
    let good = ZoneFiles.made(first: 3600, changes: [(0, 7200), (1000, 3600)], footer: "CET-1")
    #expect(fault(good) == nil)
    #expect(fault([]) == .notTZif)
    #expect(fault(Array("<html>".utf8)) == .notTZif)
    #expect(fault(ZoneFiles.made(first: 3600, version: "1")) == .versionTooOld)
    #expect(fault(ZoneFiles.made(first: 3600, version: "\0")) == .versionTooOld)
    #expect(fault(ZoneFiles.made(first: 3600, version: "4")) == nil)
    #expect(fault(ZoneFiles.made(first: 3600, leaps: 2)) == .leapSeconds)
    #expect(fault(ZoneFiles.made(first: 27 * 3600)) == .badTimeType)
    #expect(fault(ZoneFiles.made(first: Int(Int32.min))) == .badTimeType)
    #expect(fault(ZoneFiles.made(first: 0, changes: [(5, 60), (5, 120)])) == .badTransitions)
    #expect(fault(ZoneFiles.made(first: 0, changes: [(6, 60), (5, 120)])) == .badTransitions)
    #expect(fault(ZoneFiles.made(first: 0, changes: [(Int.max, 60)])) == .badTransitions)
    #expect(fault(ZoneFiles.made(first: 0, changes: [(Int.min, 60)])) == .badTransitions)
    #expect(fault(ZoneFiles.made(first: 0, changes: [(-(1 << 59), 60)], footer: "AAA-1BBB,J1,J9")) == nil)
    #expect(fault(ZoneFiles.made(first: 0, footer: "nonsense\u{1b}[2J")) == .badFooter("nonsense?[2J"))
    for count in good.indices where fault(Array(good[..<count])) == nil {
      Issue.record("the first \(count) bytes of a file pass for a whole one")
    }
  }

  @Test(
    "a rule is a whole POSIX TZ string or none",
    arguments: [
      ("CET-1", 3600, Int?.none), ("CET-1CEST,M3.5.0,M10.5.0/3", 3600, 7200), ("<+03>-3", 10800, nil),
      ("<-0330>3:30<-0230>,M3.2.0/0:01,M11.1.0/0:01", -12600, -9000), ("IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0),
      ("LMT+0:53:28", -3208, nil), ("AAA24BBB-24,0,365", -86400, 86400), ("XXX3EDT4,0/0,J365/23", -10800, -14400),
    ])
  func goodRules(text: String, offset: Int, saving: Int?) {
    let rule = ZoneRule(posix: Array(text.utf8))
    #expect(rule?.offset == offset)
    #expect(rule?.saving?.offset == saving)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "CET", "CE-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1 ", "<+03-3", "<>-3",
      "CET-25", "CET-1:60", "CET-1CEST,M13.1.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0",
      "CET-1CEST,M3.1.7,M10.5.0", "CET-1CEST,J0,J5", "CET-1CEST,J366,J5", "CET-1CEST,366,5", "CET-1CEST,M3.5.0/168,J5",
      "CET-1CEST,M3.5,J5", "CET--1", "CET-1,M3.5.0,M10.5.0", "CET-0001",
    ])
  func badRules(text: String) {
    #expect(ZoneRule(posix: Array(text.utf8)) == nil)
  }

  @Test("saving time for all the year is what RFC 8536 writes it as")
  func allYear() throws {
    let zone = try ZoneFiles.made(first: -10800, footer: "XXX3EDT4,0/0,J365/23")
    for text in ["2030-01-01T00:00:00Z", "2030-12-31T23:59:59Z", "2031-01-01T03:00:00Z", "2032-07-01T00:00:00Z"] {
      #expect(zone.offset(at: try #require(Instant(rfc3339: text))) == -14400)
    }
  }

  @Test("no damage to a file stops the program: it is refused, or gives a zone that answers")
  func damage() throws {
    var seeds: [[UInt8]] = [
      ZoneFiles.made(
        first: 3600, changes: [(0, 7200), (1_000_000, 3600)], footer: "<-0330>3:30<-0230>,M3.2.0/0:01,M11.1.0/0:01"),
      ZoneFiles.made(first: 0, footer: "XXX3EDT4,0/0,J365/23"),
    ]
    if ZoneFiles.present { seeds.append(try ZoneFiles.bytes("Asia/Kathmandu")) }
    var random = SplitMix(seed: 8536)
    let times = [0, -(1 << 40), 1 << 40, 1_700_000_000, 4_000_000_000].map { Instant(seconds: $0) }
    let days = times.map { Day(number: $0.seconds / 86_400) }
    let noon = try #require(ClockTime(hour: 12, minute: 0))
    var refused = 0
    for round in 0..<2000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...(random.next() % 3) {
        let at = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[at] ^= 1 << (random.next() % 8)
        case 2: bytes.remove(at: at)
        default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        }
      }
      guard let zone = try? Zone(name: "Test/Made", tzif: bytes) else {
        refused += 1
        continue
      }
      for (time, day) in zip(times, days) {
        _ = zone.civil(time)
        _ = zone.instant(day: day, time: noon)
      }
    }
    #expect(refused > 200 && refused < 2000)
  }

  @Test("the error says which zone, what was found and what to do")
  func sentence() {
    let error = ZoneError(zone: "Europe/Berlin", fault: .truncated(at: 812))
    #expect(
      error.description == """
        time zone Europe/Berlin: its zone file is not usable: it ends at byte 812, where more was expected; expected \
        an intact TZif file of version 2 or later without leap seconds: check the name, or reinstall the package tzdata
        """)
  }
}

/// SplitMix64: the same numbers in each run.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
