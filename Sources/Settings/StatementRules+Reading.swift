import Decisions
import TOML

/// `[statement]`
extension StatementRules {
  init(_ reader: TableReader) {
    self.init()
    day = reader.integer("day", 1...28)?.value
    match = reader.reader("match").map(Match.init)
    occasion = reader.choice("only_if", Occasion.self)?.value ?? occasion
    template = reader.value("template", expected: Step.expectedTemplate, Step.templateName)?.value ?? template
    withinDays = reader.days("within", 0...27)?.value ?? withinDays
    place = reader.place
    reader.finish()
    for key in ["match", "only_if", "within"] where day == nil && reader.has(key) && !reader.has("day") {
      reader.problems.warning(
        reader.place(of: key), key: reader.dotted(key),
        "\(reader.dotted(key)): without statement.day no statement goes by itself, so that this does nothing",
        remedy: "add day = 1, or another day of the month")
    }
  }
}
