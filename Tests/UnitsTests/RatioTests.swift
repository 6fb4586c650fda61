import Testing

@testable import Units

@Suite("Ratios and rounding") struct RatioTests {
  @Test(
    "a product is rounded once, as its rounding says",
    arguments: [
      (1, Ratio(1, 2), 1, 0, 0), (3, Ratio(1, 2), 2, 2, 1), (5, Ratio(1, 2), 3, 2, 2), (-1, Ratio(1, 2), -1, 0, 0),
      (-3, Ratio(1, 2), -2, -2, -1), (-5, Ratio(1, 2), -3, -2, -2), (1, Ratio(-1, 2), -1, 0, 0),
      (2, Ratio(1, 3), 1, 1, 0), (1, Ratio(1, 3), 0, 0, 0), (100, Ratio(1, 3), 33, 33, 33),
      (200, Ratio(1, 3), 67, 67, 66),
      (10_000, Ratio(percent: 19), 1900, 1900, 1900), (999, Ratio(percent: 2), 20, 20, 19), (0, Ratio(7, 9), 0, 0, 0),
      (25, Ratio(1, 10), 3, 2, 2), (35, Ratio(1, 10), 4, 4, 3), (7, Ratio(0, 5), 0, 0, 0),
      // Exact where the product is beyond 64 bits.
      (
        1_000_000_000_000, Ratio(999_999_999_999_999_999, 1_000_000_000_000_000_000), 1_000_000_000_000,
        1_000_000_000_000,
        999_999_999_999
      ),
      (3, Ratio(Int.max, Int.max - 1), 3, 3, 3),
    ])
  func products(minor: Int, ratio: Ratio, up: Int, even: Int, down: Int) throws {
    let money = Money(minor: minor, try #require(Currency(code: "EUR")))
    #expect(money.times(ratio, .halfUp).minor == up)
    #expect(money.times(ratio, .halfEven).minor == even)
    #expect(money.times(ratio, .down).minor == down)
  }

  @Test("ratios stand in lowest terms and compare exactly")
  func terms() {
    #expect(Ratio(6, -8) == Ratio(-3, 4))
    #expect(Ratio(6, -8).description == "-3/4")
    #expect(Ratio(0, -8).description == "0")
    #expect(Ratio(1, 3) < Ratio(333_334, 1_000_000))
    #expect(Ratio(-1, 2) < Ratio(-1, 3))
    #expect(Ratio(Int.max - 1, Int.max) < Ratio(Int.max, Int.max - 1))
    #expect(Ratio(-Int.max, 2) < Ratio(Int.max, 2))
    #expect(Ratio(1, 6) + Ratio(1, 3) == Ratio(1, 2))
    #expect(Ratio(2, 3) * Ratio(3, 4) == Ratio(1, 2))
  }

  @Test(
    "a decimal becomes a ratio exactly",
    arguments: [
      ("0.0525", Ratio?.some(Ratio(21, 400))), ("12", Ratio(12, 1)), ("-9.12", Ratio(-228, 25)), ("0", Ratio(0, 1)),
      ("", nil), ("-", nil), (".5", nil), ("5.", nil), ("1.2.3", nil), ("+1", nil), ("1e3", nil), ("1,5", nil),
      ("0.1234567", nil), ("1234567890123", nil), ("999999999999.999999", Ratio(999_999_999_999_999_999, 1_000_000)),
    ])
  func decimals(text: String, ratio: Ratio?) {
    #expect(Ratio(decimal: text) == ratio)
  }
}
