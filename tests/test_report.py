"""What a team reads when a cell of a notebook fails: the attribute that differs, at a glance."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
SETUP = """\
import requests
from demo_app import CookieOptions, SessionOptions, serve
from demo_app.lesson import anatomy, exchange, set_cookies
server = serve(SessionOptions(secret="s", cookie=CookieOptions({cookie})))
answer = requests.get(f"{{server.url}}/api/visits")
"""


@pytest.fixture
def report(tmp_path):
    """A function: what pytest prints of a cell that was recorded with some cookie options, and now has others."""

    def made(code: str, recorded: str, now: str) -> str:
        shutil.copy(ROOT / "notebooks" / "conftest.py", tmp_path)
        path = tmp_path / "lesson.ipynb"
        cells = [nbformat.v4.new_code_cell(SETUP.format(cookie=recorded)), nbformat.v4.new_code_cell(code)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        environment = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
        run = {"env": environment, "cwd": ROOT, "capture_output": True, "text": True, "encoding": "utf-8"}
        subprocess.run([sys.executable, "-m", "demo_app.teach.record", path], check=True, **run)
        changed = nbformat.read(path, as_version=4)
        changed.cells[0].source = SETUP.format(cookie=now)
        nbformat.write(changed, path)
        options = ["-n0", "-p", "no:cacheprovider", "--color=no", "-c", ROOT / "pyproject.toml"]
        command = [sys.executable, "-m", "pytest", *options, path]
        done = subprocess.run(command, **run)
        assert done.returncode == 1, done.stderr
        return re.sub(r"\x1b\[\d+m", "", done.stdout)

    return made


def test_each_attribute_that_differs_is_named_before_the_lines(report):
    printed = report(
        "set_cookies(answer)", 'samesite="Lax"', 'samesite="None", httponly=False, secure="auto", max_age=60'
    )
    assert (
        """
  the output has changed (- stored, + now)
  Set-Cookie of connect.sid: HttpOnly is gone
  Set-Cookie of connect.sid: SameSite was Lax and is None
  Set-Cookie of connect.sid: Expires is new
  --- stored in the notebook
  +++ what the cell gives now
  @@ -1 +1 @@
  -Set-Cookie: connect.sid=s%3A<id>.<signature>; Path=/; HttpOnly; SameSite=Lax
  +Set-Cookie: connect.sid=s%3A<id>.<signature>; Path=/; Expires=<date>; SameSite=None
"""
        in printed
    )


def test_a_header_within_an_exchange_is_found(report):
    printed = report("exchange(answer)", "", "httponly=False")
    assert "\n  Set-Cookie of connect.sid: HttpOnly is gone\n" in printed
    assert "\n   < Vary: Cookie\n  -< Set-Cookie: connect.sid=s%3A<id>.<signature>; Path=/; HttpOnly\n" in printed


def test_a_table_is_read_row_by_row(report):
    printed = report("anatomy(answer)", "", "httponly=False")
    assert "\n  -HttpOnly | browser | Scripts in the page cannot read it.\n" in printed
    assert "<t" not in printed


def test_plain_text_is_compared_as_it_is(report):
    printed = report("print(set_cookies(answer)[0].attributes)", "", "httponly=False")
    assert (
        """
  -{'Path': '/', 'HttpOnly': ''}
  +{'Path': '/'}
"""
        in printed
    )
