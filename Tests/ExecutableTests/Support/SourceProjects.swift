/// An open-source project, from its source archive, with what is edited in it.
struct SourceProject: Sendable {
  let name: String
  /// A file of its package.
  let module: String
  /// A function in that file that some of the tests call.
  let function: String
  /// A file of its tests.
  let testFile: String
  /// A test in that file, without decorators.
  let test: String

  var renamedTestFile: String { testFile.replacing("test_", with: "test_renamed_") }

  /// What stands for each in the causes that are expected.
  var names: KeyValuePairs<String, String> {
    ["FUNCTION": function, "MODULE": module, "TESTS": testFile, "TEST": test, "RENAMED": renamedTestFile]
  }

  /// Those of environments.txt.
  static let all = [
    SourceProject(
      name: "inflection", module: "inflection/__init__.py", function: "tableize",
      testFile: "test_inflection.py", test: "test_pluralize_empty_string"),
    SourceProject(
      name: "semver", module: "src/semver/version.py", function: "finalize_version",
      testFile: "tests/test_bump.py", test: "test_should_bump_major"),
    SourceProject(
      name: "tabulate", module: "tabulate/__init__.py", function: "_more_generic",
      testFile: "test/test_internal.py", test: "test_multiline_width"),
    SourceProject(
      name: "webcolors", module: "src/webcolors/_conversion.py", function: "hex_to_name",
      testFile: "tests/test_conversion.py", test: "test_hex_to_name_unnamed_in_any"),
  ]
}
