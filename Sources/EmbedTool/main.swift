// EmbedTool FOLDER OUTPUT: writes the files below FOLDER as a Swift source that the module Defaults compiles.

import FoundationEssentials

struct EmbedError: Error, CustomStringConvertible {
  let description: String
}

/// Paths of the files below a folder, but for hidden ones.
func files(below folder: URL, prefix: String = "") throws -> [String] {
  var found: [String] = []
  for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !name.hasPrefix(".") {
    let url = folder.appending(path: name)
    var isFolder = false
    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    found += isFolder ? try files(below: url, prefix: prefix + name + "/") : [prefix + name]
  }
  return found.sorted()
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else { throw EmbedError(description: "usage: EmbedTool FOLDER OUTPUT") }
let folder = URL(filePath: arguments[1])
var source = "extension ShippedFiles {\n  static let embedded: [(path: String, text: String)] = [\n"
for path in try files(below: folder) {
  let bytes = try Data(contentsOf: folder.appending(path: path))
  guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\r") else {
    throw EmbedError(description: "config/\(path): only UTF-8 text with LF is embedded")
  }
  // As many # as no text between them has.
  var fence = "#"
  while text.contains("\"" + fence) || text.contains("\\" + fence) { fence += "#" }
  source += "    (\n\(fence)\"\(path)\"\(fence),\n\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)\n    ),\n"
}
source += "  ]\n}\n"
try Data(source.utf8).write(to: URL(filePath: arguments[2]), options: .atomic)
