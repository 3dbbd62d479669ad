"""The copy that a learner works in: ``my-lessons``, beside ``notebooks``, so that every link leads to the same place.

``python3 run.py`` makes it, and later brings what has changed in the series. A lesson that nobody has worked in is
replaced; beside one that somebody has worked in comes the changed one, under a name with ``-new``. Nothing that a
learner wrote is ever overwritten. ``python3 run.py fresh 03`` gives a lesson as it came, and keeps the old one.

Where the lessons are opened without run.py (Binder, a hub, Codespaces): ``python3 -m demo_app.setup.my_lessons``.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, count
from pathlib import Path

from .alone import one_at_a_time
from .blank import NOTEBOOKS, REFERENCE, all_notebooks, emptied, source
from .places import ROOT
from .problem import Problem, explain

FOLDER = ROOT / "my-lessons"
#: A digest of each notebook as it was when it was handed out last, by its name.
CAME = FOLDER / ".as-they-came.json"


def hand_out() -> None:
    """Make ``my-lessons``, or bring what has changed in the series, and say so.

    :raises OSError: if the folder cannot be written. What a learner has in it is there all the same.
    """
    with _alone():
        if not CAME.exists():
            print(f"Your own copy of the lessons is in the folder {FOLDER.name}.")
        for name in _names():
            try:
                _hand_out(name)
            except Problem as problem:  # one of them is damaged; the others are not
                print(problem)


def _hand_out(name: str) -> None:
    """Hand out one notebook of the series, unless the learner has it already. Raises :class:`Problem`."""
    here, series, mine = (NOTEBOOKS / name).read_bytes(), _as_in_the_series(name), FOLDER / name
    new, came = digest(series), _came().get(name)
    if not new:
        raise _damaged(name)
    if not mine.exists():
        # Who worked in notebooks, before there was my-lessons, goes on from there.
        worked_in = digest(here) not in ("", new)
        _write(mine, _for_learners(name, here if worked_in else series))
        if worked_in:
            print(f"What you have done in {NOTEBOOKS.name}/{name} is in {FOLDER.name}/{name} now. Go on there.")
    elif came != new != digest(mine.read_bytes()):
        if digest(mine.read_bytes()) == came:
            _write(mine, _for_learners(name, series))
            print(f"{name} has changed in the series. You had not worked in yours, so it is replaced.")
        else:
            ours = {came, new}  # what came last, or came before somebody pulled the plug
            names = _beside(mine, "new")
            beside = next(one for one in names if not one.exists() or digest(one.read_bytes()) in ours)
            _write(beside, _for_learners(name, series))
            print(f"{name} has changed in the series since you worked in it. Yours stays; beside it is {beside.name}.")
    _note(name, new)


def fresh(arguments: Sequence[str]) -> int:
    """Give lessons as they came, and keep the old ones beside them; return the exit status. Raises :class:`Problem`."""
    parser = argparse.ArgumentParser(prog="run.py fresh", description="Give a lesson as it came, and keep the old one.")
    parser.add_argument("lesson", nargs="+", help="its number or its name, such as 03 or 03_max_age")
    chosen = [_find(given) for given in parser.parse_args(arguments).lesson]
    with _alone():
        for name in chosen:
            mine, series = FOLDER / name, _as_in_the_series(name)
            if not digest(series):
                raise _damaged(name)
            if mine.exists():
                old = next(one for one in _beside(mine, "old") if not one.exists())
                mine.rename(old)
                print(f"What you had is in {FOLDER.name}/{old.relative_to(FOLDER).as_posix()} now.")
            _write(mine, _for_learners(name, series))
            _note(name, digest(series))
            print(f"{FOLDER.name}/{name} is as it came. If JupyterLab has it open, close its tab and open it again.")
    return 0


def _names() -> list[str]:
    """The notebooks of the series, by their paths in it, such as ``reference/options.ipynb``."""
    return [path.relative_to(NOTEBOOKS).as_posix() for path in all_notebooks(NOTEBOOKS)]


def _find(given: str) -> str:
    """The notebook that somebody means by its number, its name or its path. Raises :class:`Problem`."""
    stems = {Path(name).stem: name for name in _names()}
    wanted = Path(given).name.removesuffix(".ipynb").zfill(2)
    for stem, name in stems.items():
        if wanted in (stem, stem.partition("_")[0]):
            return name
    raise Problem(f"There is no lesson {given!r}. There are:\n\n" + "\n".join(f"  {stem}" for stem in stems))


def _damaged(name: str) -> Problem:
    return Problem(
        f"{NOTEBOOKS.name}/{name} is damaged, so you do not get a copy of it.\n"
        f"Download the series again, and put your folder {FOLDER.name} into the new one."
    )


def digest(notebook: bytes) -> str:
    """A digest of what stands in the cells of a notebook; empty if the bytes are no notebook.

    Outputs, counts and metadata do not count, since JupyterLab saves those by itself; nor do empty cells, since it adds
    one when the last cell is run with Shift Enter.
    """
    try:
        cells = [(cell["cell_type"], source(cell)) for cell in json.loads(notebook)["cells"]]
    except (ValueError, KeyError, TypeError):
        return ""
    return hashlib.sha256(repr([cell for cell in cells if cell[1].strip()]).encode()).hexdigest()


def _as_in_the_series(name: str) -> bytes:
    """A notebook without what somebody did to it, which git knows. Without git it is taken as it is."""
    path = NOTEBOOKS / name
    with contextlib.suppress(OSError):  # there is no program git
        if (ROOT / ".git").exists():  # not asked for nothing: on macOS, a git that is not there offers to be installed
            command = ["git", "show", f"HEAD:./{path.relative_to(ROOT).as_posix()}"]
            done = subprocess.run(command, cwd=ROOT, capture_output=True)
            if done.returncode == 0:
                return done.stdout
    return path.read_bytes()


def _for_learners(name: str, notebook: bytes) -> str:
    text = notebook.decode()
    return text if name.startswith(f"{REFERENCE}/") else emptied(text, solutions=True)


def _write(path: Path, text: str) -> None:
    """Write a file as a whole, or leave what was there."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _beside(path: Path, word: str) -> Iterator[Path]:
    """Names beside a notebook's own: ``03_max_age-new.ipynb``, ``03_max_age-new-2.ipynb`` and so on."""
    endings = chain([word], (f"{word}-{number}" for number in count(2)))
    return (path.with_name(f"{path.stem}-{ending}.ipynb") for ending in endings)


def _came() -> dict[str, str]:
    """What :data:`CAME` says. Where it is lost, every lesson counts as worked in."""
    try:
        came: dict[str, str] = json.loads(CAME.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return came


def _note(name: str, digest: str) -> None:
    came = _came()
    if came.get(name) != digest:
        _write(CAME, json.dumps(came | {name: digest}, indent=1) + "\n")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Make the folder, and keep every other run.py out of it."""
    FOLDER.mkdir(exist_ok=True)
    with one_at_a_time(FOLDER / ".lock", f"is writing to the folder {FOLDER.name}"):
        yield


def main() -> int:
    try:
        hand_out()
    except OSError as error:
        print(explain(str(error)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
