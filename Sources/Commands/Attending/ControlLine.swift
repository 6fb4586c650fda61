import Units

/// What goes over the control socket: one JSON object a line, there and back.
enum ControlLine {
  /// The words of a command line, without the program's name.
  static func request(_ words: [String]) -> String { JSONObject([("words", .strings(words))]).text }

  /// Nil for anything else.
  static func words(of line: String) -> [String]? {
    guard let object = (try? JSONReader.value(line))?.object, let list = object["words"]?.array else { return nil }
    // A process's arguments end at a zero: what stands behind it would be looked at here, and not there.
    let words = list.compactMap(\.string).filter { !$0.utf8.contains(0) }
    return words.count == list.count ? words : nil
  }

  /// What a command printed, and its exit status.
  struct Answer: Equatable {
    var status: Int32
    var out = ""
    var err = ""

    var text: String {
      JSONObject([("status", .int(Int(status))), ("out", .string(out)), ("err", .string(err))]).text
    }
  }

  static func answer(of line: String) -> Answer? {
    guard let object = (try? JSONReader.value(line))?.object, let status = object["status"]?.int else { return nil }
    return Answer(
      status: Int32(truncatingIfNeeded: status), out: object["out"]?.string ?? "", err: object["err"]?.string ?? "")
  }
}
