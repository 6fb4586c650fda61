import Glibc

/// Where the system keeps its time zones, as files in TZif format.
package enum ZoneFiles {
  /// `$TZDIR`, or `/usr/share/zoneinfo`.
  package static var folder: String {
    getenv("TZDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo"
  }

  /// The file of a zone; nil when there is none. `name` must have passed a check that it cannot leave the folder.
  package static func bytes(of name: String) throws(SystemFault) -> [UInt8]? {
    do {
      return try FileReading.whole(folder + "/" + name).bytes
    } catch  where error.isMissing || error.code == EISDIR {
      return nil
    } catch {
      throw error
    }
  }

  /// The names that `tzdata` lists for people to choose from; empty when it lists none.
  package static var names: [String] {
    guard let table = try? FileReading.whole(folder + "/tzdata.zi").bytes else { return [] }
    var names: [String] = []
    for line in table.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count >= 2 else { continue }
      if words[0].elementsEqual("Z".utf8) { names.append(String(decoding: words[1], as: UTF8.self)) }
      if words[0].elementsEqual("L".utf8), words.count == 3 { names.append(String(decoding: words[2], as: UTF8.self)) }
    }
    return names.sorted()
  }
}
