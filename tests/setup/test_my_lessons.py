"""The learner's copy: what comes when, and that nothing a learner wrote is ever lost.

A small series stands for the real one, in a folder of its own, and the commands run as a learner or a hub runs them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from demo_app.setup.alone import one_at_a_time
from demo_app.setup.blank import NOTEBOOKS, all_notebooks

from .conftest import finish
from .setup_files import ROOT

SOLUTION = "<details><summary>Solution</summary>"
#: The module as a program, which ends at once where it would put its n-th file in its place, as when it is killed.
KILLED = """
import os, sys
from demo_app.setup import my_lessons
left = int(sys.argv[1])
def fsync(descriptor):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
my_lessons.os.fsync = fsync
my_lessons.main()
"""


class Series:
    """A series of two lessons and a reference, and the copy that somebody works in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "demo_app/setup", folder / "demo_app/setup", ignore=shutil.ignore_patterns("__py*"))
        shutil.copy(ROOT / "demo_app/__init__.py", folder / "demo_app")
        shutil.copy(ROOT / "run.py", folder)
        for name in ("00_begin", "01_name", "reference/options"):
            self.write(f"notebooks/{name}", "first edition")

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.ipynb"

    def write(self, name: str, text: str) -> None:
        """A notebook with this text, a cell that was run, and a solution."""
        code = new_code_cell("1 + 1", id="code", execution_count=1, outputs=[new_output("stream", text="2")])
        cells = [new_markdown_cell(text, id="text"), code, new_markdown_cell(SOLUTION, id="solution")]
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=cells), self.path(name))

    def read(self, name: str) -> str:
        """The text of a notebook's first cell."""
        return nbformat.read(self.path(name), as_version=4).cells[0].source

    def work(self, name: str, text: str) -> None:
        """Write something into the first cell, as a learner does."""
        notebook = nbformat.read(self.path(name), as_version=4)
        notebook.cells[0].source = text
        nbformat.write(notebook, self.path(name))

    def names(self) -> set[str]:
        """The notebooks of the learner's copy. Nothing else is there to be seen."""
        mine = self.folder / "my-lessons"
        seen = {path for path in mine.rglob("*") if path.is_file() and not path.name.startswith(".")}
        return {path.relative_to(mine).with_suffix("").as_posix() for path in seen}

    def hand_out(self) -> str:
        """Bring what is new; return what that says."""
        return end_well(self.start("-m", "demo_app.setup.my_lessons"))

    def fresh(self, *names: str) -> str:
        return end_well(self.start("run.py", "fresh", *names))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if not name.startswith(("GIT", "PYTHONPATH"))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True)


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; return the exit status and what was printed since the last line read."""
    with process:
        return finish(process)


def end_well(process: subprocess.Popen[str]) -> str:
    status, printed = end(process)
    assert status == 0, printed
    return printed


@pytest.fixture(params=["downloaded", "cloned"])
def series(request: pytest.FixtureRequest, tmp_path: Path) -> Series:
    """As who has git gets it, and who has not."""
    series = Series(tmp_path / "the series")
    if request.param == "cloned":
        if not shutil.which("git"):
            pytest.skip("git is not installed")
        series.git("init")
        publish(series)
    return series


def publish(series: Series, **lessons: str) -> None:
    """Another edition of the series comes, by a download or by git pull."""
    for name, text in lessons.items():
        series.write(f"notebooks/{name.replace('__', '/')}", text)
    if (series.folder / ".git").exists():
        series.git("add", "notebooks")
        series.git("commit", "--message=another edition")


ALL = {"00_begin", "01_name", "reference/options"}


def test_the_copy_has_all_lessons_without_outputs_and_with_solutions(series):
    assert series.hand_out() == "Your own copy of the lessons is in the folder my-lessons.\n"
    assert series.names() == ALL
    before, after = (
        nbformat.read(series.path(f"{place}/01_name"), as_version=4) for place in ("notebooks", "my-lessons")
    )
    assert (after.cells[1].outputs, after.cells[1].execution_count) == ([], None)
    assert [cell.source for cell in after.cells] == [cell.source for cell in before.cells]
    assert (
        series.path("my-lessons/reference/options").read_bytes()
        == series.path("notebooks/reference/options").read_bytes()
    )


@pytest.mark.parametrize("path", all_notebooks(NOTEBOOKS), ids=lambda path: path.stem)
def test_links_of_the_real_lessons_lead_to_the_same_places(path):
    """The copy is beside ``notebooks``, and as deep."""
    copy = ROOT / "my-lessons" / path.relative_to(NOTEBOOKS)
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    for target in re.findall(r"(?:\]\(|(?:src|href)=\")([^)#\"]+)", text):
        if "://" not in target:
            there = Path(os.path.normpath(copy.parent / target))
            if there.is_relative_to(ROOT / "my-lessons"):
                there = NOTEBOOKS / there.relative_to(ROOT / "my-lessons")
            assert there.exists(), target


def test_a_second_start_changes_nothing(series):
    series.hand_out()
    series.work("my-lessons/01_name", "my answer")
    before = {path: path.read_bytes() for path in (series.folder / "my-lessons").rglob("*") if path.is_file()}
    assert series.hand_out() == ""
    assert before == {path: path.read_bytes() for path in before}
    assert series.names() == ALL


def test_a_changed_lesson_replaces_one_that_nobody_worked_in(series):
    series.hand_out()
    publish(series, **{"01_name": "second edition", "reference__options": "second edition"})
    assert "01_name.ipynb has changed in the series. You had not worked in yours" in series.hand_out()
    assert series.read("my-lessons/01_name") == "second edition"
    assert series.read("my-lessons/reference/options") == "second edition"
    assert series.names() == ALL


def test_a_changed_lesson_is_put_beside_one_that_was_worked_in(series):
    series.hand_out()
    series.work("my-lessons/01_name", "my answer")
    publish(series, **{"01_name": "second edition"})
    said = series.hand_out()
    assert "01_name.ipynb has changed" in said
    assert "Yours stays; beside it is 01_name-new.ipynb." in said
    assert series.names() == ALL | {"01_name-new"}
    assert series.read("my-lessons/01_name") == "my answer"
    assert series.read("my-lessons/01_name-new") == "second edition"
    assert series.hand_out() == ""


def test_who_throws_the_changed_one_away_is_not_asked_again(series):
    series.hand_out()
    series.work("my-lessons/01_name", "my answer")
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    series.path("my-lessons/01_name-new").unlink()
    assert series.hand_out() == ""
    assert series.names() == ALL


def test_the_changed_one_is_worked_in_as_well(series):
    series.hand_out()
    series.work("my-lessons/01_name", "my answer")
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    publish(series, **{"01_name": "third edition"})
    series.hand_out()
    assert series.read("my-lessons/01_name-new") == "third edition"
    assert series.names() == ALL | {"01_name-new"}
    series.work("my-lessons/01_name-new", "my other answer")
    publish(series, **{"01_name": "fourth edition"})
    series.hand_out()
    assert series.read("my-lessons/01_name") == "my answer"
    assert series.read("my-lessons/01_name-new") == "my other answer"
    assert series.read("my-lessons/01_name-new-2") == "fourth edition"


def test_what_jupyterlab_saves_by_itself_is_no_work(series):
    series.hand_out()
    path = series.path("my-lessons/01_name")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec = {"display_name": "Python 3", "name": "python3"}
    notebook.cells[1].execution_count, notebook.cells[1].outputs = 1, [new_output("stream", text="2")]
    notebook.cells.append(new_code_cell(""))  # Shift Enter in the last cell
    nbformat.write(notebook, path)
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    assert series.read("my-lessons/01_name") == "second edition"
    assert series.names() == ALL


@pytest.mark.parametrize("change", ["deleted", "moved", "added", "of another kind"])
def test_what_is_done_with_cells_is_work(series, change):
    series.hand_out()
    path = series.path("my-lessons/01_name")
    notebook = nbformat.read(path, as_version=4)
    if change == "deleted":
        del notebook.cells[0]
    elif change == "moved":
        notebook.cells.reverse()
    elif change == "added":
        notebook.cells.append(new_code_cell("my own"))
    else:
        notebook.cells[0] = new_code_cell(notebook.cells[0].source)
    nbformat.write(notebook, path)
    before = path.read_bytes()
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    assert path.read_bytes() == before


@pytest.mark.parametrize("left", [b"", b"{", b'{"cells": 3}', b"\xff", b"[]"])
def test_what_is_no_notebook_is_somebodys_work(series, left):
    series.hand_out()
    series.path("my-lessons/01_name").write_bytes(left)
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    assert series.path("my-lessons/01_name").read_bytes() == left
    assert series.read("my-lessons/01_name-new") == "second edition"


def test_without_the_notes_every_lesson_counts_as_worked_in(series):
    series.hand_out()
    (series.folder / "my-lessons/.as-they-came.json").write_text('{"01_na')
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    assert series.read("my-lessons/01_name") == "first edition"
    assert series.read("my-lessons/01_name-new") == "second edition"


@pytest.mark.parametrize("series", ["cloned"], indirect=True)
def test_what_was_done_in_notebooks_before_is_taken_along(series):
    series.work("notebooks/01_name", "my answer")
    assert "What you have done in notebooks/01_name.ipynb is in my-lessons/01_name.ipynb now." in series.hand_out()
    assert series.read("my-lessons/01_name") == "my answer"
    assert series.hand_out() == ""
    series.git("checkout", "notebooks")
    publish(series, **{"00_begin": "second edition", "01_name": "second edition"})
    series.hand_out()
    assert series.read("my-lessons/01_name") == "my answer"
    assert series.read("my-lessons/01_name-new") == "second edition"
    assert series.read("my-lessons/00_begin") == "second edition"


@pytest.mark.parametrize("series", ["cloned"], indirect=True)
def test_a_pull_that_ended_in_a_conflict_damages_no_copy(series):
    series.path("notebooks/01_name").write_text("<<<<<<< Updated upstream\n")
    series.hand_out()
    assert series.read("my-lessons/01_name") == "first edition"


@pytest.mark.parametrize("series", ["downloaded"], indirect=True)
def test_a_damaged_lesson_is_told_and_the_others_come(series):
    series.path("notebooks/00_begin").write_text("{")
    assert "notebooks/00_begin.ipynb is damaged, so you do not get a copy of it.\n" in series.hand_out()
    assert series.names() == ALL - {"00_begin"}
    status, printed = end(series.start("run.py", "fresh", "00"))
    assert status == 1
    assert "notebooks/00_begin.ipynb is damaged" in printed


def test_a_git_that_is_not_installed_is_not_needed(series, monkeypatch):
    monkeypatch.setenv("PATH", str(series.folder))
    series.hand_out()
    assert series.names() == ALL


def test_fresh_gives_a_lesson_as_it_came_and_keeps_the_old_one(series):
    series.hand_out()
    series.work("my-lessons/01_name", "my answer")
    said = series.fresh("01")
    assert "What you had is in my-lessons/01_name-old.ipynb now.\nmy-lessons/01_name.ipynb is as it came." in said
    assert series.read("my-lessons/01_name") == "first edition"
    assert series.read("my-lessons/01_name-old") == "my answer"
    series.work("my-lessons/01_name", "another answer")
    series.fresh("01_name.ipynb")
    assert series.read("my-lessons/01_name-old") == "my answer"
    assert series.read("my-lessons/01_name-old-2") == "another answer"
    publish(series, **{"01_name": "second edition"})
    series.hand_out()
    assert series.read("my-lessons/01_name") == "second edition"


@pytest.mark.parametrize("name", ["1", "01", "01_name", "my-lessons/01_name.ipynb"])
def test_fresh_takes_a_number_a_name_or_a_path(series, name):
    series.fresh(name)
    assert series.names() == {"01_name"}


def test_fresh_knows_the_reference_and_lists_what_there_is(series):
    series.fresh("00", "options")
    assert series.names() == {"00_begin", "reference/options"}
    status, printed = end(series.start("run.py", "fresh", "00", "77"))
    assert status == 1
    assert printed == "\nThere is no lesson '77'. There are:\n\n  00_begin\n  01_name\n  options\n"
    assert series.names() == {"00_begin", "reference/options"}, "nothing is done unless all is known"


def test_two_at_once_wait_for_each_other(series):
    series.hand_out()
    publish(series, **{"01_name": "second edition"})
    with one_at_a_time(series.folder / "my-lessons/.lock", ""):
        others = [series.start("-u", "-m", "demo_app.setup.my_lessons") for _ in range(2)]
        for other in others:
            assert other.stdout is not None
            assert other.stdout.readline().startswith("Another run.py is writing to the folder my-lessons.")
        assert series.read("my-lessons/01_name") == "first edition"
    said = "".join(end_well(other) for other in others)
    assert said.count("01_name.ipynb has changed") == 1
    assert series.read("my-lessons/01_name") == "second edition"


@pytest.mark.parametrize("after", range(1, 7))
def test_killed_in_the_middle_and_started_again_all_is_as_if_it_had_not_been(series, after):
    """Six files are written: two lessons and the reference, each with its note."""
    status, _ = end(series.start("-c", KILLED, str(after)))
    assert status == 9
    series.hand_out()
    assert series.names() == ALL
    series.work("my-lessons/00_begin", "my answer")
    publish(series, **dict.fromkeys(["00_begin", "01_name", "reference__options"], "second edition"))
    status, _ = end(series.start("-c", KILLED, str(after)))
    assert status == 9
    assert series.read("my-lessons/00_begin") == "my answer"
    series.hand_out()
    assert series.read("my-lessons/00_begin") == "my answer"
    assert series.read("my-lessons/00_begin-new") == "second edition"
    assert series.read("my-lessons/01_name") == series.read("my-lessons/reference/options") == "second edition"
    assert series.names() == ALL | {"00_begin-new"}
    assert not [*(series.folder / "my-lessons").rglob("*.part")]


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_what_cannot_be_written_leaves_what_was_there(series):
    """A file that grows no further stands for the full disk."""
    series.hand_out()
    before = series.path("my-lessons/01_name").read_bytes()
    publish(series, **{"01_name": "second edition" * 100})
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)); "
    status, printed = end(series.start("-c", limited + "from demo_app.setup import my_lessons as m; exit(m.main())"))
    assert status == 1
    assert "The last words were: [Errno 27]" in printed
    assert series.path("my-lessons/01_name").read_bytes() == before
    assert series.names() == ALL
    assert not [*(series.folder / "my-lessons").rglob("*.part")]
    series.hand_out()
    assert series.read("my-lessons/01_name") == "second edition" * 100


def test_a_folder_that_cannot_be_written_is_told(series):
    series.hand_out()
    series.work("my-lessons/01_name", "my answer")
    publish(series, **{"01_name": "second edition"})
    folder = series.folder / "my-lessons"
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("root may write everywhere, and Windows lets everybody")
        status, printed = end(series.start("-m", "demo_app.setup.my_lessons"))
    finally:
        folder.chmod(0o700)
    assert status == 1
    assert printed.startswith("A file of this folder cannot be written.\n")
    assert series.read("my-lessons/01_name") == "my answer"
