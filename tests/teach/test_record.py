"""Recording: what stands in a notebook's file afterwards, and what does not."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from demo_app.teach import record

ROOT = Path(__file__).parents[2]
SETUP = """\
import secrets
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
def new_id(): return secrets.token_urlsafe(24)
def new_address(): return f"http://127.0.0.1:{secrets.randbelow(20000) + 10000}/"
def now(): return format_datetime(datetime.now(timezone.utc) + timedelta(days=secrets.randbelow(999)), usegmt=True)
first, second, address = new_id(), new_id(), new_address()"""


@pytest.fixture
def notebook(tmp_path):
    """A function: a notebook with these cells after the first one; with ``path``, those of a notebook that is there."""

    def made(*sources: str, path=None, **metadata):
        cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, *sources)]
        if path is not None:
            cells = nbformat.read(path, as_version=4).cells
            for cell, source in zip(cells[1:], sources, strict=True):
                cell.source = source
        for cell in cells[1:]:
            cell.metadata.update(metadata)
        path = tmp_path / "lesson.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return made


def outputs(path) -> list[str]:
    """What the second cell and those after it have printed."""
    cells = nbformat.read(path, as_version=4).cells[1:]
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]


def test_recording_twice_changes_nothing(notebook, capsys):
    path = notebook("print(first, address, now())", "print(second, first); print(now())")
    assert record.main([str(path)]) == 0
    before = path.read_bytes()
    assert record.main([str(path)]) == 0
    assert path.read_bytes() == before
    assert capsys.readouterr().out == "lesson.ipynb: recorded anew\nlesson.ipynb: unchanged\n"


def test_what_has_changed_is_all_that_changes(notebook, capsys):
    path = notebook("print(first, address)", "print('Id:', first, now())", "print(second)")
    record.main([str(path)])
    one, two, three = outputs(path)
    notebook("print(first, address)", "print('The id:', first, now(), address)", "print(second)", path=path)
    record.main([str(path)])
    port = one.split()[1]
    assert outputs(path) == [one, f"{two.replace('Id', 'The id').rstrip()} {port}\n", three]


def test_diff_shows_what_would_change_and_writes_nothing(notebook, capsys):
    path = notebook("print(first)", "print('Id:', first)")
    record.main([str(path)])
    notebook("print(first)", "print('The id:', first)", path=path)
    before = path.read_bytes()
    capsys.readouterr()
    assert record.main(["--diff", str(path)]) == 0
    assert path.read_bytes() == before
    assert (
        capsys.readouterr().out
        == """\
lesson.ipynb, cell 2

  --- stored in the notebook
  +++ what the cell gives now
  @@ -1 +1 @@
  -Id: <id>
  +The id: <id>

lesson.ipynb: would be recorded anew
"""
    )


def test_an_id_that_is_not_renewed_any_more_is_one_sentence_and_one_line(notebook, capsys):
    path = notebook("print(first)", "print('after the log-in:', second)", "print(second)")
    record.main([str(path)])
    before = path.read_text(encoding="utf-8")
    one, _, _ = outputs(path)
    notebook("print(first)", "second = first; print('after the log-in:', second)", "print(second)", path=path)
    capsys.readouterr()
    record.main(["--diff", str(path)])
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "lesson.ipynb, cell 2",
        "",
        "  the id is that of cell 1, where a new one is stored: after the log-in: <id>",
        "",
    ]
    record.main([str(path)])
    assert outputs(path) == [one, f"after the log-in: {one}", one]
    diff = difflib.ndiff(before.splitlines(), path.read_text(encoding="utf-8").splitlines())
    assert len([line for line in diff if line.startswith("+ ")]) == 3  # the cell's code, and the id twice


@pytest.mark.parametrize(
    ("printed", "named"),
    [
        ("import sys; print('no module in /home/ada/set-cookie')", "/home/"),
        ("import sys; print(r'C:\\\\Users\\\\ada', file=sys.stderr)", "C:\\"),
        ("import pathlib; print(pathlib.Path.cwd())", "/tmp/"),
        ("import socket; print('at', socket.gethostname())", socket.gethostname()),
        ("import traceback, json\ntry: json.loads('')\nexcept ValueError: traceback.print_exc()", ""),
    ],
)
def test_an_output_that_names_the_machine_is_refused(notebook, capsys, printed, named):
    path = notebook(printed)
    before = path.read_bytes()
    assert record.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"lesson.ipynb, cell 1: the output names the machine that it was made on: {named}")
    assert said.endswith("The file stays as it was.\n")
    assert path.read_bytes() == before


def test_the_machine_may_be_called_as_a_word_of_the_lesson(notebook, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "server")
    assert record.main([str(notebook("print('client and server')"))]) == 0


def test_of_a_widget_stays_what_it_says(notebook):
    path = notebook("from ipywidgets import IntSlider\nIntSlider(3)")
    record.main([str(path)])
    recorded = nbformat.read(path, as_version=4)
    assert recorded.cells[1].outputs[0].data == {"text/plain": "IntSlider(value=3)"}
    assert "model_id" not in path.read_text()
    assert "widgets" not in recorded.metadata


def test_without_redis_the_cells_that_need_it_keep_their_outputs(notebook, monkeypatch):
    path = notebook("print('with Redis')", "print(first)", tags=["needs-redis"])
    monkeypatch.setattr(record, "why_skipped", lambda cell: "")
    record.main([str(path)])
    before = outputs(path)
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    notebook("raise SystemError", "raise SystemError", path=path, tags=["needs-redis"])
    assert record.main([str(path)]) == 0
    assert outputs(path) == before
    assert [cell.execution_count for cell in nbformat.read(path, as_version=4).cells] == [1, 2, 3]


@pytest.mark.parametrize(
    ("lesson", "file", "before", "after", "cell"),
    [
        (
            "01_name",
            "lesson/headers.py",
            "id: where in the store the data are.",
            "id: where the store has the data.",
            6,
        ),
        (
            "04_secure",
            "session/cookie.py",
            "settings.httponly and",
            "settings.httponly and not settings.secure and",
            10,
        ),
        ("02_secret", "session/state.py", "self._generate_sid(), self._new", "self._sid, self._new", 9),
    ],
    ids=["a word", "an attribute", "an id"],
)
def test_the_guide_has_diffs_as_they_are_printed(tmp_path, lesson, file, before, after, cell):
    for part in ("demo_app", "notebooks"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    path = tmp_path / "demo_app" / file
    source = path.read_text(encoding="utf-8")
    assert source.count(before) == 1
    path.write_text(source.replace(before, after), encoding="utf-8")
    command = [sys.executable, "-m", "demo_app.teach.record", "--diff", f"notebooks/{lesson}.ipynb"]
    run = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(tmp_path)}, "capture_output": True, "check": True}
    printed = subprocess.run(command, text=True, encoding="utf-8", **run).stdout
    (block,) = re.findall(rf"^{lesson}.ipynb, cell {cell}\n\n(?:  .*\n)+", printed, re.MULTILINE)
    assert f"```\n{block}```" in (ROOT / "docs/regression.md").read_text(encoding="utf-8")
