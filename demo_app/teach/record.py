"""Records the outputs of the notebooks anew: ``python3 run.py record [--diff] [notebook …]``.

A notebook is run from top to bottom in a fresh kernel, without the cells that this machine lacks something for. New
values of the kinds in ``sanitize.cfg`` (ids, ports, dates) give way to the stored ones in whose places they stand: what
``git diff`` shows has changed, and recording twice changes nothing. Nothing but cells, their tags and slide types, and
the kernel's name is written: no times, no versions, no paths.
"""

from __future__ import annotations

import argparse
import copy
import re
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from traitlets.config import Config

from ..setup.blank import NOTEBOOKS, all_notebooks
from .cells import why_skipped
from .differences import differences
from .kernels import without_ports
from .values import Values, sanitized, texts

# Where people have their files, and where Python has its own.
_PATH = r"/(?:home|root|Users|tmp|private|usr|opt)/|\b[A-Z]:\\|site-packages"
#: What the cells keep of their metadata: their tags, and how they become slides.
_KEPT = ("tags", "slideshow")
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class NamesThisMachine(Exception):
    """An output has a path or a name of the machine that it was made on."""


class Recording(NamedTuple):
    """What a notebook's file has, and what it would have."""

    before: str
    after: str
    #: The cells that say something else now, in words and as text.
    changes: list[str]


def record(path: Path) -> Recording:
    """Run a notebook, and return what its file has to become.

    :raises CellExecutionError: if a cell fails that is not tagged ``raises-exception``.
    :raises NamesThisMachine: if an output does.
    """
    before = path.read_text(encoding="utf-8")
    old = nbformat.reads(before, as_version=4)
    new = copy.deepcopy(old)
    _run(new, path.parent)
    new.metadata = nbformat.from_dict(_METADATA)
    for cell in new.cells:
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in _KEPT if cell.metadata.get(key)})
    code = [(was, now) for was, now in zip(old.cells, new.cells, strict=True) if now.cell_type == "code"]
    for number, (_, cell) in enumerate(code):
        _clean(cell, number + 1)
        _refuse_names(texts(cell.outputs), f"{path.name}, cell {number}", before)
    values = Values("\n".join(cell.source for cell in old.cells))
    said = [_compare(values, f"cell {number}", was, now) for number, (was, now) in enumerate(code)]
    changes: list[str] = []
    for number, (was, now) in enumerate(code):
        _translate(values, was, now)
        if lines := [*said[number], *_differences(was, now)]:
            changes += [f"{path.name}, cell {number}", "", *(f"  {line}" for line in lines), "\n"]
    return Recording(before, nbformat.writes(new, version=4) + "\n", changes)


def _run(notebook: NotebookNode, folder: Path) -> None:
    """Run the cells as nbval does: in any environment's kernel, in the notebook's own folder."""
    runnable = copy.copy(notebook)
    runnable.cells = [cell for cell in notebook.cells if not why_skipped(cell)]
    NotebookClient(
        runnable,
        timeout=60,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        # Without it, each kernel warns of being overheard.
        config=Config({"KernelManager": {"transport_encryption": "auto", **without_ports()}}),
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def _clean(cell: NotebookNode, number: int) -> None:
    """Number the cell, and leave out what a widget has anew in each run. What it says stands beside that, as text."""
    cell.execution_count = number
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = number
        output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)


def _refuse_names(found: dict[tuple[int, str], str], place: str, before: str) -> None:
    """Refuse texts with a path of a machine, or with the name of this one, if that is no word of the notebook."""
    host = socket.gethostname()
    names = [] if re.search(rf"\b{re.escape(host)}\b", before) else [rf"\b{re.escape(host)}\b"]
    folders = {str(NOTEBOOKS.parent), sys.prefix, tempfile.gettempdir(), str(Path.home())} - {"/"}
    for text in found.values():
        for line in text.splitlines():
            if match := re.search("|".join([_PATH, *map(re.escape, folders), *names]), line):
                raise NamesThisMachine(
                    f"{place}: the output names the machine that it was made on: {match[0]} in the line\n\n"
                    f"  {line.strip()}\n\nEverybody who opens the notebook would read it. Have the cell print less, or "
                    "catch the error whose traceback this is. The file stays as it was."
                )


def _compare(values: Values, place: str, was: NotebookNode, now: NotebookNode) -> list[str]:
    stored = texts(was.outputs)
    return [
        said for key, text in texts(now.outputs).items() for said in values.compare(place, stored.get(key, ""), text)
    ]


def _translate(values: Values, was: NotebookNode, now: NotebookNode) -> None:
    stored = texts(was.outputs)
    for (number, key), text in texts(now.outputs).items():
        output = now.outputs[number]
        (output if key == "text" else output.data)[key] = values.translate(stored.get((number, key), ""), text)


def _differences(was: NotebookNode, now: NotebookNode) -> Iterator[str]:
    """What a cell says otherwise than before, without the values that differ from run to run."""
    stored, found = ({place: sanitized(text) for place, text in texts(cell.outputs).items()} for cell in (was, now))
    changed = sorted(place for place in stored.keys() | found.keys() if stored.get(place) != found.get(place))
    for number, group in groupby(changed, key=itemgetter(0)):
        key = min(key for _, key in group)  # one type of each output says it all: its HTML, where it has one
        yield from differences(stored.get((number, key), ""), found.get((number, key), ""))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run.py record", description="Record the outputs of the notebooks anew.")
    parser.add_argument("notebook", nargs="*", type=Path, help="default: all of notebooks/")
    parser.add_argument("--diff", action="store_true", help="write nothing; show as text what would change")
    given = parser.parse_args(arguments)
    for path in given.notebook or all_notebooks(NOTEBOOKS):
        try:
            before, after, changes = record(path.resolve())
        except FileNotFoundError:
            print(f"{path}: there is no such notebook. Nothing was recorded for it.", file=sys.stderr)
            return 1
        except NamesThisMachine as error:
            print(error, file=sys.stderr)
            return 1
        except CellExecutionError as error:
            source = error.traceback.split("------------------")[1].strip()
            print(f"{path.name}: this cell failed, the file stays as it was.\n\n{source}\n", file=sys.stderr)
            print(f"{error.ename}: {error.evalue}", file=sys.stderr)
            return 1
        if given.diff:
            print("\n".join(changes), end="")
        elif after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
        done = "would be recorded anew" if given.diff else "recorded anew"
        print(f"{path.name}: {done if after != before else 'unchanged'}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
