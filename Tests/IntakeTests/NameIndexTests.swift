import Testing

@testable import Intake

@Suite("Names are found by their bytes")
struct NameIndexTests {
  @Test("each name has its number, however many there are")
  func numbers() {
    var index = NameIndex()
    for turn in 0..<2 {
      for number in 0..<5000 {
        #expect("K-\(number)".bytes { index.insert($0) } == number, "turn \(turn)")
      }
    }
    #expect(index.names.count == 5000 && index.names[77] == "K-77")
    #expect(index.number(of: "K-5000") == nil && index.number(of: "") == nil)
  }

  @Test("names that only differ at their end, or in length, are others")
  func nearly() {
    let names = ["a", "aa", "aaaa", "aaaaaaaa", "aaaaaaab", "aaaaaaaa\u{7F}", "baaaaaaa"]
    let index = NameIndex(names)
    #expect(names.map { index.number(of: $0) } == [0, 1, 2, 3, 4, 5, 6])
  }

  // Unicode 16, canonical equivalence: the same text in other scalars.
  @Test("another spelling of the same text is the same name, whichever came first")
  func spellings() {
    for (first, second) in [("Caf\u{E9}", "Cafe\u{301}"), ("Cafe\u{301}", "Caf\u{E9}"), ("K-1", "\u{212A}-1")] {
      var index = NameIndex(["x", first])
      #expect(second.bytes { index.number(of: $0) } == 1)
      #expect(index.number(of: second) == 1)
      #expect(second.bytes { index.insert($0) } == 1)
      #expect("y".bytes { index.insert($0) } == 2)
    }
    let twin = NameIndex(["\u{212A}-1"])
    #expect("K-1".bytes { twin.number(of: $0) } == 0)
  }
}

@Suite("A file's bytes are looked through")
struct ByteSurveyTests {
  @Test("line feeds are counted and quotes and returns seen, wherever they stand")
  func everywhere() {
    for length in 0..<40 {
      let plain = [UInt8](repeating: UInt8(ascii: "x"), count: length)
      let none = plain.withUnsafeBufferPointer { ByteSurvey($0) }
      #expect(none.lineFeeds == 0 && !none.hasQuote && none.returns == 0)
      for place in 0..<length {
        for byte in [Byte.lf, Byte.cr, Byte.quote, 0x8A, 0x0B, 0x23] {
          var bytes = plain
          bytes[place] = byte
          let survey = bytes.withUnsafeBufferPointer { ByteSurvey($0) }
          #expect(survey.lineFeeds == (byte == Byte.lf ? 1 : 0), "\(byte) at \(place) of \(length)")
          #expect(survey.hasQuote == (byte == Byte.quote) && (survey.returns > 0) == (byte == Byte.cr))
        }
      }
    }
  }
}

@Suite("Short cells")
struct ShortCellTests {
  @Test("two are the same exactly where their bytes are, up to fifteen of them")
  func same() {
    let texts = [
      "", "a", "b", "ab", "ba", "abc", "abcd", "abcde", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghijklmno",
    ]
    let cells = texts + texts.map { $0 + "\0" } + texts.map { "\0" + $0 } + texts.map { "x" + $0.dropFirst() }
    func short(_ text: String) -> ShortCell { Array(text.utf8).withUnsafeBufferPointer { ShortCell($0) } }
    for a in cells {
      for b in cells where a.utf8.count <= ShortCell.most && b.utf8.count <= ShortCell.most {
        #expect((short(a) == short(b)) == (Array(a.utf8) == Array(b.utf8)), "\(a) \(b)")
      }
    }
    #expect(short("abcdefghijklmno").isCut == false && short("abcdefghijklmnop").isCut)
  }
}
