"""The links between the documents, and to their headings."""

import re

LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
FENCED = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)


def anchors(text):
    """The names that GitHub gives to the headings of a document."""
    found = {}
    for heading in HEADING.findall(FENCED.sub("", text)):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        count = found.get(name, 0)
        found[name] = count + 1
        if count:
            found["{}-{}".format(name, count)] = 1
    return set(found)


def broken(root, documents):
    """A line for each link that leads nowhere."""
    texts = {path: path.read_text(encoding="utf-8") for path in documents}
    known = {path.resolve(): anchors(text) for path, text in texts.items()}
    for path, text in texts.items():
        place = path.relative_to(root)
        prose = FENCED.sub(lambda fenced: "\n" * fenced.group().count("\n"), text)
        for link in LINK.finditer(prose):
            where = "{}:{}".format(place, prose.count("\n", 0, link.start()) + 1)
            target, _, anchor = link.group(1).partition("#")
            if target.startswith(("http:", "https:", "mailto:")):
                continue
            file = (path.parent / target).resolve() if target else path.resolve()
            if not file.exists():
                yield "{}: there is no {}".format(where, target)
            elif anchor and anchor not in known.get(file, ()):
                yield "{}: {} has no heading for #{}".format(where, target or place, anchor)
