"""Finds what the tests do not hold: changes one thing in the code, and tells if the tests pass all the same.

::

    python -m tests.tools.mutate demo_app/session/interface.py --tests tests/session tests/express/test_recorded.py
    python -m tests.tools.mutate demo_app/session/interface.py --notebooks

Works on copies of the current folder, never on the folder itself. Each part, a file of tests or a notebook, runs once
on the unchanged code, which tells the lines that each test reaches. With a mutant, the parts that reach its line run
one after the other, up to the first that fails; of each, the tests that reach it, quick ones before slow ones. A mutant
whose line nothing reaches has survived. At least as many are caught as it prints: it does not see what a test would
reach if it were the first (a cache, say), and does not count one as caught that waits for ever.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.tools.mutants import Mutant, mutants
from tests.tools.parts import Copy, Part, Test

#: How long a part may use the processor with a mutant: this, and three times what it takes with the unchanged code.
#: In seconds.
PATIENCE = 20


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.mutate", description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="+", help="the code to change")
    parser.add_argument("--tests", nargs="+", metavar="PATH", help="the tests to run (default: tests)")
    parser.add_argument(
        "--notebooks", action="store_true", help="run the notebooks beside the tests; without --tests, alone"
    )
    parser.add_argument("--most", type=int, metavar="N", help="try N mutants only, evenly spread")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many mutants at once (default: 2)")
    parser.add_argument(
        "--results", type=Path, metavar="FILE", help="outside this folder: keeps what is found, and goes on from there"
    )
    given = parser.parse_args(arguments)
    names = [] if given.notebooks and not given.tests else test_files(given.tests or ["tests"])
    if given.notebooks:
        from demo_app.setup.blank import all_notebooks  # not above: what is changed may be without it

        names += map(str, all_notebooks(Path("notebooks")))
    found = [mutant for file in given.file for mutant in mutants(file, Path(file).read_text("utf-8"))]
    if given.most:
        found = [found[n * len(found) // given.most] for n in range(min(given.most, len(found)))]

    with tempfile.TemporaryDirectory(prefix="mutate-") as name:
        folder = Path(name).resolve()
        results = Results(given.results or folder / "results", _digest([*given.file, *names], found))
        copies = [Copy(Path.cwd(), folder / str(n)) for n in range(given.workers)]
        try_all(found, names, given.file, copies, results)
    for number, mutant in enumerate(found):
        if results.mutants[number] is None:
            print(f"{mutant.file}:{mutant.line}  {mutant.before} → {mutant.after}")
    caught = len(found) - list(results.mutants.values()).count(None)
    low, high = interval(caught, len(found))
    print(
        f"caught {caught} of {len(found)} ({100 * caught / max(len(found), 1):.1f} %; 95 %: {low:.1f} to {high:.1f} %)"
    )
    return caught < len(found)


def test_files(paths: Iterable[str]) -> list[str]:
    """Files of tests, and those in folders."""
    return [
        str(file)
        for path in map(Path, paths)
        for file in ([path] if path.is_file() else sorted(path.rglob("test_*.py")))
        if "node_modules" not in file.parts
    ]


def _digest(files: Iterable[str], found: Iterable[Mutant]) -> str:
    """What the results are of: other code, other tests or other mutants have other ones."""
    digest = hashlib.sha256(repr([(mutant.file, mutant.line, mutant.after) for mutant in found]).encode())
    for file in files:
        digest.update(file.encode() + Path(file).read_bytes())
    return digest.hexdigest()


class Results:
    """What has been found so far, in a file with a line of JSON for each part and each mutant.

    :raises SystemExit: if the file is of something else.
    """

    def __init__(self, path: Path, of: str) -> None:
        self._path = path
        self.parts: dict[str, Part] = {}
        #: The number of a mutant, and the part that caught it.
        self.mutants: dict[int, str | None] = {}
        if not path.exists():
            return self._write(of)
        first, *lines = map(json.loads, path.read_text("utf-8").splitlines())
        if first != of:
            sys.exit(f"The results in {path} are of other code, tests or mutants. Name another file for these.")
        for kind, which, what in lines:
            if kind == "part":
                self.parts[which] = Part(which, {test: Test(*reached) for test, reached in what.items()})
            else:
                self.mutants[which] = what

    def add_part(self, part: Part) -> None:
        self.parts[part.name] = part
        self._write(("part", part.name, part.tests))

    def add_mutant(self, number: int, caught_by: str | None) -> None:
        self.mutants[number] = caught_by
        self._write(("mutant", number, caught_by))

    def likely(self, number: int) -> list[Part]:
        """The parts: first what has caught the mutants near this one, then quick ones."""
        near = sorted(self.mutants.copy(), key=lambda other: abs(other - number))
        by_time = sorted(self.parts.values(), key=lambda part: part.seconds)
        names = (*(self.mutants[other] for other in near), *(part.name for part in by_time))
        return [self.parts[name] for name in dict.fromkeys(names) if name in self.parts]

    def _write(self, what: Any) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")


def try_all(
    found: Sequence[Mutant], names: Sequence[str], files: Sequence[str], copies: Sequence[Copy], results: Results
) -> None:
    """Fill the results."""
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def look(name: str) -> None:
        copy = free.get()
        try:
            results.add_part(copy.look(name, files))
        finally:
            free.put(copy)

    def attempt(number: int) -> None:
        copy = free.get()
        try:
            results.add_mutant(number, first_that_fails(copy, found[number], results.likely(number)))
        finally:
            free.put(copy)

    # Whenever a run is ended, what it has tried is spread over the code, each half before the quarters.
    spread = sorted(range(len(found)), key=lambda number: f"{number:032b}"[::-1])
    with ThreadPoolExecutor(len(copies)) as pool:
        try:
            list(pool.map(look, (name for name in names if name not in results.parts)))
            list(pool.map(attempt, (number for number in spread if number not in results.mutants)))
        finally:
            pool.shutdown(cancel_futures=True)


def first_that_fails(copy: Copy, mutant: Mutant, parts: Iterable[Part]) -> str | None:
    """The part in which a test fails with a mutant, or does not end."""
    reaching = [(part, tests) for part in parts if (tests := part.reaching(mutant.file, mutant.line, mutant.end))]
    # What is only imported is rarely what is tested.
    reaching.sort(key=lambda each: not each[0].tests[each[1][0]].reaches(mutant.file, mutant.line, mutant.end))
    with copy.changed(mutant.file, mutant.source):
        for part, tests in reaching:
            if not copy.passes(part, tests, PATIENCE):
                return part.name
    return None


def interval(caught: int, tried: int) -> tuple[float, float]:
    """In what range the share of all mutants is, in percent, when these few were tried: Wilson's interval, 95 %."""
    if not tried:
        return 0, 100
    z = 1.959964  # 95 % of the normal distribution are as near as this to its middle
    share, correction = caught / tried, z * z / tried
    middle = share + correction / 2
    width = z * math.sqrt(share * (1 - share) / tried + correction / (4 * tried))
    return tuple(100 * (middle + end) / (1 + correction) for end in (-width, width))


if __name__ == "__main__":
    sys.exit(main())
