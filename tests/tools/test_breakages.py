"""The list of broken promises: each can be broken still, and a lesson notices."""

from __future__ import annotations

import ast
import os
import shutil
import sys

import pytest

from demo_app.lesson.series import SERIES
from tests.tools import breakages
from tests.tools.breakages import BREAKAGES, ROOT, notice


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: f"{breakage.lesson}-{breakage.promise}")
def test_it_changes_what_the_code_does(breakage):
    source = (ROOT / "demo_app" / breakage.file).read_text(encoding="utf-8")
    assert ast.unparse(ast.parse(breakage.apply(source))) != ast.unparse(ast.parse(source))


def test_each_lesson_promises_something():
    without = {lesson.name for lesson in SERIES} - {breakage.lesson for breakage in BREAKAGES}
    assert not without, f"Write into tests/tools/breakages.py what {', '.join(without)} promises, and how to break it."
    assert len(BREAKAGES) >= 45


def test_a_lesson_notices_what_it_teaches():
    (broken,) = (breakage for breakage in BREAKAGES if breakage.promise == "httponly=False takes the word away.")
    assert notice(broken) == "itself"
    assert notice(broken._replace(after=broken.before)) == "nobody"


def test_a_lesson_that_fails_unbroken_notices_nothing(tmp_path, monkeypatch, capsys):
    """It would seem to notice everything."""
    (tmp_path / "notebooks").mkdir()
    lesson = (ROOT / "notebooks" / "05_httponly.ipynb").read_text(encoding="utf-8")
    assert lesson.count('"outputs": [') > 1
    # Its first cell imports, and prints nothing.
    says = '{"name": "stdout", "output_type": "stream", "text": ["what no cell prints"]}'
    lesson = lesson.replace('"outputs": []', f'"outputs": [{says}]', 1)
    (tmp_path / "notebooks" / "05_httponly.ipynb").write_text(lesson, encoding="utf-8")
    shutil.copytree(ROOT / "demo_app", tmp_path / "demo_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(breakages, "ROOT", tmp_path)
    breakages.main(["05_httponly", "16_genid"])
    assert capsys.readouterr().out.splitlines() == [
        "not written yet, and left out: 16_genid",
        "fails unbroken, and left out: 05_httponly",
        "",
        "noticed by the lesson that makes the promise: 0 of 0",
        "noticed by the lessons and the reference: 0 of 0",
    ]


@pytest.mark.skipif(os.name != "posix", reason="only there does an exit code tell of a signal")
def test_a_run_that_somebody_ends_notices_nothing(tmp_path, monkeypatch):
    ended = tmp_path / "python"
    ended.write_text("#!/bin/sh\nkill -9 $$\n")
    ended.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(ended))
    with pytest.raises(RuntimeError, match="Signal 9 ended pytest"):
        notice(BREAKAGES[0])
