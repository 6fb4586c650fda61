import Settings
import Storage
import Units

/// The files that a site is read from, as they were at one moment: the configuration and what stands beside it.
///
/// A daemon hands them to the processes that serve its callers, so that these decide and write by what it runs on, whatever
/// stands in the files by now.
struct SiteFiles: Sendable, Equatable {
  struct File: Sendable, Equatable {
    /// As messages about it name it.
    var path: String
    var bytes: [UInt8]
  }

  var configuration: [UInt8]
  /// Calendars of the company's own.
  var calendars: [File] = []
  /// Templates of the company's own, named below their folder.
  var templates: [File] = []

  init(configuration: [UInt8]) { self.configuration = configuration }

  /// One JSON object; all of them are text, or nothing would run on them.
  var text: [UInt8] {
    func list(_ files: [File]) -> JSONValue {
      .array(files.map { .object(JSONObject([("path", .string($0.path)), ("text", .string($0.words))])) })
    }
    return Array(
      JSONObject([
        ("configuration", .string(String(decoding: configuration, as: UTF8.self))), ("calendars", list(calendars)),
        ("templates", list(templates)),
      ]).text.utf8)
  }

  /// Nil for anything else than `text`.
  init?(text: [UInt8]) {
    func list(_ value: JSONValue?) -> [File]? {
      guard let array = value?.array else { return nil }
      let files = array.compactMap { value -> File? in
        guard let path = value.object?["path"]?.string, let words = value.object?["text"]?.string else { return nil }
        return File(path: path, bytes: Array(words.utf8))
      }
      return files.count == array.count ? files : nil
    }
    guard let object = (try? JSONReader.value(text[...]))?.object,
      let configuration = object["configuration"]?.string, let calendars = list(object["calendars"]),
      let templates = list(object["templates"])
    else { return nil }
    self.configuration = Array(configuration.utf8)
    self.calendars = calendars
    self.templates = templates
  }
}

extension SiteFiles.File {
  fileprivate var words: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: - Reading them

extension SiteFiles {
  /// What is in `holidays` beside the configuration's file.
  mutating func readCalendars(beside file: String) throws(Site.Fault) {
    let folder = (file.folder.map { $0 + "/" } ?? "") + "holidays"
    for name in (try? FileReading.names(in: folder)) ?? [] where name.hasSuffix(".toml") {
      let path = folder + "/" + name
      calendars.append(File(path: path, bytes: try Self.whole(path)))
    }
  }

  /// What is in the folder of the templates, a folder for each language.
  mutating func readTemplates(in folder: String) throws(Site.Fault) {
    for language in try Self.names(in: folder) {
      for name in try Self.names(in: folder + "/" + language) where name.hasSuffix(".mustache") {
        let path = language + "/" + name
        templates.append(File(path: path, bytes: try Self.whole(folder + "/" + path)))
      }
    }
  }

  private static func whole(_ path: String) throws(Site.Fault) -> [UInt8] {
    do throws(SystemFault) { return try FileReading.whole(path).bytes } catch { throw .unreadable(error) }
  }

  /// None where there is no such folder. One that cannot be read is a fault: else customers would read our words in the place
  /// of the company's own.
  private static func names(in folder: String) throws(Site.Fault) -> [String] {
    do throws(SystemFault) {
      return try FileReading.names(in: folder)
    } catch {
      if error.isMissing { return [] }
      throw .unreadable(error)
    }
  }
}

extension String {
  /// The folder of a path; nil when it names none.
  fileprivate var folder: String? { lastIndex(of: "/").map { String(self[..<$0]) } }
}
