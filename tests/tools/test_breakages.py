"""The list of broken promises: each can be broken still, and a lesson notices."""

from __future__ import annotations

import ast
import os
import sys

import pytest

from demo_app.lesson.series import SERIES
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


@pytest.mark.skipif(os.name != "posix", reason="only there does an exit code tell of a signal")
def test_a_run_that_somebody_ends_notices_nothing(tmp_path, monkeypatch):
    ended = tmp_path / "python"
    ended.write_text("#!/bin/sh\nkill -9 $$\n")
    ended.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(ended))
    with pytest.raises(RuntimeError, match="Signal 9 ended pytest"):
        notice(BREAKAGES[0])
