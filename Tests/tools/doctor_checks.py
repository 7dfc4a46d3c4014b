#!/usr/bin/env python3
"""doctor_checks.py [--write|--check]: lists every check of doctor's with the faults that its tests make.

It reads the sources: each check's name, group and question (Sources/Commands/Doctor/Checks), and the faults
(Tests/ExecutableTests/DoctorFaults). A check without a fault is an error, but for those that `Fault.notMade` excuses.
--write puts the table of checks into docs/doctor.md, --check says whether it is there.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKS = ROOT / "Sources" / "Commands" / "Doctor"
PAGE = ROOT / "docs" / "doctor.md"
FAULTS = ROOT / "Tests" / "ExecutableTests" / "DoctorFaults"
STRING = r'"((?:[^"\\]|\\.)*)"'


def groups():
    """The groups' names in `--json`, in doctor's order, by their names in Swift."""
    text = (CHECKS / "Check.swift").read_text()
    body = text[text.index("enum CheckGroup") : text.index("var heading")]
    found = {}
    for case in re.findall(r"^  case (.+)$", body, re.MULTILINE):
        for name, _, value in (part.partition(" = ") for part in case.split(", ")):
            found[name] = value.strip('"') or name
    return found


def checks():
    """Group, name and question of every check, in the order of the groups and then of their names."""
    order = groups()
    found = []
    for path in CHECKS.glob("Checks/*/*.swift"):
        text = path.read_text()
        declared = re.search(r"((?:^///.*\n)+)struct \w+: Check \{", text, re.MULTILINE)
        if declared:
            question = " ".join(line[3:].strip() for line in declared[1].splitlines())
            name = re.search(r"let name = " + STRING, text)[1]
            group = re.search(r"let group = CheckGroup\.(\w+)", text)[1]
            found.append((order[group], name, question.split("?")[0] + "?"))
    names = list(order.values())
    return sorted(found, key=lambda check: (names.index(check[0]), check[1]))


def faults():
    """The faults of each check, and what `Fault.notMade` says."""
    text = "\n".join(path.read_text() for path in sorted(FAULTS.glob("*.swift")))
    made = {}
    for check, fault in re.findall(r"\bFault\(\s*" + STRING + r",\s*" + STRING, text):
        made.setdefault(check, []).append(re.sub(r"\\(.)", r"\1", fault))
    excuses = re.search(r"static let notMade(?:: \[String: String\])? = \[(.*?)\]", text, re.DOTALL)
    return made, dict(re.findall(STRING + r":\s*" + STRING, excuses[1]))


def page():
    """docs/doctor.md as it should be."""
    lines = ["| group | check | question |", "| --- | --- | --- |"]
    lines += ["| {} | `{}` | {} |".format(*check) for check in checks()]
    before, opening, rest = PAGE.read_text().partition("<!-- checks: written by 'make generate' -->\n")
    return before + opening + "\n".join(lines) + "\n" + rest[rest.index("<!-- end of checks") :]


def main(arguments):
    if arguments == ["--write"]:
        PAGE.write_text(page())
        return 0
    if arguments == ["--check"]:
        if PAGE.read_text() != page():
            print("docs/doctor.md: the table of checks isn't what it should be; run: make generate", file=sys.stderr)
            return 1
        return 0
    made, excused = faults()
    missing = []
    for group, name, question in checks():
        print("{}: {}: {}".format(group, name, question))
        for fault in made.get(name, []):
            print("    - " + fault)
        if name not in made:
            print("    (none: {})".format(excused.get(name, "MISSING")))
            if name not in excused:
                missing.append(name)
    print("{} checks, {} faults".format(len(checks()), sum(map(len, made.values()))))
    if missing:
        print("without a fault: " + ", ".join(missing), file=sys.stderr)
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
