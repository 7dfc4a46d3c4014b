// swift-tools-version: 6.2
import PackageDescription

// Each folder of Sources/ is a target, so that the compiler keeps the floors apart: a target sees only what it
// names here. From the roof to the ground:
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  // A file sees the members of what it imports itself. Without this TOMLKit's `import Foundation` leaks everywhere, and
  // one call of a Foundation method on String makes the executable four times as large.
  .enableUpcomingFeature("MemberImportVisibility"),
]

// The executable has them inside; PytestPlugin.swift says where each goes.
let pluginSources =
  ["inspect_python.py", "rehearse.py", "testmon_xdist_plugin.py"]
  + [
    "__init__",
    "below_command",
    "blocks",
    "border",
    "causes",
    "changes",
    "collection",
    "companion",
    "controlling",
    "cores",
    "delivery",
    "durations",
    "executable",
    "facts",
    "handover",
    "measuring",
    "messages",
    "misspelt",
    "nodeids",
    "other_pythons",
    "planning",
    "plugin",
    "probe",
    "progress",
    "receiver",
    "rehearsal",
    "schedulers",
    "scheduling",
    "settings",
    "testmon_api",
    "testmon_collector",
    "testmon_data",
    "testmon_db",
    "text",
    "unknown_tests",
    "variables",
    "work",
    "wrapper",
    "xdist_api",
    "xdist_worker",
  ].map { "testmon_xdist/\($0).py" }

let package = Package(
  name: "testmon-xdist",
  products: [.executable(name: "testmon-xdist", targets: ["testmon-xdist"])],
  dependencies: [.package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0")],
  targets: [
    .executableTarget(name: "testmon-xdist", dependencies: ["Commands", "Platform"], swiftSettings: strict),
    .target(
      name: "Commands",
      dependencies: [
        "CommandLine", "Settings", "Coordination", "Planning", "Testmon", "Platform", "PytestPlugin", "Text",
        "Variables",
      ],
      swiftSettings: strict),
    .target(name: "CommandLine", dependencies: ["Settings", "Text", "Variables"], swiftSettings: strict),
    .target(name: "Settings", dependencies: ["Text", "Variables", "TOMLKit"], swiftSettings: strict),
    .target(
      name: "Coordination", dependencies: ["Planning", "Testmon", "SQLite", "Platform", "Text"], swiftSettings: strict),
    .target(name: "Planning", dependencies: ["Text"], swiftSettings: strict),
    .target(name: "Testmon", dependencies: ["SQLite", "Platform", "Text", "Variables"], swiftSettings: strict),
    .target(name: "Text", swiftSettings: strict),
    .target(name: "Variables", swiftSettings: strict),
    .target(name: "SQLite", dependencies: ["CSQLite", "Platform"], swiftSettings: strict),
    .target(name: "Platform", dependencies: ["CLinux"], swiftSettings: strict),
    .systemLibrary(name: "CSQLite"),
    .target(name: "CLinux"),
    .target(name: "PytestPlugin", resources: pluginSources.map { .embedInCode($0) }, swiftSettings: strict),

    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "Commands", "CommandLine", "Settings", "Coordination", "Planning", "Testmon", "Platform", "PytestPlugin",
        "Variables",
      ],
      swiftSettings: strict),
    .testTarget(name: "CommandLineTests", dependencies: ["CommandLine", "Settings", "Text"], swiftSettings: strict),
    .testTarget(name: "SettingsTests", dependencies: ["Settings", "Text", "Variables"], swiftSettings: strict),
    .testTarget(
      name: "CoordinationTests", dependencies: ["Coordination", "Planning", "SQLite", "Platform"], swiftSettings: strict
    ),
    .testTarget(name: "PlanningTests", dependencies: ["Planning"], swiftSettings: strict),
    .testTarget(name: "TestmonTests", dependencies: ["Testmon", "SQLite"], swiftSettings: strict),
    .testTarget(name: "PlatformTests", dependencies: ["Platform"], swiftSettings: strict),
    .testTarget(name: "ExecutableTests", dependencies: ["SQLite", "Platform"], swiftSettings: strict),
  ]
)
