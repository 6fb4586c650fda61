/// Several files read as one consistent state: none of them changed while they were read.
package struct SnapshotFiles: Sendable {
  package struct File: Sendable {
    package let bytes: [UInt8]
    package let identity: FileIdentity
  }

  /// What changed whenever one of the files did; compared before each batch of contacts.
  package struct Token: Hashable, Sendable {
    /// In the order of the paths; nil for a file that is not there.
    fileprivate let identities: [FileIdentity?]
  }

  package enum Fault: Error, Sendable, Equatable {
    case system(SystemFault)
    /// The files were different before and after reading, again and again.
    case keepsChanging(path: String)
  }

  /// By path; a file that does not exist is missing here.
  package let files: [String: File]
  package let token: Token

  /// How often files that change under the reader are read again.
  package static let triesMax = 5

  /// - Parameters:
  ///   - paths: files that may be absent.
  ///   - pause: called between two tries, so that a writer can finish.
  package init(_ paths: [String], pause: () -> Void = {}) throws(Fault) {
    var changed = ""
    for attempt in 0..<Self.triesMax {
      if attempt > 0 { pause() }
      let before = Self.token(of: paths)
      var files: [String: File] = [:]
      for (path, identity) in zip(paths, before.identities) where identity != nil {
        do {
          let (bytes, identity) = try FileReading.whole(path)
          files[path] = File(bytes: bytes, identity: identity)
        } catch  where error.isMissing {
          // Gone in between: the comparison below sees it.
        } catch {
          throw .system(error)
        }
      }
      let after = Self.token(of: paths)
      let read = Token(identities: paths.map { files[$0]?.identity })
      if before == after, read == before {
        self.files = files
        token = before
        return
      }
      changed =
        paths.indices.first {
          before.identities[$0] != after.identities[$0] || read.identities[$0] != before.identities[$0]
        }.map { paths[$0] } ?? ""
    }
    throw .keepsChanging(path: changed)
  }

  /// The present state of the files, without reading them.
  package static func token(of paths: [String]) -> Token {
    Token(identities: paths.map(FileReading.identity(of:)))
  }
}
