"""The notebooks as files, and in a kernel that is not fresh. (nbval compares their outputs.)"""

from __future__ import annotations

import ast
import copy
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from demo_app.lesson.series import SERIES
from demo_app.setup.blank import all_notebooks
from demo_app.teach.cells import why_skipped
from demo_app.teach.kernels import without_ports
from tests.predictions import ASKS, EXPLAINS, predictions

FOLDER = Path(__file__).parents[1] / "notebooks"

of_all = pytest.mark.parametrize("path", all_notebooks(FOLDER), ids=lambda path: path.stem)
# test_series names the lessons that are announced and not written.
WRITTEN = [lesson for lesson in SERIES if (FOLDER / f"{lesson.name}.ipynb").exists()]
of_lessons = pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.name)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_copies_that_jupyterlab_keeps_are_no_notebooks(tmp_path):
    for name in ("a.ipynb", "reference/b.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in all_notebooks(tmp_path)] == ["a.ipynb", "b.ipynb"]


@of_all
def test_it_is_recorded_from_top_to_bottom_and_names_no_machine(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert [cell.execution_count for cell in code_cells(notebook)] == list(range(1, len(code_cells(notebook)) + 1))
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags", "slideshow"} for cell in notebook.cells)
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert all(output.output_type != "error" and output.get("name") != "stderr" for output in outputs)
    assert not re.search(r"/(?:home|root|Users|tmp)/|site-packages", json.dumps(outputs))


@of_lessons
def test_it_has_the_parts_of_a_lesson(lesson):
    name = f"notebooks/{lesson.name}.ipynb"
    notebook = nbformat.read(FOLDER / f"{lesson.name}.ipynb", as_version=4)
    title, text = notebook.cells[0].source, "\n".join(cell.source for cell in notebook.cells)
    for part in ("**You'll do:**", "**You'll learn:**", "**You'll need:**", "Reading ", "[all lessons]"):
        assert part in title, f"The first cell of {name} lacks {part}"
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    statements = [node for node in ast.walk(ast.parse(setup.source)) if isinstance(node, ast.stmt)]
    assert len(statements) <= 5, f"The set-up cell of {name} does more than import, and say what to do else."
    parts = ["**Predict:**", "Break it", "xercise", "<summary>Solution</summary>", "## Key points", "Further reading:"]
    parts += ["## Elsewhere"] if "`" in lesson.option else []
    for part in parts:
        assert part in text, f"{name} lacks {part}"
    questions, answers = title.count("\n- "), notebook.cells[-1].source.count("\n- **")
    assert answers == questions, f"{name} asks {questions} questions at the top, and its key points answer {answers}."
    filler = re.search(r"\b(simply|just|obviously|of course|easily|basically)\b|!$", text, re.IGNORECASE | re.MULTILINE)
    assert not filler, f"{name}: leave out {filler[0]!r}"


@of_lessons
def test_a_prediction_is_one_until_its_cell_has_run(lesson):
    notebook = nbformat.read(FOLDER / f"{lesson.name}.ipynb", as_version=4)
    for question, predicted, after in predictions(notebook):
        place = f"notebooks/{lesson.name}.ipynb, {question.source[question.source.index(ASKS) :]!r}"
        assert question.source.count(ASKS) == 1, f"{place}: ask one question in a cell."
        assert ASKS in question.source.split("\n\n")[-1], f"{place}: the question is the last paragraph of its cell."
        assert predicted, f"{place}: the next cell is code, which answers the question."
        assert after.source.startswith(EXPLAINS), f"{place}: the text below begins with {EXPLAINS}…</summary>."


@of_all
def test_what_is_drawn_with_letters_fits_a_small_screen(path):
    cells = nbformat.read(path, as_version=4).cells
    for block in re.findall(
        r"^```\n(.+?)^```", "\n".join(cell.source + "\n" for cell in cells), re.MULTILINE | re.DOTALL
    ):
        if "─" in block:
            # JupyterLab wraps longer lines in a window of 1024 pixels, and a drawing falls apart.
            assert max(map(len, block.splitlines())) <= 56, f"{path.name}: draw this in 56 columns:\n{block}"


@of_all
def test_its_links_lead_somewhere(path):
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@of_all
def test_it_runs_with_every_cell_twice_and_again_in_the_same_kernel(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in code_cells(notebook) if not why_skipped(cell)]
    notebook.cells = copy.deepcopy([cell for each in cells for cell in (each, each)] + cells)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"again-{number}"
    NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        config=Config({"KernelManager": without_ports()}),
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
