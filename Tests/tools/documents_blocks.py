"""The fenced blocks of a Markdown document, and the comments before them that say what is to be done with them."""

import dataclasses
import re
import textwrap

FENCE = re.compile(r"^( *)(`{3,}) *([\w-]*) *$")
# What stands in a comment of its own, right before a block. CONTRIBUTING.md tells what each means.
MARK = re.compile(r"^(not run|status|file|in a clone|begins with)(?:: ?(.*))?$", re.DOTALL)

OUTPUT, HIDDEN = "text", "run"
SHELL = ("sh", HIDDEN)
RECIPES = ("yaml", "groovy", "dockerfile")
FILES = ("toml", "ini", "python")
LANGUAGES = ("sh", OUTPUT, *RECIPES, *FILES, "")
# What a block without a language may not begin a line with: nobody would notice when it stops working.
COMMANDS = re.compile(
    r"^(\$ |testmon-xdist (controller|worker|status|cleanup|doctor|help|-)|pytest -"
    r"|(pip|python3?|make|export|docker|git|ssh|eval|cat|sed) )",
    re.MULTILINE,
)


@dataclasses.dataclass
class Block:
    document: str
    line: int
    language: str
    text: str
    marks: dict

    @property
    def place(self):
        return "{}:{}".format(self.document, self.line)

    @property
    def reason(self):
        """Why it isn't run; None if it is."""
        return self.marks.get("not run")


class Wrong(Exception):
    """A document that isn't as it should be; the message begins with the place."""


def read(path, name):
    """The blocks of a document, and what it says about the folder that it begins in."""
    lines = path.read_text(encoding="utf-8").splitlines()
    blocks, marks, beginning, unknown, number = [], {}, None, None, 0
    while number < len(lines):
        first = number
        line = lines[number]
        fence = FENCE.match(line)
        if fence:
            if unknown:
                raise Wrong("{}:{}: what does '{}' mean, before a block?".format(name, first + 1, unknown))
            indent, ticks, language = fence.groups()
            number = _find(lines, number + 1, indent + ticks, name)
            text = "\n".join(line.removeprefix(indent) for line in lines[first + 1 : number])
            blocks.append(Block(name, first + 1, language, text, marks))
            marks = {}
        elif line.lstrip().startswith("<!--"):
            while "-->" not in lines[number]:
                number += 1
                if number == len(lines):
                    raise Wrong("{}:{}: this comment has no end".format(name, first + 1))
            comment = "\n".join(lines[first : number + 1]).strip()[4:-3].strip()
            mark, unknown = MARK.match(comment), None
            if comment.startswith(HIDDEN + "\n"):
                text = textwrap.dedent(comment.partition("\n")[2])
                blocks.append(Block(name, first + 1, HIDDEN, text, marks))
                marks = {}
            elif mark and mark.group(1) == "begins with":
                beginning = mark.group(2)
            elif mark:
                marks = dict(marks, **{mark.group(1): " ".join((mark.group(2) or "").split())})
            else:
                unknown = comment
        elif line.strip():
            if marks:
                raise Wrong("{}:{}: no block follows the comment before this".format(name, first + 1))
            unknown = None
        number += 1
    return blocks, beginning


def _find(lines, number, end, name):
    for later in range(number, len(lines)):
        if lines[later].rstrip() == end:
            return later
    raise Wrong("{}:{}: this block has no end".format(name, number))


def check(blocks):
    """Whether each block is run, is the output of one that is run, or says why not."""
    before = None
    for block in blocks:
        problem = _problem(block, before)
        if problem:
            raise Wrong("{}: {}".format(block.place, problem))
        before = block


def _problem(block, before):
    if block.language not in LANGUAGES + SHELL:
        return "what is a block of '{}'? known are {}".format(block.language, ", ".join(filter(None, LANGUAGES)))
    if block.reason is not None:
        return None if block.reason else "why is it not run? Say it after 'not run:'"
    if block.language == OUTPUT and (before is None or before.language != "sh" or before.reason is not None):
        return "a block of 'text' is the output of a block of 'sh' that stands before it and is run"
    if block.language in FILES and "file" not in block.marks:
        return "which file is this? Say it in a comment before it: <!-- file: NAME -->"
    if block.language == "" and COMMANDS.search(block.text):
        return "a block with commands is one of 'sh'"
    return None
