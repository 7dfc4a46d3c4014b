"""Does a command print what its document shows?

What a document shows may be an excerpt from the middle. In it `…` stands for anything within a line, and alone on a line
for any lines. Times, sizes and process ids differ from run to run: any will do.
"""

import re

ANY = "…"
VARYING = re.compile(r"(?P<rule>[=_-]{3,})|pid \d+|\d+(?:\.\d+)?(?P<unit> ?(?:ms|s|kB|MB))\b")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def difference(shown, printed):
    """None, or the first line of what is shown that isn't there."""
    patterns = [line.rstrip() for line in shown.splitlines() if line.strip()]
    lines = [COLOURS.sub("", line).rstrip() for line in printed.splitlines()]
    lines = [line for line in lines if line]
    furthest = 0
    for start in range(len(lines) + 1):
        done = _follow(patterns, lines[start:])
        if done == len(patterns):
            return None
        furthest = max(furthest, done)
    return patterns[furthest]


def _follow(patterns, lines):
    """How many of the patterns the lines begin with."""
    done, at, gap = 0, 0, False
    for line in patterns:
        if line.strip() == ANY:
            gap = True
        else:
            fits = re.compile(_pattern(line)).fullmatch
            while gap and at < len(lines) and not fits(lines[at]):
                at += 1
            if at == len(lines) or not fits(lines[at]):
                return done
            at, gap = at + 1, False
        done += 1
    return done


def _pattern(line):
    return ".*".join(_without_what_varies(part) for part in line.split(ANY))


def _without_what_varies(text):
    pattern, at = "", 0
    for match in VARYING.finditer(text):
        pattern += re.escape(text[at : match.start()])
        if match.group("rule"):
            pattern += re.escape(match.group("rule")[0]) + "{3,}"
        elif match.group("unit"):
            pattern += r"\d+(?:\.\d+)? ?" + match.group("unit").strip()
        else:
            pattern += r"pid \d+"
        at = match.end()
    return pattern + re.escape(text[at:])
