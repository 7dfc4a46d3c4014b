#!/usr/bin/env python3
"""Random sequences of edits and of whole, narrowed, mistaken and interrupted runs, with real pytests.

Each works on a small project of its own, of which it is known which test uses what. After every run, and in the end by
whole runs, it is checked that each test that had to run did, and no other; whole runs are repeated by testmon alone,
serially, which must find the same failures. The sequence that fails is made as short as it goes, and told as a script.
Exit status 1 then.
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import sys
import tempfile

import environments
import sequences_model
from sequences_generator import Generator
from sequences_pytest import Tools, Wrong
from sequences_runner import Sequence


class Failure:
    """A sequence in which something goes wrong, as far as it was carried out."""

    def __init__(self, steps, sequence, wrong):
        self.steps, self.story = steps[: sequence.done + 1], sequence.story
        self.reason, self.output = str(wrong), wrong.output


def attempt(folder, tools, steps):
    """The failure of a sequence; None where all goes well."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        sequence = Sequence(pathlib.Path(own) / "sequence", tools)
        try:
            sequence.carry_out(steps)
        except Wrong as wrong:
            return Failure(steps, sequence, wrong)
    return None


def shorten(folder, tools, failure, tries):
    """Leaves out steps, many at a time first, as long as something still goes wrong."""
    size = len(failure.steps) // 2
    while size:
        start = 0
        while start < len(failure.steps) and tries:
            tries -= 1
            again = attempt(folder, tools, failure.steps[:start] + failure.steps[start + size :])
            if again:
                failure = again
            else:
                start += size
        size //= 2
    return failure


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=pathlib.Path, required=True, help="the wheel to try")
    parser.add_argument(
        "--testmon", nargs="+", default=["2.2.0"], metavar="RELEASE", help="of those in environments.txt (2.2.0)"
    )
    parser.add_argument("--count", type=int, default=20, metavar="N", help="how many sequences for each release (20)")
    parser.add_argument("--seed", type=int, metavar="N", help="of the first one; the others' follow it (random)")
    parser.add_argument("--length", type=int, default=5, metavar="N", help="how many runs each has, besides whole ones (5)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="how many at a time (all cores)")
    parser.add_argument("--shorten", type=int, default=40, metavar="N", help="how often to try a shorter one (40)")
    return parser.parse_args()


def try_release(release, options, seed):
    """Carries out the sequences with this release; answers whether all went well."""
    name = "testmon-" + release
    venv = environments.provide([name]) / name
    print("testmon {}: {} sequences from seed {}".format(release, options.count, seed), flush=True)
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-sequences.") as folder:
        tools = Tools(pathlib.Path(folder), venv, options.wheel)

        def one(number):
            steps = Generator(random.Random(number), sequences_model.Project()).draw(options.length)
            return number, attempt(folder, tools, steps)

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            futures = [pool.submit(one, number) for number in range(seed, seed + options.count)]
            for future in concurrent.futures.as_completed(futures):
                number, failure = future.result()
                if failure:
                    pool.shutdown(cancel_futures=True)
                    failure = shorten(folder, tools, failure, options.shorten)
                    print("\n# seed {}, testmon {}: {}".format(number, release, failure.reason))
                    print("\n".join(failure.story) + "\n\n# what that run wrote:\n" + failure.output)
                    print("# again: --seed {} --count 1 --length {} --testmon {}".format(number, options.length, release))
                    return False
    return True


def main():
    options = arguments()
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    if not all(try_release(release, options, seed) for release in options.testmon):
        sys.exit(1)
    print("all went well")


if __name__ == "__main__":
    main()
