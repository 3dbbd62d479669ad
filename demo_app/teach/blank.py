"""Makes a blank copy of the lessons, for live coding: ``python3 run.py blank [folder]``.

Without outputs and without solutions. The copy is for one workshop; the lessons themselves are in ``notebooks``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def blank(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what its cells have put out, and without the solutions of its exercises."""
    cells = [cell for cell in notebook.cells if "<summary>Solution</summary>" not in cell.source]
    for cell in cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    notebook.cells = cells
    return notebook


def main(arguments: Sequence[str] | None = None) -> int:
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
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        nbformat.write(blank(nbformat.read(path, as_version=4)), folder / path.name)
    print(f"A blank copy of the lessons is in the folder {folder.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
