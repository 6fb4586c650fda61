// swift-tools-version: 6.2
import PackageDescription

// The arrows between the targets are the architecture: docs/architecture.md draws them, HouseTests keeps them.

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

/// With DUNNINGD_FUZZ=1 the rooms count the branches that they take, for scripts/fuzz; nothing else changes by it.
let isFuzzing = Context.environment["DUNNINGD_FUZZ"] == "1"
let counted = house + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])

func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: counted)
}

func tests(
  _ name: String, _ imports: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name, dependencies: imports, exclude: exclude, resources: resources, swiftSettings: house)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// libFuzzer without its main, from beside the compiler: scripts/fuzz says where that is.
let fuzzer = [Context.environment["DUNNINGD_FUZZER_LIBRARY"] ?? "", "-lstdc++", "-lm"]

let package = Package(
  name: "dunningd",
  products: [
    .executable(name: "dunningd", targets: ["dunningd"]),
    .executable(name: "dunningd-simulate", targets: ["SimulateTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    // Core: values in, values out.
    room("Units"),
    room("Ledger", ["Units"]),
    room("Intake", ["Ledger"]),
    room("Receivables", ["Ledger"]),
    room("Decisions", ["Receivables"]),
    room("Letters", ["Decisions", crypto, mustache]),
    room("Journal", ["Decisions", crypto]),
    room("Incoming", ["Decisions"]),
    room("TOML"),
    room("Settings", ["TOML", "Decisions"]),

    // The files of config/ inside of the binary; EmbedTool writes them as Swift source while building.
    .executableTarget(name: "EmbedTool", swiftSettings: house),
    .plugin(name: "EmbedDefaults", capability: .buildTool(), dependencies: ["EmbedTool"]),
    .target(name: "Defaults", swiftSettings: house, plugins: ["EmbedDefaults"]),

    // The manual pages, from the program's help and docs/.
    .executableTarget(name: "ManualTool", swiftSettings: house),

    // World: each room owns one piece of it and knows bytes, not invoices.
    room("Storage"),
    .systemLibrary(
      name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CCurl", dependencies: ["CLibcurl"]),
    room("Delivery", ["CCurl"]),
    room("Sink"),
    room("Supervision"),

    // Where all meet.
    room(
      "Daemon",
      [
        "Intake", "Letters", "Journal", "Incoming", "Settings", "Storage", "Delivery", "Supervision", "Defaults",
        crypto, logging,
      ]),
    room("Simulation", ["Daemon"]),
    .executableTarget(name: "SimulateTool", dependencies: ["Simulation"], swiftSettings: house),
    room("Commands", ["Daemon", "Sink", arguments]),
    .executableTarget(name: "dunningd", dependencies: ["Commands"], swiftSettings: house),

    // Figures of docs/performance.md, printed beside what they are compared with.
    .executableTarget(
      name: "JournalBenchmark", dependencies: ["Daemon"], path: "Benchmarks/JournalBenchmark", swiftSettings: house),
    .executableTarget(
      name: "DecideBenchmark", dependencies: ["Daemon"], path: "Benchmarks/DecideBenchmark",
      exclude: ["ageing.py", "compare.py"],
      swiftSettings: house),

    tests("HouseTests", []),
    tests("UnitsTests", ["Units"]),
    tests("LettersTests", ["Letters", "Defaults"], exclude: ["Golden"]),
    tests("TOMLTests", ["TOML"]),
    tests("ReceivablesTests", ["Receivables"]),
    tests("DecisionsTests", ["Decisions"]),
    tests("JournalTests", ["Journal"], exclude: ["Golden"]),
    tests("StorageTests", ["Storage"]),
    tests("DaemonTests", ["Daemon"]),
    tests("SimulationTests", ["Simulation"], exclude: ["Planted"]),
    tests(
      "SettingsTests", ["Settings", "Decisions", "Ledger", "Units"],
      resources: [.copy("Bad"), .copy("Doubtful"), .copy("Good")]),
    tests("DeliveryTests", ["Delivery", "CCurl"]),
    tests("IntakeTests", ["Intake"]),
    tests("IncomingTests", ["Incoming"]),
    tests("CommandsTests", ["Commands", "Daemon", "Incoming"]),
    tests("SinkTests", ["Sink", "Delivery"]),
    tests("SupervisionTests", ["Supervision"]),
    tests("ManualToolTests", ["ManualTool"]),

    // The release binary as users run it, against servers of Tests/Support.
    tests("EndToEndTests", [], exclude: ["Golden", "Stories"]),

    // What reads strangers' bytes, as inputs of a fuzzer and of a test that replays its corpus.
    .target(
      name: "FuzzTargets",
      dependencies: ["Intake", "Letters", "Journal", "Incoming", "Settings", "Delivery", "Defaults", crypto],
      path: "Fuzz/Targets",
      swiftSettings: counted),
    tests("FuzzTests", ["FuzzTargets"]),
  ]
    + (isFuzzing
      ? [
        .executableTarget(
          name: "dunningd-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Driver", swiftSettings: house,
          linkerSettings: [.unsafeFlags(fuzzer)])
      ] : [])
)
