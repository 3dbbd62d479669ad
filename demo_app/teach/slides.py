"""Makes slides of the lessons: ``python3 run.py slides [notebook …]``.

Each lesson becomes one file in the folder ``slides`` that needs nothing else, no network either: nbconvert turns the
cells into slides as their ``slide_type`` says, and ``template`` has what shows them. What a cell with the tag ``live``
shows depends on what is done in a browser: its slide has the cell, and says where to run it. What is too long for one
slide goes on on the next.
"""

from __future__ import annotations

import argparse
import re
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import SlidesExporter

from ..setup.blank import NOTEBOOKS

_LIVE = "(Shown in JupyterLab.)"
_FOLDER = NOTEBOOKS.with_name("slides")

#: How many lines a slide takes before what follows gets one of its own.
_LINES = 30
#: A line of text has about so many letters, and a row of a drawing is as high as so many lines.
_LETTERS, _ROW = 95, 1.6


def slides(path: Path) -> str:
    """The slides of a notebook, as HTML."""
    exporter = SlidesExporter(template_name="template", extra_template_basedirs=[str(Path(__file__).parent)])
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "live" in cell.metadata.get("tags", ()):
            cell.outputs = [nbformat.v4.new_output("stream", text=_LIVE)]
    notebook.cells = list(_paginated(notebook.cells))
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    html = re.sub(r'href="(\w+)\.ipynb"', r'href="\1.html"', html)  # from lesson to lesson, also here
    html = re.sub(r'<a href="reference/[^"]*">(.*?)</a>', r"\1", html)  # which have no slides
    # nbconvert embeds no picture of another folder than the notebook's.
    return re.sub(r'(?<=src=")[^":]+\.png(?=")', lambda found: _embedded(path.parent / found[0]), html)


def _paginated(cells: Iterable[Any]) -> Iterator[Any]:
    """The cells, with a new slide where one would hold too much."""
    used = 0.0
    for cell in cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind == "skip":
            yield cell
            continue
        for number, part in enumerate(_parts(cell)):
            if kind in ("slide", "subslide") and number == 0:
                used = 0
            elif used and used + _height(part) > _LINES:
                part.metadata["slideshow"] = {"slide_type": "subslide"}
                used = 0
            used += _height(part)
            yield part


def _parts(cell: Any) -> Iterator[Any]:
    """A cell, or what it is cut into: long code at its empty lines, and what comes out of it."""
    if cell.cell_type != "code" or _height(cell) <= _LINES:
        yield cell
        return
    block: list[str] = []
    blocks = re.split(r"\n\n+", cell.source)
    for text, following in zip(blocks, (*blocks[1:], None), strict=True):
        block.append(text)
        so_far = "\n\n".join(block)
        if following is None or len(f"{so_far}\n\n{following}".splitlines()) > _LINES:
            part = deepcopy(cell)
            part.id, part.source, part.outputs, block = f"{cell.id}-{len(so_far)}", so_far, [], []
            yield part
            cell.metadata = {}  # the first one has it
    if cell.outputs:
        cell.source, cell.transient = "", {"remove_source": True}
        yield cell


def _height(cell: Any) -> float:
    """About how many lines a cell takes."""
    lines = cell.source.splitlines()
    if cell.cell_type != "code":
        return float(sum(1 + len(line) // _LETTERS for line in lines))
    height = float(len(lines))
    for output in cell.outputs:
        shown = output.get("text") or output.get("data", {}).get("text/plain", "")
        height += len(shown.splitlines()) * (_ROW if "text/html" in output.get("data", {}) else 1)
    return height


def _embedded(picture: Path) -> str:
    return f"data:image/png;base64,{b64encode(picture.read_bytes()).decode()}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run.py slides", description="Make slides of the lessons.")
    parser.add_argument("notebook", nargs="*", type=Path, help="default: all of notebooks/")
    chosen = parser.parse_args(arguments).notebook or sorted(NOTEBOOKS.glob("*.ipynb"))
    _FOLDER.mkdir(exist_ok=True)
    for path in chosen:
        try:
            html = slides(path)
        except FileNotFoundError:
            print(f"{path}: there is no such notebook.", file=sys.stderr)
            return 1
        (_FOLDER / f"{path.stem}.html").write_text(html, encoding="utf-8")
        print(f"slides/{path.stem}.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
