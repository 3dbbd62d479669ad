"""What can be seen of a prediction's answer: nothing before its cell has run, then all of it, one click away.

In a real JupyterLab, in the copy that learners work in; and in the HTML that nbconvert makes of the recorded lesson.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from playwright.sync_api import Locator, Page, expect

from demo_app.setup.blank import NOTEBOOKS
from tests.browser.lab import cell_of, copy_project, jupyterlab, open_lesson, run_all, save, set_preferences
from tests.predictions import predictions

LESSONS = [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
of_lessons = pytest.mark.parametrize("lesson", LESSONS)


def read(lesson: str) -> NotebookNode:
    return nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder, environment = copy_project(tmp_path_factory.mktemp("lab"))
    # All cells are in the page, not only those in sight.
    set_preferences(environment["HOME"], {"notebook-extension/tracker": {"windowingMode": "none"}})
    return folder, environment


@pytest.fixture(scope="module")
def url(project: tuple[Path, dict[str, str]]) -> Iterator[str]:
    with jupyterlab(*project) as address:
        yield address


def explanation(cell: Locator) -> Locator:
    """What a fold hides: all that is in it but its line."""
    return cell.locator("details > :not(summary)")


@of_lessons
def test_an_answer_is_out_of_sight_until_its_cell_has_run(page: Page, url: str, lesson: str) -> None:
    open_lesson(page, url, lesson)
    notebook = read(lesson)
    found = list(predictions(notebook))
    assert len(found) >= 3
    for prediction in found:
        for code in prediction.predicted:
            expect(cell_of(page, notebook, code).locator(".jp-OutputArea-output")).to_have_count(0)
    for prediction in found:
        for hidden in explanation(cell_of(page, notebook, prediction.after)).all():
            expect(hidden).not_to_be_visible()

    run_all(page)
    for prediction in found:
        for code in [code for code in prediction.predicted if code.outputs]:
            expect(cell_of(page, notebook, code).locator(".jp-OutputArea-output").first).to_be_visible()
    for prediction in found:
        place = cell_of(page, notebook, prediction.after)
        for hidden in explanation(place).all():
            expect(hidden).not_to_be_visible()
        place.locator("summary").first.click()
        expect(explanation(place).first).to_be_visible()


@of_lessons
def test_in_html_everything_can_be_read(page: Page, tmp_path: Path, lesson: str) -> None:
    path = tmp_path / f"{lesson}.html"
    path.write_text(HTMLExporter().from_filename(str(NOTEBOOKS / f"{lesson}.ipynb"))[0], encoding="utf-8")
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    for prediction in predictions(read(lesson)):
        for code in prediction.predicted:
            outputs = page.locator(f"[id='cell-id={code.id}'] .jp-OutputArea-output")
            assert outputs.count() >= bool(code.outputs)
        place = page.locator(f"[id='cell-id={prediction.after.id}']")
        place.locator("summary").first.click()
        expect(explanation(place).first).to_be_visible()


def test_what_jupyterlab_saves_after_all_cells_have_run_is_no_work(
    page: Page, url: str, project: tuple[Path, dict[str, str]]
) -> None:
    """A changed lesson replaces it, and comes beside one with an answer in it."""
    folder, environment = project
    for lesson, answer in (("01_name", ""), ("07_save_uninitialized", "1 + 1")):
        open_lesson(page, url, lesson)
        run_all(page)
        if answer:
            page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").first.click()
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(answer)
        save(page)
        changed = folder / f"notebooks/{lesson}.ipynb"
        text = changed.read_text("utf-8").replace("## Key points", "## Key points of another edition")
        changed.write_text(text, "utf-8")
    command = [sys.executable, "-m", "demo_app.setup.my_lessons"]
    subprocess.run(command, cwd=folder, env=environment | {"PYTHONPATH": ""}, check=True)
    mine = folder / "my-lessons"
    assert "another edition" in (mine / "01_name.ipynb").read_text("utf-8")
    assert not (mine / "01_name-new.ipynb").exists()
    assert "another edition" not in (mine / "07_save_uninitialized.ipynb").read_text("utf-8")
    assert "another edition" in (mine / "07_save_uninitialized-new.ipynb").read_text("utf-8")
