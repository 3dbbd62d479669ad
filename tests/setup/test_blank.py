"""The blank copy: the lessons as they are, less outputs and solutions; the reference as it is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from demo_app.setup.blank import NOTEBOOKS, all_notebooks, blank

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("workshop") / "blank"
    assert blank([str(place)]) == 0
    return place


def test_it_has_every_lesson_and_the_reference_as_it_is(folder):
    copies = [path.relative_to(folder) for path in all_notebooks(folder)]
    assert copies == [path.relative_to(NOTEBOOKS) for path in all_notebooks(NOTEBOOKS)]
    for path in (NOTEBOOKS / "reference").glob("*.ipynb"):
        assert (folder / "reference" / path.name).read_text("utf-8") == path.read_text("utf-8")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_it_lacks_outputs_and_solutions_and_nothing_else(folder, lesson):
    original, copy = nbformat.read(lesson, as_version=4), nbformat.read(folder / lesson.name, as_version=4)
    nbformat.validate(copy)
    solutions = [cell for cell in original.cells if "<summary>Solution</summary>" in cell.source]
    assert solutions
    assert [cell.source for cell in copy.cells] == [cell.source for cell in original.cells if cell not in solutions]
    code = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_it_overwrites_nobodys_work(folder, capsys):
    lesson = folder / LESSONS[0].name
    lesson.write_text("somebody's work")
    assert blank([str(folder)]) == 1
    assert lesson.read_text() == "somebody's work"
    assert "run.py blank blank-2" in capsys.readouterr().err
