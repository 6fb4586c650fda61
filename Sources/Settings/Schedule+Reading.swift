import Decisions
import Ledger
import TOML
import Units

/// `[[schedule]]`
extension Schedule {
  init?(_ reader: TableReader) {
    reader.require("name", expected: "a name of its own")
    reader.require("steps", expected: "a list of steps, or [] for customers who are never contacted")
    let name = reader.text("name")
    let match = reader.reader("match").map(Match.init)
    let steps = reader.readers("steps").compactMap(Step.init)
    let catchUp = reader.choice("catch_up", CatchUp.self)?.value ?? .next
    let grace = reader.days("grace", 0...365)?.value ?? 0
    let consolidation = reader.choice("consolidate", Consolidation.self)?.value ?? .payer
    let onBrokenPromise = reader.word("on_broken_promise", of: steps.filter { $0.level >= 1 }.map(\.name))
    reader.finish()
    if let name, Policy.reservedSchedules.contains(name.value) {
      reader.problems.error(
        name.place, key: reader.dotted("name"),
        "\(reader.dotted("name")): found \"\(name.value)\", under which promises, plans and statements go; expected "
          + "another name")
    }
    guard let name else { return nil }
    self.init(
      name: name.value, match: match, steps: steps, catchUp: catchUp, graceDays: grace, consolidation: consolidation,
      onBrokenPromise: onBrokenPromise, place: reader.place)
  }
}

/// `match`: every key that is given must fit.
extension Match {
  init(_ reader: TableReader) {
    self.init()
    kinds = reader.choices("kind", of: Customer.Kind.self)
    countries = reader.countries("country")
    currencies = reader.currencies("currency")
    languages = reader.languages("language")
    tags = reader.texts("tags")?.value ?? []
    risks = reader.choices("risk", of: RiskBand.self).map(\.rawValue)
    owners = reader.texts("owner")?.value ?? []
    schedules = reader.texts("schedule")?.value ?? []
    balanceOver = reader.amounts("balance_over")?.value ?? []
    reader.finish()
    if !risks.isEmpty {
      reader.problems.warning(
        reader.place(of: "risk"), key: reader.dotted("risk"),
        "\(reader.dotted("risk")): this version of dunningd scores nobody yet, so that the schedule fits no customer")
    }
    for entry in reader.table.entries {
      if case .array(let elements) = entry.value.kind, elements.isEmpty {
        reader.problems.error(
          reader.place(entry.value.position), key: reader.dotted(entry.key),
          "\(reader.dotted(entry.key)): found an empty list, expected at least one value",
          remedy: "leave the key out to match all")
      }
    }
    if reader.table.isEmpty {
      reader.problems.error(
        reader.place, key: reader.name, "\(reader.name): found no condition, expected at least one",
        remedy: "leave match out to match everyone")
    }
  }

  private enum RiskBand: String, CaseIterable, Sendable { case low, medium, high }
}

/// One of `steps`.
extension Step {
  init?(_ reader: TableReader) {
    reader.require("name", expected: "a name of its own within the schedule")
    reader.require("day", expected: "days after the due date, negative before it")
    reader.require("level", expected: "0 for a reminder, 1 and up for notices")
    let name = reader.text("name")
    let day = reader.integer("day", -365...3650)
    let anchor = reader.choice("anchor", Anchor.self)?.value ?? .due
    let level = reader.integer("level", 0...99)
    let channel = reader.choice("channel", Channel.self)?.value ?? .email
    let template = reader.value("template", expected: Step.expectedTemplate, Step.templateName)
    let deadline = reader.integer("deadline", 1...365)
    let approval = reader.boolean("approval") ?? false
    let inDoubt = reader.choice("in_doubt", InDoubtPolicy.self)?.value
    let repetition = reader.reader("repeat").flatMap(Step.repetition)
    let fallback = reader.choice("fallback", Channel.self)
    let offersPlan = reader.boolean("offer_plan") ?? false
    let copiesOwner = reader.boolean("cc_owner") ?? false
    let escalates = reader.boolean("escalate") ?? false
    let attach = reader.choice("attach", Attachment.self)
    let within = reader.days("within", 0...60)
    reader.finish()
    if let within, anchor != .paid {
      reader.problems.error(
        within.place, key: reader.dotted("within"),
        "\(reader.dotted("within")): found in a step anchored on \"\(anchor.rawValue)\", expected only with anchor = "
          + "\"paid\"")
    }
    if let deadline, let level, level.value == 0 {
      reader.problems.error(
        deadline.place, key: reader.dotted("deadline"),
        "\(reader.dotted("deadline")): found in a step of level 0, expected only in notices (level 1 and up)")
    }
    if let fallback, fallback.value == channel {
      reader.problems.error(
        fallback.place, key: reader.dotted("fallback"),
        "\(reader.dotted("fallback")): found \"\(channel.rawValue)\", which is the step's own channel; expected another"
      )
    }
    guard let name, let day, let level else { return nil }
    // Templates are looked for by name: the step's own is the natural one.
    let needsTemplate = [channel, fallback?.value ?? channel].contains {
      [.email, .letter, .call, .webhook].contains($0)
    }
    if needsTemplate, template == nil, !reader.has("template"), !Step.isTemplateName(name.value) {
      reader.problems.error(
        name.place, key: reader.dotted("name"),
        "\(reader.dotted("name")): found \(quoted(name.value)), which cannot be the name of a template",
        remedy: "add template = \"…\", or name the step with letters, digits, - and _")
    }
    self.init(
      name: name.value, anchor: anchor, day: day.value, level: level.value, channel: channel,
      template: template?.value ?? (needsTemplate ? name.value : ""), deadlineDays: deadline?.value,
      approval: approval, inDoubt: inDoubt, repetition: repetition, fallback: fallback?.value,
      attachesDocument: attach != nil, offersPlan: offersPlan, copiesOwner: copiesOwner, escalates: escalates,
      place: reader.place)
    withinDays = within?.value ?? withinDays
  }

  private enum Attachment: String, CaseIterable, Sendable { case document }

  private static func repetition(_ reader: TableReader) -> Repeat? {
    reader.require("every", expected: "whole days, such as \"14d\"")
    reader.require("times", expected: "how many more times")
    let every = reader.days("every", 1...365)
    let times = reader.integer("times", 1...100)
    reader.finish()
    guard let every, let times else { return nil }
    return Repeat(everyDays: every.value, times: times.value)
  }

  static let expectedTemplate = "the name of a template: letters, digits, - and _"

  static func templateName(_ value: TOMLValue) -> String? {
    value.line.flatMap { Step.isTemplateName($0) ? $0 : nil }
  }

  /// It becomes the name of a file below the folder of templates.
  private static func isTemplateName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_".utf8.contains($0)
      }
  }
}

extension TableReader {
  /// One or more words of an enumeration.
  fileprivate func choices<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ key: String, of type: Choice.Type
  ) -> [Choice] where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue)
    return list(key, expected: words.alternatives, remedy: { self.nearest($0, in: words) }) { value -> Choice? in
      if case .string(let text) = value.kind { Choice(rawValue: text) } else { nil }
    }?.value ?? []
  }
}
