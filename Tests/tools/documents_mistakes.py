"""Mistakes in documents, each of which must be found: a check that finds none would look the same as good documents."""

import documents_blocks
import documents_follow
import documents_links
from documents_blocks import Wrong

# What is written, and a part of what must be said of it.
MISTAKES = [
    ("```bash\nls\n```", "what is a block of 'bash'?"),
    ("```\npytest --testmon\n```", "a block with commands is one of 'sh'"),
    ("```text\nout\n```", "is the output of a block of 'sh'"),
    ("```toml\na = 1\n```", "which file is this?"),
    ("<!-- not run: -->\n```sh\nls\n```", "why is it not run?"),
    ("<!-- status: 1 -->\n\nText.", "no block follows the comment"),
    ("<!-- statsu: 1 -->\n```sh\nfalse\n```", "what does 'statsu: 1' mean"),
    ("```sh\nls", "this block has no end"),
    ("[there](no.md)", "there is no no.md"),
    ("# Here\n\n[there](#there)", "has no heading for #there"),
    ("```sh\ntrue\nfalse\ntrue\n```", "exit status 1 of this"),
    ("```sh\ntestmon-xdits status\n```", "exit status 127 of this"),
    ("```sh\necho one\n```\n```text\ntwo\n```", "this isn't printed: two"),
    ("```sh\necho one; echo two; echo three\n```\n```text\none\nthree\n```", "this isn't printed: three"),
    ("<!-- status: 3 -->\n```sh\n(exit 2)\n```", "ended with 2"),
    ("```sh\ntrue\n```\n```sh\nfalse\n```", "doc.md:4: exit status 1"),
    ("```sh\nmkdir .testmon_xdist\n```", "leaves a run behind"),
    ("<!-- in a clone -->\n```sh\nmake whell\n```", "No rule to make target"),
    ("```yaml\nt:\n  script: [echo done]\n```", "the first run: not [0-9] passed"),
    ("```yaml\nt:\n  script: [echo 1 passed]\n  cache: {paths: [kept]}\n```", "the first run left no kept to keep"),
    ("```yaml\nt:\n  script: [touch kept; echo 1 passed]\n  cache: {paths: [kept]}\n```", "the second run: not no tests ran"),
    ("```yaml\nt: [\n```", "this isn't understood"),
    ("```dockerfile\nFROM python\n```", "there is no command in it"),
]


def overlooked(surroundings):
    """A line for each mistake that isn't found."""
    for number, (text, expected) in enumerate(MISTAKES):
        found = _found(text, surroundings.folder / "mistakes" / str(number), surroundings)
        if expected not in found:
            yield "a mistake isn't found, or not rightly:\n{}\nexpected: {}\nfound: {}".format(text, expected, found or "none")


def _found(text, folder, surroundings):
    folder.mkdir(parents=True)
    path = folder / "doc.md"
    path.write_text(text + "\n")
    try:
        blocks, beginning = documents_blocks.read(path, "doc.md")
        documents_blocks.check(blocks)
        broken = list(documents_links.broken(folder, [path]))
        if not broken:
            documents_follow.Document("doc.md", blocks, beginning, surroundings, folder).follow()
        return "\n".join(broken)
    except Wrong as wrong:
        return str(wrong)
