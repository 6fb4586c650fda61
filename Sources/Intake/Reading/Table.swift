import Ledger
import Units

/// One file, open at its first row below the header, with the places of its columns.
struct Table {
  /// As places name it.
  let file: String
  /// As they are written in the file, by position; a line break within one is a blank.
  let headers: [String]
  /// By our word, where the column stands.
  private let positions: [String: Int]
  /// The columns that dunningd does not know, by name.
  let extras: [(name: String, position: Int)]
  let text: FileText
  let delimiter: UInt8
  /// What a person should know though the file can be read.
  let warnings: [LedgerWarning]
  private let headerLine: Int
  private let body: (position: Int, line: Int)

  /// Why a file cannot be read as a table: one sentence for each thing that is wrong.
  struct Fault: Error { let reasons: [LedgerRejection.Reason] }

  /// Some of the file's rows: from a line's first byte until before another's.
  struct Stretch: Sendable {
    var bytes: Range<Int>
    /// The line on which it begins.
    var line: Int
    /// It has no more rows than that.
    let rowsMax: Int
    /// Whether it is well-formed UTF-8; else its rows must be looked at one by one.
    let isValid: Bool
  }

  /// All rows below the header, parted into about as many stretches as there are workers, which can be read by
  /// themselves. A file in which something is quoted stays whole: a line's end in it may be none of a row's.
  func parts(_ workers: some Workers) -> [Stretch] {
    let ranges = lines(about: workers.count)
    let surveys = workers.map(ranges.count) { part in
      text.bytes.withUnsafeBufferPointer { buffer in
        let bytes = UnsafeBufferPointer(rebasing: buffer[ranges[part]])
        let survey = ByteSurvey(bytes)
        return (survey: survey, isValid: survey.isASCII || FileText.isValid(bytes))
      }
    }
    guard !surveys.contains(where: { $0.survey.hasQuote || $0.survey.returns > 0 }) else {
      let ends = surveys.reduce(0) { $0 + $1.survey.lineFeeds + $1.survey.returns }
      return [
        Stretch(
          bytes: body.position..<text.bytes.count, line: body.line, rowsMax: ends + 1,
          isValid: surveys.allSatisfy(\.isValid))
      ]
    }
    var line = body.line
    return zip(ranges, surveys).map { range, found in
      defer { line += found.survey.lineFeeds }
      return Stretch(bytes: range, line: line, rowsMax: found.survey.lineFeeds + 1, isValid: found.isValid)
    }
  }

  /// About so many ranges of the rows' bytes, each up to a line's end; one at least.
  private func lines(about count: Int) -> [Range<Int>] {
    text.bytes.withUnsafeBufferPointer { buffer in
      let all = body.position..<buffer.count
      var ranges: [Range<Int>] = []
      var start = all.lowerBound
      for part in 1...max(1, count) {
        var end = part == count ? all.upperBound : all.lowerBound + all.count * part / max(1, count)
        while end < all.upperBound, end > start, buffer[end - 1] != Byte.lf { end += 1 }
        guard end > start else { continue }
        ranges.append(start..<end)
        start = end
      }
      return ranges.isEmpty ? [all] : ranges
    }
  }

  /// Calls `body` with a reader before the first row.
  func read<Result>(_ body: (inout CSVReader) -> Result) -> Result {
    text.bytes.withUnsafeBufferPointer { buffer in
      var reader = CSVReader(buffer, delimiter: delimiter, from: self.body.position, line: self.body.line)
      return body(&reader)
    }
  }

  /// Calls `body` with a reader before the first row of a stretch.
  func read<Result>(_ stretch: Stretch, _ body: (inout CSVReader) -> Result) -> Result {
    text.bytes.withUnsafeBufferPointer { buffer in
      var reader = CSVReader(buffer, delimiter: delimiter, from: stretch.bytes.lowerBound, line: stretch.line)
      return body(&reader)
    }
  }

  /// Where our column stands; -1 when the file lacks it.
  func position(_ word: String) -> Int { positions[word] ?? -1 }
  func has(_ word: String) -> Bool { positions[word] != nil }

  /// The column's name in the file, or our own word for it.
  func header(at position: Int, _ word: String = "") -> String {
    headers.indices.contains(position) && !headers[position].isEmpty ? headers[position] : word
  }

  /// Finds the header row and the columns.
  ///
  /// - Parameters:
  ///   - words: our words for this file's columns.
  ///   - preset: by our word, the headers that a preset expects, the preferred one first.
  init(
    _ file: LedgerFile, kind: IntakeFormat.File, words: [String], preset: [String: [String]], format: IntakeFormat
  ) throws(Fault) {
    do {
      text = try FileText(file.bytes, encoding: format.encoding ?? .utf8)
    } catch {
      throw Fault(reasons: [.init(Place(file: file.name), "\(error.reason)")])
    }
    self.file = file.name
    let renames = format.columns[kind] ?? [:]
    let header = Table.header(of: text, declared: format.delimiter) { names in
      Table.columns(names, words, renames, preset).positions.count
    }
    guard let header else {
      throw Fault(reasons: [
        .init(
          Place(file: file.name),
          "the file is empty; expected a header row with the columns \(words.joined(separator: ", "))")
      ])
    }
    delimiter = header.delimiter
    headerLine = header.line
    body = header.end
    let names = header.names
    let (positions, missing) = Table.columns(names, words, renames, preset)
    headers = names
    self.positions = positions

    let place = Place(file: file.name, line: header.line)
    var reasons: [LedgerRejection.Reason] = []
    let shownHeaders = names.map { "\"\($0)\"" }.joined(separator: ", ")
    if let fault = header.fault {
      reasons.append(.init(place, "the header row is broken: \(Table.sentence(fault))"))
    } else if !FileText.isValid(text.bytes[header.range]) {
      reasons.append(
        .init(place, "the header row is not UTF-8; declare its encoding, such as encoding = \"windows-1252\""))
    }
    for word in missing {
      let renamed = renames[word] ?? ""
      let near = Nearest.match(renamed, in: names).map { "; the nearest is \"\($0)\"" } ?? ""
      reasons.append(
        .init(
          place,
          "[ledger.columns.\(kind.rawValue)] says \(word) = \"\(renamed)\", but the file has no such column\(near); "
            + "found: \(shownHeaders)"))
    }
    var warnings: [LedgerWarning] = []
    var seen: [String: Int] = [:]
    var doubled: Set<String> = []
    let used = Set(positions.values)
    for (index, name) in names.enumerated() where !name.isEmpty {
      let key = Table.key(name)
      guard let first = seen.updateValue(index, forKey: key) else { continue }
      seen[key] = first
      if used.contains(first) {
        reasons.append(
          .init(place, "two columns are named \"\(name)\" (\(first + 1) and \(index + 1)); rename one"))
      } else if doubled.insert(key).inserted {
        warnings.append(
          LedgerWarning(
            place: place, column: name,
            text: "several columns have this name: templates see none of them"))
      }
    }
    self.warnings = warnings
    extras = names.enumerated().compactMap { index, name in
      used.contains(index) || name.isEmpty || doubled.contains(Table.key(name)) ? nil : (name, index)
    }
    if !reasons.isEmpty { throw Fault(reasons: reasons) }
  }

  /// What is missing of a set of columns of which one each must be there.
  func missing(_ alternatives: [[String]], kind: IntakeFormat.File) -> [LedgerRejection.Reason] {
    alternatives.filter { !$0.contains(where: has) }.map { words in
      let near = words.lazy.compactMap { Nearest.match($0, in: headers) }.first
      let hint = near.map { "; is it \"\($0)\"?" } ?? ";"
      let example = near ?? "…"
      return .init(
        Place(file: file, line: headerLine),
        "the required column \(words.joined(separator: " or ")) is missing\(hint) "
          + "name it by [ledger.columns.\(kind.rawValue)] \(words[0]) = \"\(example)\"; found: "
          + headers.map { "\"\($0)\"" }.joined(separator: ", "))
    }
  }

  /// Header names match without regard to case, outer blanks and the star that some programs put before required ones.
  private static func key(_ name: String) -> String {
    let lowered = name.lowercased()
    let bytes = lowered.utf8.drop { $0 == Byte.blank || $0 == UInt8(ascii: "*") }
    let trimmed = bytes.reversed().drop { $0 == Byte.blank }.reversed()
    return String(decoding: Array(trimmed), as: UTF8.self)
  }

  /// By our words, where their columns stand; and the words whose renamed column is missing.
  private static func columns(
    _ names: [String], _ words: [String], _ renames: [String: String], _ preset: [String: [String]]
  ) -> (positions: [String: Int], missing: [String]) {
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated().reversed() { first[Table.key(name)] = index }
    var positions: [String: Int] = [:]
    var missing: [String] = []
    for word in words {
      if let renamed = renames[word] {
        if let index = first[Table.key(renamed)] { positions[word] = index } else { missing.append(word) }
      } else {
        positions[word] = ((preset[word] ?? []) + [word]).lazy.compactMap { first[Table.key($0)] }.first
      }
    }
    return (positions, missing)
  }

  /// The header row as it was found.
  private struct Header {
    let names: [String]
    let delimiter: UInt8
    let line: Int
    let range: Range<Int>
    let fault: CSVReader.Fault?
    /// Where the rows begin.
    let end: (position: Int, line: Int)
  }

  /// The header row by the delimiter by which the most columns are known; then, by which there are the most. Nil in an
  /// empty file.
  private static func header(
    of text: FileText, declared: IntakeFormat.Delimiter?, known: ([String]) -> Int
  ) -> Header? {
    text.bytes.withUnsafeBufferPointer { buffer in
      let start = Table.start(of: buffer, from: text.start, declared: declared)
      var best: (score: (Int, Int), header: Header)?
      for delimiter in start.delimiters {
        var reader = CSVReader(buffer, delimiter: delimiter, from: start.position, line: start.line)
        guard reader.next() else { continue }
        let names = (0..<reader.fieldCount).map { Text.clean(reader.field($0)) }
        let score = (known(names), names.count)
        guard score > best?.score ?? (-1, -1) else { continue }
        best = (
          score,
          Header(
            names: names, delimiter: delimiter, line: reader.line, range: reader.range, fault: reader.fault,
            end: (reader.position, reader.nextLine))
        )
      }
      return best?.header
    }
  }

  /// Where the header row is looked for, and by which delimiters. A first line `sep=;`, which Excel writes, declares
  /// one.
  private static func start(
    of bytes: UnsafeBufferPointer<UInt8>, from start: Int, declared: IntakeFormat.Delimiter?
  ) -> (position: Int, line: Int, delimiters: [UInt8]) {
    let all = (declared.map { [$0] } ?? IntakeFormat.Delimiter.allCases).flatMap { Array($0.rawValue.utf8) }
    var first = CSVReader(bytes, delimiter: 0, from: start)
    guard first.next(), first.range.count == 5, bytes[first.range].starts(with: "sep=".utf8) else {
      return (start, 1, all)
    }
    let separator = bytes[first.range.upperBound - 1]
    return (first.position, 2, declared == nil && all.contains(separator) ? [separator] : all)
  }

  /// The fault of a row for a person.
  static func sentence(_ fault: CSVReader.Fault) -> String {
    switch fault {
    case .unterminatedQuote:
      "a quote is opened and never closed, so that the rest of the file is one field; close it, or double the quotes "
        + "that belong to the text"
    case .textAfterQuote(let field):
      "text follows the closing quote of field \(field + 1); double the quotes that belong to the text"
    case .blankBeforeQuote(let field):
      "a blank stands before the opening quote of field \(field + 1); drop it, or double the quotes of the text"
    case .nul: "a NUL byte is in the row, as after a broken copy; export the file again"
    }
  }
}
