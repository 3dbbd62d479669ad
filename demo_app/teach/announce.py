"""Announces the lessons where people look for them: ``python -m demo_app.teach.announce``.

README's tables, and the links from lesson to lesson, are written anew from :data:`~demo_app.lesson.series.SERIES`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ..lesson.series import PARTS, SERIES, Lesson
from ..setup.blank import NOTEBOOKS

_ROOT = NOTEBOOKS.parent
_HEAD = "| lesson | option | what it changes in the header |\n|---|---|---|\n"
# What stands there already: a heading, a head and rows, once or several times.
_TABLES = re.compile(rf"(?:### .*\n\n{re.escape(_HEAD)}(?:\|.*\n)*\n)+")


def announced(root: Path = _ROOT) -> Iterator[tuple[Path, str]]:
    """README and each notebook of the series, and what is to be in it, below the folder ``root``.

    :raises ValueError: if README has no table of the lessons, or if a notebook, which it names, does not end its first
        cell as a lesson does.
    """
    readme = root / "README.md"
    yield readme, _readme(readme.read_text(encoding="utf-8"))
    for lesson, before, after in zip(SERIES, (None, *SERIES), (*SERIES[1:], None), strict=False):
        path = root / "notebooks" / f"{lesson.name}.ipynb"
        links = [f"previous: {_link(before)}"] if before else []
        links += ["[all lessons](../README.md#the-lessons)"]
        links += [f"next: {_link(after)}"] if after else []
        yield path, _notebook(path, " · ".join(links))


def _link(lesson: Lesson, folder: str = "") -> str:
    return f"[{lesson.heading}]({folder}{lesson.name}.ipynb)"


def _readme(text: str) -> str:
    tables = [f"### {part}\n\n{_HEAD}{''.join(map(_row, lessons))}\n" for part, lessons in PARTS.items() if lessons]
    text, found = _TABLES.subn(lambda _: "".join(tables), text, count=1)
    if not found:
        raise ValueError(f"README.md has no table of the lessons: a heading ### and below it {_HEAD.splitlines()[0]}")
    return text


def _row(lesson: Lesson) -> str:
    return f"| {_link(lesson, 'notebooks/')} | {lesson.option} | {lesson.header} |\n".replace("|  |", "| |")


def _notebook(path: Path, links: str) -> str:
    """The notebook with these links at the end of its first cell, and below all of its last."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    first, last = notebook["cells"][0]["source"], notebook["cells"][-1]["source"]
    minutes, _, _ = first[-1].partition(" · ")
    if not re.fullmatch(r"Reading \d+ minutes, exercises \d+ minutes", minutes):
        raise ValueError(
            f"The first cell of {path.name} ends with {first[-1]!r}. "
            "The last line there is such as: Reading 12 minutes, exercises 15 minutes"
        )
    first[-1] = f"{minutes} · {links}"
    if "[all lessons]" in last[-1]:
        last.pop()
    else:
        last[-1] += "\n"
        last.append("\n")
    last.append(links[0].upper() + links[1:])
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def main(root: Path = _ROOT) -> int:
    try:
        for path, text in [*announced(root)]:  # nothing is written if one of them cannot be
            if text != path.read_text(encoding="utf-8"):
                path.write_text(text, encoding="utf-8")
                print(f"{path.name}: written anew")
    except FileNotFoundError as error:
        print(f"There is no {error.filename}. Write it, or take the lesson out of SERIES.", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
