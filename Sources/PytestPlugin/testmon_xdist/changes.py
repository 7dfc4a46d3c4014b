"""What has changed in source files, and which tests that makes run."""
from . import blocks

FILES_AT_ONCE = 500  # in one query: SQLite takes a limited number of parameters
MOST_NAMES = 5  # of blocks by which one file is told to have changed
MOST_FILES = 20  # of which that is told by name
MOST_PAIRS = 10000  # of blocks of one name that are compared: a generated file may have thousands


def affected_tests(data, among):
    """By changed file, the tests that it affects; several files may affect the same one.

    :param data: testmon's, which has just made its selection
    :param among: the tests that count
    """
    found = {}
    for file, test, checksums in _recorded(data):
        if test in among and not checksums.issubset(_checksums_now(data, file)):
            found.setdefault(file, set()).add(test)
    return found


def causes(config, data):
    """Each affected test with what has changed, a cause as in ``causes``. A test may come several times."""
    recorded = list(_recorded(data))
    everything = {}  # by file, all that tests depend on in it
    for file, _, checksums in recorded:
        everything.setdefault(file, set()).update(checksums)
    names_blocks = len(everything) <= MOST_FILES  # else nobody reads them, as after a change of branches
    states = blocks.known_states(config) if recorded and names_blocks else {}
    files, known = {}, {}
    for file, test, checksums in recorded:
        if (file, checksums) not in known:
            if file not in files:
                files[file] = _ChangedFile(data, file, states.get(file, []), everything[file])
            known[file, checksums] = files[file].causes(checksums)
        for kind, name in known[file, checksums]:
            yield test, (kind, file, name if names_blocks else None)


def _checksums_now(data, file):
    module = data.source_tree.get_file(file)  # None where the file is gone
    return set(module.method_checksums) if module else set()


def _recorded(data):
    """What the tests depend on in changed files: file, test, and the checksums of the blocks."""
    from testmon.process_code import blob_to_checksums

    query = """
        SELECT filename, test_name, method_checksums
        FROM test_execution te
        JOIN test_execution_file_fp ON test_execution_id = te.id
        JOIN file_fp ON file_fp.id = fingerprint_id
        WHERE te.{} = ? AND filename IN ({})
    """
    files = sorted(data.db.changed_files)
    sets = {}
    for start in range(0, len(files), FILES_AT_ONCE):
        some = files[start : start + FILES_AT_ONCE]
        sql = query.format(data.db._test_execution_fk_column(), ", ".join("?" * len(some)))
        for file, test, blob in data.db.con.execute(sql, [data.exec_id] + some):
            if blob not in sets:
                sets[blob] = frozenset(blob_to_checksums(blob))
            yield file, test, sets[blob]


class _ChangedFile:
    """A file whose contents the data doesn't know.

    :param states: the file's that are known by name, the last one first
    :param everything: the checksums of all that tests depend on in it
    """

    def __init__(self, data, file, states, everything):
        from testmon.process_code import methods_to_checksums

        self.not_run = set(methods_to_checksums(["0match"]))  # of a test that was collected, and has not run
        self.states = states
        self.everything = everything
        self.differences = {}
        self.now = None
        self.kind = "gone"
        module = data.source_tree.get_file(file)
        if module is not None:
            self.kind = "changed"
            if module.ext == "py" and module.blocks:
                self.now = blocks.Present(module)
            elif module.ext == "py" and module.source_code.strip():
                self.kind = "unparsable"

    def causes(self, checksums):
        """Kinds and names of what affects a test that depends on these blocks; empty where nothing does."""
        if checksums == self.not_run:
            return [("unfinished", None)]
        if self.now is None:
            return [(self.kind, None)]
        missing = checksums - self.now.known
        if not missing:
            return []
        for state in self.states:
            if missing.issubset(state.known):
                if state not in self.differences:
                    self.differences[state] = _Difference(state, self.now)
                return self.differences[state].causes(missing) or [("changed", None)]
        return [("changed", self._guess())]

    def _guess(self):
        """What has a checksum that no test knows: it has changed, or is new, or no test has ever reached it."""
        numbers = [number for number, checksum in enumerate(self.now.checksums) if checksum not in self.everything]
        names = [self.now.full_name(number) for number in numbers if self.now.names[number] != blocks.MODULE]
        return " or ".join(names) if 0 < len(names) <= 3 else None


class _Difference:
    """What has become of each block of a file's earlier state.

    :param before: a ``blocks.State``
    :param now: a ``blocks.Present``
    """

    def __init__(self, before, now):
        self.fates = {}  # by checksum, the kind and the name
        self.renewed = []  # causes of the functions that were added and removed
        self.removed = {}  # by name, the full ones of the scopes that are gone
        for name in sorted(set(before.scopes) - set(now.scopes)):
            self.removed.setdefault(name.rpartition(".")[2], []).append(name)
        old, new = {}, {}  # by name, the numbers of the blocks that aren't as they were
        for number, (name, checksum) in enumerate(zip(before.names, before.checksums)):
            if checksum not in now.known:
                old.setdefault(name, []).append(number)
        for number, (name, checksum) in enumerate(zip(now.names, now.checksums)):
            if checksum not in before.known:
                new.setdefault(name, []).append(number)
        for name in list(old) + [name for name in new if name not in old]:
            self._pair(name, before, now, old.get(name, []), new.get(name, []))
        self.renewed = self._with_scopes(before.scopes, now.scopes)

    def _pair(self, name, before, now, old, new):
        for number in list(old) if len(old) * len(new) <= MOST_PAIRS else []:
            checksum = before.checksums[number]
            match = next((other for other in new if now.had(other, number, checksum)), None)
            if match is not None:
                self.fates[checksum] = ("moved", now.full_name(match))
                old.remove(number)
                new.remove(match)
        for number, other in zip(old, new):
            self.fates[before.checksums[number]] = ("changed", now.full_name(other))
        for number in old[len(new) :]:
            full_names = self.removed.get(name)
            self.fates[before.checksums[number]] = ("removed", full_names.pop(0) if full_names else name)
            self.renewed.append(self.fates[before.checksums[number]])
        for other in new[len(old) :]:
            self.renewed.append(("added", now.full_name(other)))

    def _with_scopes(self, before, now):
        """What was renewed, and what has changed outside of functions' bodies."""
        added, removed = set(now) - set(before), set(before) - set(now)
        # That something was added to a scope, or removed, is no other change of it.
        around = {name.rpartition(".")[0] or blocks.MODULE for name in added | removed}
        changed = {name for name in set(now) & set(before) - around if now[name] != before[name]}
        found = set(self.renewed)
        for kind, names in (("added", added), ("removed", removed), ("changed", changed)):
            found.update((kind, name) for name in names)
        return found

    def causes(self, missing):
        fates = {self.fates[checksum] for checksum in missing if checksum in self.fates}
        found = {fate for fate in fates if fate[0] != "moved" and fate[1] != blocks.MODULE}
        if len(found) < len(fates):
            # The rest of the file, or the number of a block: each test depends on it that uses anything of the file.
            found.update(self.renewed or fates)
        return sorted(found) if len(found) <= MOST_NAMES else []
