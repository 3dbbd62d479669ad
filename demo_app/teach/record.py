"""Records the outputs of the notebooks anew: ``python3 run.py record [notebook …]``.

A notebook is run from top to bottom in a fresh kernel. Where its outputs differ from the stored ones only in what
``sanitize.cfg`` replaces, they stay as they are, so that recording twice changes nothing; otherwise all of them are
stored anew, for an id in one output is the same in the next. Nothing but cells, their tags and
slide types, and the kernel's name is written: no times, no versions, no paths.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbval.plugin import get_sanitize_patterns
from traitlets.config import Config

from .blank import NOTEBOOKS

_RULES = list(get_sanitize_patterns((Path(__file__).parent / "sanitize.cfg").read_text(encoding="ascii")))
#: What the cells keep of their metadata: their tags, and how they become slides.
_KEPT = ("tags", "slideshow")
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _sanitized(value: Any) -> Any:
    """Outputs as nbval compares them: without counts and metadata, each text sanitized."""
    if isinstance(value, str):
        for regex, replace in _RULES:
            value = re.sub(regex, replace, value)
        return value
    if isinstance(value, list):
        return [_sanitized(item) for item in value]
    if isinstance(value, dict):
        return {key: _sanitized(item) for key, item in value.items() if key not in ("execution_count", "metadata")}
    return value


def all_notebooks(folder: Path) -> list[Path]:
    """The lessons and the reference, without the copies that JupyterLab keeps in hidden folders."""
    return sorted([*folder.glob("*.ipynb"), *folder.glob("[!.]*/*.ipynb")])


def record(path: Path) -> bool:
    """Run the notebook and store its outputs; return whether the file changed.

    :raises CellExecutionError: if a cell fails that is not tagged ``raises-exception``; the file stays as it was.
    """
    before = path.read_text(encoding="utf-8")
    old = nbformat.reads(before, as_version=4)
    new = copy.deepcopy(old)
    # As nbval runs it: any environment's kernel, in the notebook's own folder.
    client = NotebookClient(
        new,
        timeout=60,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        # Without it, each kernel warns of being overheard.
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    new.metadata = nbformat.from_dict(_METADATA)
    code = [(was, now) for was, now in zip(old.cells, new.cells, strict=True) if now.cell_type == "code"]
    if all(_sanitized(was.outputs) == _sanitized(now.outputs) for was, now in code):
        for was, now in code:
            now.outputs = was.outputs
    for cell in new.cells:
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in _KEPT if cell.metadata.get(key)})
    after: str = nbformat.writes(new, version=4) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run.py record", description="Record the outputs of the notebooks anew.")
    parser.add_argument("notebook", nargs="*", type=Path, help="default: all of notebooks/")
    chosen = parser.parse_args(arguments).notebook or all_notebooks(NOTEBOOKS)
    for path in chosen:
        try:
            changed = record(path.resolve())
        except FileNotFoundError:
            print(f"{path}: there is no such notebook. Nothing was recorded for it.", file=sys.stderr)
            return 1
        except CellExecutionError as error:
            source = error.traceback.split("------------------")[1].strip()
            print(f"{path.name}: this cell failed, the file stays as it was.\n\n{source}\n", file=sys.stderr)
            print(f"{error.ename}: {error.evalue}", file=sys.stderr)
            return 1
        print(f"{path.name}: {'recorded anew' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
