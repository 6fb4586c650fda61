import Defaults
import Foundation
import Testing

@Suite("The files inside of the binary")
struct ShippedFilesTests {
  @Test("are those of config/, byte by byte (else: touch Package.swift and build again)")
  func equal() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "config").resolvingSymlinksInPath()
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder.appending(path: path).path, isDirectory: &isFolder)
      return !isFolder.boolValue && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }
    #expect(ShippedFiles.all.map(\.path).sorted() == paths.sorted())
    for file in ShippedFiles.all {
      #expect(try Data(contentsOf: folder.appending(path: file.path)) == Data(file.text.utf8), "\(file.path)")
    }
  }

  @Test("are found by path and by folder")
  func found() {
    #expect(ShippedFiles.text("templates/en/first.mustache")?.hasPrefix("subject: ") == true)
    #expect(ShippedFiles.text("templates/en") == nil)
    #expect(ShippedFiles.below("templates/de").contains { $0.path == "final.mustache" })
  }
}
