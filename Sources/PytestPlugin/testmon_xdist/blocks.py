"""The blocks of source files, by name: what testmon tells changed code by.

A block is the body of a function; the last one of a file is all the rest. testmon stores checksums alone, without names,
and only those of the blocks that a test has reached. So the names are kept in pytest's cache. Without it, as where nobody
but testmon has recorded, they can only be guessed.

The rest of a file is taken apart further, into scopes: what each class has outside of its methods, the head of each
function, and the module level.
"""
import ast
import re
import zlib

KEPT = "testmon-xdist/blocks"  # in pytest's cache: by file, its latest states
STATES = 3  # of a file: some tests may not have run since it was in an earlier one
MODULE = "<module>"  # the block that has all the rest; the scope of what is in no class and no function
MOST_LETTERS = 100000  # of the rest of a file that is taken apart: more is tables, in which nobody looks for a class
# In testmon's dump of a syntax tree: what begins a class or a function, texts, and brackets.
TOKEN = re.compile(
    r"""(?:ClassDef|FunctionDef|AsyncFunctionDef)\('(\w+)'|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[()]""", re.DOTALL
)


class State:
    """The blocks of a file at one time, in testmon's order.

    :param names: one by block; of a method, without its class
    :param scopes: a checksum by full name
    """

    def __init__(self, names, checksums, scopes):
        self.names = names
        self.checksums = checksums
        self.known = set(checksums)
        self.scopes = scopes

    def to_text(self):
        lines = zip(self.names, self.checksums), self.scopes.items()
        return "\n".join(" ".join("%s:%d" % pair for pair in line) for line in lines)

    @classmethod
    def from_text(cls, text):
        """:raises ValueError: where it is something else"""
        blocks, scopes = ([pair.rsplit(":", 1) for pair in line.split(" ")] for line in text.split("\n"))
        return cls(
            [name for name, _ in blocks],
            [int(checksum) for _, checksum in blocks],
            {name: int(checksum) for name, checksum in scopes},
        )


class Present(State):
    """A file as it is now, where it can be parsed.

    :param module: testmon's, with at least one block
    """

    def __init__(self, module):
        names = [block.name for block in module.blocks]
        names[-1] = MODULE
        super().__init__(names, module.method_checksums, _scopes(module.blocks[-1].code.partition(":")[2]))
        self.module = module
        self._full_names = None

    def full_name(self, number):
        """The name of a block with those of the classes and functions that it is in."""
        if self._full_names is None:
            self._full_names = dict(_functions(ast.parse(self.module.source_code), ""))
        return self._full_names.get((self.module.blocks[number].start, self.names[number]), self.names[number])

    def had(self, number, other_number, checksum):
        """Whether a block of this checksum and number had the contents that a block has now.

        testmon's checksum is that of the number and the contents: where a function was added, those after it have another.
        """
        from testmon.process_code import methods_to_checksums

        contents = self.module.blocks[number].code.partition(":")[2]
        return methods_to_checksums(["%d:%s" % (other_number, contents)])[0] == checksum


def _scopes(dump):
    """The checksum of each scope by its full name.

    :param dump: testmon's of a module, in which the bodies of functions are left out
    """
    if len(dump) > MOST_LETTERS:
        return {MODULE: zlib.crc32(dump.encode("utf-8", "replace"))}
    texts = {MODULE: []}
    stack = [(MODULE, 0)]  # the scopes around the place, each with how many brackets are open in it
    place = 0
    for token in TOKEN.finditer(dump):
        name, depth = stack[-1]
        if token.group(1):
            full_name = token.group(1) if name == MODULE else "%s.%s" % (name, token.group(1))
            texts[name].append(dump[place : token.end()])
            texts.setdefault(full_name, [])
            stack.append((full_name, 1))
            place = token.end()
        elif token.group() == "(":
            stack[-1] = (name, depth + 1)
        elif token.group() == ")":
            stack[-1] = (name, depth - 1)
            if depth == 1 and len(stack) > 1:
                texts[name].append(dump[place : token.end()])
                stack.pop()
                place = token.end()
    texts[MODULE].append(dump[place:])
    return {name: zlib.crc32("\0".join(parts).encode("utf-8", "replace")) for name, parts in texts.items()}


def _functions(node, prefix):
    """The full names of the functions below a node, by the line where their body starts and their own names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, prefix + child.name + ".")
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield (child.body[0].lineno, child.name), prefix + child.name
            yield from _functions(child, prefix + child.name + ".")
        elif not isinstance(child, ast.expr):
            yield from _functions(child, prefix)


def known_states(config):
    """By file, its latest states, the last one first."""
    return {file: _states(texts) for file, texts in _kept(getattr(config, "cache", None)).items()}


def remember(config, source_tree):
    """Keeps the blocks of the files that testmon has taken apart in this run: of none, if nothing had to be recorded."""
    cache = getattr(config, "cache", None)
    parsed = {
        file: Present(module).to_text()
        for file, module in source_tree.cache.items()
        if module is not None and module.ext == "py" and module._blocks
    }
    if cache is None or not parsed:
        return
    kept = _kept(cache)
    new = {file: text for file, text in parsed.items() if kept.get(file, [])[:1] != [text]}
    for file, text in new.items():
        kept[file] = [text] + [other for other in kept.get(file, []) if other != text][: STATES - 1]
    if new:
        cache.set(KEPT, kept)


def _kept(cache):
    """What pytest's cache has; anybody may have written there."""
    kept = cache.get(KEPT, {}) if cache is not None else {}
    if not isinstance(kept, dict):
        return {}
    return {file: texts for file, texts in kept.items() if isinstance(texts, list)}


def _states(texts):
    states = []
    for text in texts:
        try:
            states.append(State.from_text(text))
        except (ValueError, AttributeError):
            pass
    return states
