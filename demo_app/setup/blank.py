"""Copies of the lessons without what their cells have put out: ``python3 run.py blank [folder]`` makes one for a room.

What a learner gets is made from the same function, and keeps the solutions: :mod:`.my_lessons`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .places import ROOT

NOTEBOOKS = ROOT / "notebooks"
REFERENCE = "reference"  # to look things up in: there, the outputs are what is looked up


def all_notebooks(folder: Path) -> list[Path]:
    """The lessons and the reference, without the copies that JupyterLab keeps in hidden folders."""
    return sorted([*folder.glob("*.ipynb"), *folder.glob("[!.]*/*.ipynb")])


def blank(arguments: Sequence[str]) -> int:
    """Make a copy for live coding, without outputs and solutions, in a folder that is not there yet."""
    parser = argparse.ArgumentParser(prog="run.py blank", description="Make a copy without outputs and solutions.")
    parser.add_argument("folder", nargs="?", type=Path, default=NOTEBOOKS.with_name("blank"), help="default: blank")
    folder = parser.parse_args(arguments).folder
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        print(
            f"The folder {folder.name} is there already, and somebody's work may be in it. Name another one, such as: "
            f"run.py blank {folder.name}-2",
            file=sys.stderr,
        )
        return 1
    for path in all_notebooks(NOTEBOOKS):
        place = folder / path.relative_to(NOTEBOOKS)
        place.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8")
        if place.parent.name != REFERENCE:
            text = emptied(text, solutions=False)
        place.write_text(text, encoding="utf-8", newline="\n")
    print(f"A blank copy of the lessons is in the folder {folder.name}.")
    return 0


def emptied(text: str, solutions: bool) -> str:
    """A notebook's text without what its cells have put out, and with the solutions of its exercises or without.

    :raises ValueError: if it is no JSON.
    """
    notebook = json.loads(text)
    if not solutions:
        notebook["cells"] = [cell for cell in notebook["cells"] if "<summary>Solution</summary>" not in source(cell)]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"], cell["outputs"] = None, []
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def source(cell: dict[str, Any]) -> str:
    """What stands in a cell: JSON has it as one text, or as a list of lines."""
    return "".join(cell["source"])
