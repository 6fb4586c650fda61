/// The files of the folder `config/` as they were when the program was built: the configuration that it comes with,
/// its templates, its holidays. So a binary alone can write them out, and needs none of them to run the demo.
package enum ShippedFiles {
  /// Paths below `config/`, sorted, with their text: `templates/en/first.mustache`.
  package static let all: [(path: String, text: String)] = embedded

  /// Those below a folder such as `templates`, with the rest of their paths.
  package static func below(_ folder: String) -> [(path: String, text: String)] {
    let prefix = folder + "/"
    return all.filter { $0.path.hasPrefix(prefix) }.map { (String($0.path.dropFirst(prefix.count)), $0.text) }
  }

  /// The text of one file; nil when none was shipped under that path.
  package static func text(_ path: String) -> String? { all.first { $0.path == path }?.text }
}
