import Foundation
import PackagePlugin

/// Puts every file below `config/` into the module Defaults as Swift source, whenever one of them changed.
@main
struct EmbedDefaults: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "config").resolvingSymlinksInPath()
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    // Folders are inputs too: SwiftPM keeps this plan until Package.swift changes, and a new file changes its folder.
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    return [
      .buildCommand(
        displayName: "Embedding config/",
        executable: try context.tool(named: "EmbedTool").url,
        arguments: [folder.path, output.path],
        inputFiles: [folder] + paths.map { folder.appending(path: $0) },
        outputFiles: [output])
    ]
  }
}
