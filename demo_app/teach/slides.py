"""Makes slides of the lessons: ``python3 run.py slides [notebook …]``.

Each lesson becomes one file in the folder ``slides`` that needs nothing else, no network either: nbconvert turns the
cells into slides as their ``slide_type`` says, and ``template`` has what shows them. What a cell with the tag ``live``
shows depends on what is done in a browser: its slide has the cell, and says where to run it.
"""

from __future__ import annotations

import argparse
import re
import sys
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter

from ..setup.blank import NOTEBOOKS

_LIVE = "(Shown in JupyterLab.)"
_FOLDER = NOTEBOOKS.with_name("slides")


def slides(path: Path) -> str:
    """The slides of a notebook, as HTML."""
    exporter = SlidesExporter(template_name="template", extra_template_basedirs=[str(Path(__file__).parent)])
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "live" in cell.metadata.get("tags", ()):
            cell.outputs = [nbformat.v4.new_output("stream", text=_LIVE)]
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    html = re.sub(r'href="(\w+)\.ipynb"', r'href="\1.html"', html)  # from lesson to lesson, also here
    # nbconvert embeds no picture of another folder than the notebook's.
    return re.sub(r'(?<=src=")[^":]+\.png(?=")', lambda found: _embedded(path.parent / found[0]), html)


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
