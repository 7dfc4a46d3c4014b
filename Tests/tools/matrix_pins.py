"""The file of what the matrix consists of, and the table that says so."""

import pathlib

PATH = pathlib.Path(__file__).with_name("matrix.txt")
ROOT = pathlib.Path(__file__).parents[2]
PYTHONS = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]
ENDS = ["oldest", "newest"]
NONE = "none"  # in the place of an end: it installs, but doesn't work, and the rest of the line says why

# Every release of pytest-testmon 2.x on PyPI, and the data version that it writes.
RELEASES = {
    **dict.fromkeys(["2.0.0", "2.0.1", "2.0.2"], 8),
    **dict.fromkeys(["2.0.5", "2.0.6"], 9),
    **dict.fromkeys(["2.0.7", "2.0.8", "2.0.9", "2.0.11", "2.0.12"], 12),
    **dict.fromkeys(["2.0.13", "2.0.14", "2.0.15", "2.1.0", "2.1.1", "2.1.3", "2.1.4"], 13),
    "2.2.0": 14,
}

# The documents with a table, and the releases that it has there.
DOCUMENTS = {
    "docs/compatibility.md": list(RELEASES),
}

HEAD = """\
# What `make matrix` runs, one line a cell: the release of pytest-testmon, the Python, which end, and all that is
# installed. `make matrix MATRIX=--find` finds it out and writes it here. No line: that release doesn't install there.
"""


def read():
    """What is after the first three words of each line, by these."""
    lines = [line.split(maxsplit=3) for line in PATH.read_text().splitlines() if not line.startswith("#")]
    return {(release, python, end): rest for release, python, end, rest in lines}


def write(pins):
    order = [(release, python, end) for release in RELEASES for python in PYTHONS for end in [*ENDS, NONE]]
    lines = [" ".join([*key, pins[key]]) + "\n" for key in order if key in pins]
    PATH.write_text(HEAD + "".join(lines))


def version(requirements, name):
    """The version of one of the requirements."""
    versions = dict(word.split("==") for word in requirements.split())
    return versions[name]


def table(pins, releases=tuple(RELEASES), pythons=tuple(PYTHONS), troubles=None):
    """The table in Markdown. `troubles` says of an end in `pins` why it doesn't work, or why nobody knows."""
    notes, rows = [], []

    def note(reason):
        if reason not in notes:
            notes.append(reason)
        return "({})".format(notes.index(reason) + 1)

    def cell(release, python):
        if (release, python, NONE) in pins:
            return note(pins[release, python, NONE])
        keys = [(release, python, end) for end in ENDS if (release, python, end) in pins]
        words = []
        for name in "pytest", "pytest-xdist":
            ends = [version(pins[key], name) for key in keys]
            words.append("–".join(ends if ends[:1] != ends[1:] else ends[:1]))
        words += [note(troubles[key]) for key in keys if key in (troubles or {})]
        return "<br>".join(dict.fromkeys(word for word in words if word)) or "–"

    for release in releases:
        rows.append([release, str(RELEASES[release])] + [cell(release, python) for python in pythons])
    head = ["testmon", "data version"] + ["Python " + python for python in pythons]
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head)] + rows]
    if notes:
        lines += [""] + ["{}. {}".format(number, text) for number, text in enumerate(notes, 1)]
    return "\n".join(lines) + "\n"


def check():
    """Ends with a message where a document has another table than the file gives."""
    for name, releases in DOCUMENTS.items():
        # With the blank lines around it: a row too many is another table.
        if "\n\n{}\n".format(table(read(), releases)) not in (ROOT / name).read_text():
            command = " ".join(["python3 Tests/tools/matrix.py --table", *("--release " + each for each in releases)])
            raise SystemExit(
                "{}: its table of what works with what is not that of {}: put there what this prints: {}".format(
                    name, PATH.name, command if releases != list(RELEASES) else command.partition(" --release")[0]
                )
            )
