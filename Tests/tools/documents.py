#!/usr/bin/env python3
"""Follows README.md and docs/: every command in them is run, and must do what the text says.

Each document is followed in order, in a new folder, with a Python environment of its own. What can't be run here says why,
and is listed. CONTRIBUTING.md tells how a block is written.
"""

import argparse
import concurrent.futures
import pathlib
import sys
import tempfile

import documents_blocks
import documents_follow
import documents_links
import documents_mistakes
import documents_recipes
from documents_blocks import RECIPES, Wrong

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def documents(root):
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def check(root):
    """The blocks of all documents, if they and the links between them are as they should be; and what is wrong."""
    found, problems = {}, []
    paths = documents(root)
    for path in paths:
        name = str(path.relative_to(root))
        try:
            found[name] = documents_blocks.read(path, name)
            documents_blocks.check(found[name][0])
        except Wrong as wrong:
            problems.append(str(wrong))
    others = [path for path in sorted(root.glob("*.md")) if path not in paths]
    return found, problems + list(documents_links.broken(root, paths + others))


def follow(found, arguments):
    """What went wrong."""
    (yaml,) = arguments.wheels.glob("*[yY]*[yY][aA][mM][lL]-*.whl")
    sys.path.insert(0, str(yaml))  # its part in Python is enough
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-documents-") as folder:
        surroundings = documents_follow.Surroundings(
            pathlib.Path(folder).resolve(), arguments.wheel.resolve(), arguments.wheels.resolve(), ROOT
        )
        surroundings.make_environments()
        overlooked = list(documents_mistakes.overlooked(surroundings))
        if overlooked:
            return overlooked
        runs = [
            documents_follow.Document(name, blocks, beginning, surroundings)
            for name, (blocks, beginning) in found.items()
            if any(map(documents_follow.is_run, blocks))
        ]
        runs.sort(key=lambda run: -len(run.blocks))  # so that the longest isn't the last
        with concurrent.futures.ThreadPoolExecutor(2) as executor:
            return [problem for problem in executor.map(what_is_wrong, runs) if problem]


def what_is_wrong(document):
    try:
        document.follow()
    except Wrong as wrong:
        return str(wrong)


def tell(found):
    """What was run, and what was not, and why."""
    blocks = [block for blocks, _ in found.values() for block in blocks]
    print("followed {} blocks in {} documents".format(sum(map(documents_follow.is_run, blocks)), len(found)))
    for block in blocks:
        if block.reason is not None:
            print("NOT RUN: {}: {}".format(block.place, block.reason))
        elif "in a clone" in block.marks:
            print("make -n: {}: {}".format(block.place, block.marks["in a clone"] or "as make would"))
        elif block.language in RECIPES and "file" not in block.marks:
            services = documents_recipes.recipe(block).services
            if services:
                print("NOT RUN: {}: what the service does: {}".format(block.place, ", ".join(services)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("documents", nargs="*", help="only these, such as docs/faq.md")
    parser.add_argument("--check", action="store_true", help="run nothing: only look at the blocks, and at the links")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the folder of README.md and docs/")
    parser.add_argument("--wheel", type=pathlib.Path, help="the built wheel")
    parser.add_argument("--wheels", type=pathlib.Path, help="the wheels of environments.txt for this")
    arguments = parser.parse_args()
    found, problems = check(arguments.root.resolve())
    if not problems and not arguments.check:
        unknown = [name for name in arguments.documents if name not in found]
        if unknown:
            parser.error("no such document: {}; there are {}".format(unknown[0], ", ".join(found)))
        found = {name: found[name] for name in arguments.documents or found}
        problems = follow(found, arguments)
        if not problems:
            tell(found)
    for problem in problems:
        print(problem + "\n", file=sys.stderr)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
