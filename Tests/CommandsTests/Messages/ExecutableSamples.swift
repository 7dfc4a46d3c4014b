import Testing

/// What the executable says when it is provoked: a script each, in a project of its own.
enum ExecutableSamples {
  static func all() throws -> [Sample] {
    try (small + pythons + plugin + runs).map { script, place, next in
      Sample(try Provocation().run(script), place: place, next: next)
    } + (try held())
  }

  private typealias Case = (script: String, place: String, next: String)

  private static let small: [Case] = [
    ("testmon-xdist status --rootdir none", "'none'", "name the one"),
    ("mkdir gone; cd gone; rmdir ../gone; testmon-xdist status", "the current folder", "go to one"),
    (
      #"d=$(printf 'a\377'); mkdir "$d"; cd "$d"; testmon-xdist controller -- true"#, "the current folder",
      "rename the folder"
    ),
    ("testmon-xdist status >/dev/full", "standard output", "make room"),
    ("testmon-xdist controller -- none", "none", "it must be in PATH"),
    ("testmon-xdist controller -- ./pytest.ini", "./pytest.ini", "ls -l ./pytest.ini"),
    (
      "touch -d @0 .testmondata; echo nonsense >.testmondata; testmon-xdist controller --detach --python $PYTHON",
      ".testmondata", "mv "
    ),
  ]

  private static let pythons: [Case] = [
    ("x=$(command -v testmon-xdist); PATH=/none; $x controller --detach", "PATH", "--python PATH"),
    ("testmon-xdist controller --detach --python /bin/false", "/bin/false", "testmon-xdist doctor"),
    ("testmon-xdist controller --detach --python /etc/passwd", "/etc/passwd", "--python PATH"),
    (
      "mkdir -p .venv/bin; cp /bin/true .venv/bin/python; chmod 777 .venv/bin/python; x=$(command -v testmon-xdist); PATH=/none; $x controller --detach",
      ".venv/bin/python", "--python "
    ),
  ]

  /// As if the plugin said it.
  private static let plugin: [Case] = [
    ("testmon-xdist worker gw0 --reader 3", "standard input", "testmon-xdist controller -- pytest"),
    ("testmon-xdist controller --companion 2.1.0", "0.1.0", "reinstall"),
    ("testmon-xdist controller --companion 9999", "protocol 9999", "reinstall"),
    (companion(#"{"testmon": "1.4.6", "facts": null, "python": "/v/python"}"#), "1.4.6", "/v/python -m pip install"),
    (companion(report(owner: "2147483647")), "pid 2147483647", "start it again"),
    (companion(report(owner: "$$", xdist: "1.28.0")), "1.28.0", "/v/python -m pip install"),
    (companion(report(owner: "$$") + "\\nnonsense"), "plugin", "reinstall"),
    (
      compare(#""data_version": null, "python_version": "3.12.1", "packages": []"#), "ssh=there",
      "/t/python -m pip install"
    ),
    (compare(#""data_version": 13, "python_version": "3.12.1", "packages": []"#), "ssh=there", "make it like"),
    (compare(#""data_version": 14, "python_version": "3.11.1", "packages": []"#), "ssh=there", "make it like"),
    (compare(#""data_version": 14, "python_version": "3.12.1", "packages": ["a 1"]"#), "ssh=there", "make it like"),
    (
      companion(report(owner: "$$")) + "\n"
        + #""$PYTHON" -c 'import sqlite3; sqlite3.connect(".testmondata").execute("PRAGMA user_version = 13")'"# + "\n"
        + companion(report(owner: "$$")), ".testmondata.v13.bak", "to go back"
    ),
    (reader(report(owner: "$$", rootdir: "/other")), "/other", "--rootdir "),
    (
      "\(say(report(owner: "$$"))) | TESTMON_XDIST_WORKER_ID=gw0 testmon-xdist worker gw0 --reader 3",
      "TESTMON_XDIST_WORKER_ID", "run: unset TESTMON_XDIST_WORKER_ID"
    ),
    (
      reader(report(owner: "$$"), "TESTMON_XDIST_ENVIRONMENT_ID=x"), "TESTMON_XDIST_WORKER_ID",
      "unset TESTMON_XDIST_WORKER_ID"
    ),
    (
      reader(report(owner: "$$"), "TESTMON_XDIST_ENVIRONMENT_ID=1", "TESTMON_XDIST_DATA_VERSION=13"), "data version 14",
      "use the same pytest-testmon"
    ),
    (
      reader(
        report(owner: "$$", packages: "other 1"), "TESTMON_XDIST_ENVIRONMENT_ID=1", "TESTMON_XDIST_DATA_VERSION=14"),
      "other 1", "testmon-xdist controller --python /v/python --environment NAME"
    ),
  ]

  private static let here = #"'"$PWD"'"#

  private static func report(
    owner: String, rootdir: String = here, packages: String = "pytest 8.3", xdist: String? = nil
  ) -> String {
    #"{"testmon": "2.2.0", "python": "/v/python", "xdist": \#(xdist.map { "\"\($0)\"" } ?? "null"), "facts": {"#
      + #""rootdir": "\#(rootdir)", "database_path": "'"$PWD"'/.testmondata", "data_version": 14, "#
      + #""environment_name": "default", "system_packages": "\#(packages)", "python_version": "3.12.1", "#
      + #""expected_workers": 0, "owner_pid": '"\#(owner)"', "history_folder": null}}"#
  }

  private static func say(_ message: String) -> String { #"printf '\#(message)\n'"# }
  private static let asPlugin = "TESTMON_XDIST_CONTROLLER_PRECREATION=true testmon-xdist controller --companion 3"
  private static func companion(_ message: String) -> String { "\(say(message)) | \(asPlugin)" }

  /// While a run is live.
  private static func reader(_ message: String, _ variables: String...) -> String {
    during(
      #"id=$(sed -n 's/.*"run_id":"\([0-9a-f]*\)".*/\1/p' out); "# + say(message)
        + " | env TESTMON_XDIST_WORKER_ID=gw0 TESTMON_XDIST_ROOTDIR=$PWD TESTMON_XDIST_RUN_ID=$id "
        + variables.joined(separator: " ") + " testmon-xdist worker gw0 --reader 3")
  }

  private static func during(_ script: String) -> String {
    "{ \(say(report(owner: "$$"))); until [ -e done ]; do sleep 0.02; done; } | \(asPlugin) >out & "
      + "until grep -q ready out; do sleep 0.02; done; \(script); touch done; wait"
  }

  private static func compare(_ other: String) -> String {
    let here =
      #"{"python": "/h/python", "worker": "popen", "data_version": 14, "python_version": "3.12.1", "packages": []}"#
    let there = #"{"python": "/t/python", "worker": "ssh=there", \#(other)}"#
    return #"printf '{"here": \#(here), "there": [\#(there)]}\n' | testmon-xdist controller --compare 3"#
  }

  private static let wrapped = "testmon-xdist controller -- "
  private static let runs: [Case] = [
    (wrapped + "touch .testmon_xdist/precious", "precious", "ls -la "),
    (
      wrapped + "testmon-xdist controller --python $PYTHON", "testmon-xdist controller -- ...",
      "leave the inner controller out"
    ),
    (wrapped + "testmon-xdist cleanup", "pid ", "testmon-xdist cleanup --force"),
    ("mkdir -m 700 .testmon_xdist; touch .testmon_xdist/precious; testmon-xdist cleanup", "precious", "ls -la "),
    (
      "mkdir -m 700 .testmon_xdist; flock .testmon_xdist/lock testmon-xdist cleanup", "a run",
      "testmon-xdist cleanup --force"
    ),
    (
      "mkdir -m 700 .testmon_xdist; flock .testmon_xdist/lock testmon-xdist cleanup --force", ".testmon_xdist",
      "fuser -v "
    ),
    (
      during("testmon-xdist cleanup"), "the run of pytest (pid ",
      "testmon-xdist cleanup --force"
    ),
    // What is done is told without advice.
    (
      "mkdir -m 700 .testmon_xdist; touch .testmon_xdist/lock; testmon-xdist cleanup --dry-run", ".testmon_xdist",
      "would remove"
    ),
    ("testmon-xdist cleanup", "/project", "nothing to clean up"),
    (
      "mkdir -m 700 .testmon_xdist; mkdir .testmon_xdist/controller_ready.json; testmon-xdist controller -- true",
      "controller_ready.json", "rm -r "
    ),
  ]

  /// While one run is held open, which takes longest to begin.
  private static func held() throws -> [Sample] {
    let project = try Provocation()
    let begun = try project.run("testmon-xdist controller --detach --quiet --python $PYTHON")
    var samples: [Sample] = []
    try #require(begun == "")
    for (script, place, next) in [
      // Not in the shell that began it, which is a part of that run.
      ("TESTMON_XDIST_LOCK_TIMEOUT=0.3 testmon-xdist controller -- true", "pid ", "testmon-xdist cleanup"),
      (#"testmon-xdist worker gw0 -- testmon-xdist cleanup"#, "gw0", "testmon-xdist cleanup --force"),
      ("TESTMON_XDIST_RUN_ID=other testmon-xdist worker gw1", "other", "testmon-xdist controller --detach"),
    ] {
      samples.append(Sample(try project.run(script), place: place, next: next))
    }
    samples.append(
      Sample(
        try project.run(
          """
          testmon-xdist cleanup
          testmon-xdist controller --workers 1 --timeout 0.05 --python $PYTHON 2>log &
          until grep -q Worker log; do sleep 0.02; done
          cat log; testmon-xdist cleanup; wait
          """), place: "0/1", next: "testmon-xdist status"))
    return samples
  }
}
