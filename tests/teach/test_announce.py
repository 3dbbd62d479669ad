"""README's table and the links between lessons, made from the series."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from demo_app.lesson.series import SERIES
from demo_app.teach.announce import announced, main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    """A copy of what names the lessons, to be damaged."""
    shutil.copy(ROOT / "README.md", tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    return tmp_path


def change(folder, name, cell, change):
    """Change the lines of a cell of a lesson."""
    path = folder / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"][cell]["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_what_is_right_stays_as_it_is(folder, capsys):
    before = {path: path.read_text(encoding="utf-8") for path, _ in announced(folder)}
    assert len(before) == 1 + len(SERIES)
    assert main(folder) == 0
    assert {path: path.read_text(encoding="utf-8") for path in before} == before
    assert capsys.readouterr().out == ""


def test_the_table_and_the_links_are_written_anew(folder, capsys):
    readme = folder / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("| [02 · ", "| [02 : "), encoding="utf-8")
    change(folder, "03_max_age", 0, lambda lines: lines.append(lines.pop().partition(" · ")[0]))
    change(folder, "04_secure", -1, lambda lines: lines.append(lines.pop().replace("previous", "before")))
    change(folder, "05_httponly", -1, lambda lines: [lines.pop() for _ in range(2)] and lines.append(lines.pop()[:-1]))
    assert main(folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: written anew" for name in ("README.md", "03_max_age.ipynb", "04_secure.ipynb", "05_httponly.ipynb")
    ]
    for path, text in announced(ROOT):
        assert (folder / path.relative_to(ROOT)).read_text(encoding="utf-8") == text


def test_a_first_cell_without_its_minutes_is_told_and_nothing_is_written(folder, capsys):
    change(folder, "01_name", -1, lambda lines: lines.append(lines.pop().replace("next", "then")))
    change(folder, "08_put_it_together", 0, lambda lines: lines.append("That is all."))
    assert main(folder) == 1
    told = capsys.readouterr()
    assert "The first cell of 08_put_it_together.ipynb ends with 'That is all.'" in told.err
    assert told.out == ""


def test_a_readme_without_the_tables_is_told(folder, capsys):
    readme = folder / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("| lesson | option |", "| option |"), encoding="utf-8")
    assert main(folder) == 1
    assert "README.md has no table of the lessons" in capsys.readouterr().err


def test_a_lesson_that_is_not_written_is_told(folder, capsys):
    (folder / "notebooks" / "06_resave.ipynb").unlink()
    assert main(folder) == 1
    assert "06_resave.ipynb. Write it, or take the lesson out of SERIES." in capsys.readouterr().err
