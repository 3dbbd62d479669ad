"""What a team reads when a cell of a notebook fails: the attribute that differs, at a glance."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import partial
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


class Lesson:
    """A notebook in a folder of its own, with the ``conftest.py`` of the lessons."""

    def __init__(self, folder: Path) -> None:
        shutil.copy(ROOT / "notebooks" / "conftest.py", folder)
        self._path = folder / "lesson.ipynb"
        self._run = partial(
            subprocess.run,
            env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    def record(self, *sources: str, tags: list[str] | None = None) -> None:
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": tags or []}) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), self._path)
        done = self._run([sys.executable, "-m", "demo_app.teach.record", self._path])
        assert done.returncode == 0, done.stderr

    def change(self, *sources: str) -> None:
        notebook = nbformat.read(self._path, as_version=4)
        for cell, source in zip(notebook.cells, sources, strict=True):
            cell.source = source
        nbformat.write(notebook, self._path)

    def test(self, *options: str) -> str:
        """What pytest prints."""
        options = ("-n0", "-p", "no:cacheprovider", "--color=no", "-c", str(ROOT / "pyproject.toml"), *options)
        done = self._run([sys.executable, "-m", "pytest", *options, self._path])
        assert not done.stderr
        return re.sub(r"\x1b\[\d+m", "", done.stdout)


@pytest.fixture
def lesson(tmp_path):
    return Lesson(tmp_path)


@pytest.fixture
def report(lesson):
    """A function: what pytest prints of a cell that was recorded with some cookie options, and now has others."""

    def made(code: str, recorded: str, now: str) -> str:
        lesson.record(SETUP.format(cookie=recorded), code)
        lesson.change(SETUP.format(cookie=now), code)
        printed = lesson.test()
        assert "1 failed, 1 passed" in printed
        return printed

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


def test_attributes_that_only_changed_place_are_said_to_have(lesson):
    setup = "from demo_app.cookies import SetCookie"
    lesson.record(setup, "SetCookie('sid=1; Path=/; HttpOnly; Secure')")
    lesson.change(setup, "SetCookie('sid=1; HttpOnly; Path=/; Secure')")
    assert """
  the output has changed (- stored, + now)
  Set-Cookie of sid: the same attributes, in another order
  --- stored in the notebook
  +++ what the cell gives now
  @@ -1 +1 @@
  -Set-Cookie: sid=1; Path=/; HttpOnly; Secure
  +Set-Cookie: sid=1; HttpOnly; Path=/; Secure
""" in lesson.test()


SHOP = """\
from flask import Flask
app = Flask("shop")
@app.get("/")
def shop(): return "ok", [("Set-Cookie", "theme=dark; Path=/")] * {times}
server = serve(app)
answer = requests.get(server.url)
"""


def test_a_cookie_that_is_sent_twice_is_said_to_be(lesson):
    setup, *cells = SETUP.format(cookie=""), "exchange(answer)", "anatomy(answer)"
    lesson.record(setup, SHOP.format(times=1), *cells)
    lesson.change(setup, SHOP.format(times=2), *cells)
    printed = lesson.test()
    assert "\n  Set-Cookie of theme: the cookie is sent twice\n" in printed
    assert "ValueError: This response sets 2 cookies, theme twice." in printed


LOG_IN = """\
from demo_app.lesson import watch
traffic = watch(server)
client = requests.Session()
set_cookies(client.get(f"{server.url}/api/visits"))
"""


def test_an_id_that_is_not_renewed_at_log_in_is_one_sentence(lesson):
    setup = SETUP.format(cookie="max_age=60")
    ada = 'client.post(f"{server.url}/api/login", json={"username": "ada", "password": "lovelace"})'
    cells = (LOG_IN, f"set_cookies({ada})", 'exchange(client.get(f"{server.url}/api/me"))')
    lesson.record(setup, *cells)
    lesson.change(f"from demo_app.session import Session\nSession.regenerate = dict.clear\n{setup}", *cells)
    printed = lesson.test()
    line = "Set-Cookie: connect.sid=s%3A<id>.<signature>; Path=/; Expires=<date>; HttpOnly"
    assert f"\nthe id is that of cell 1, where a new one is stored: {line}\n" in printed
    assert "1 failed, 3 passed" in printed


def test_of_a_diagram_the_events_are_compared(lesson):
    cells = (SETUP.format(cookie=""), LOG_IN, 'client.get(f"{server.url}/api/peek")\ntraffic')
    lesson.record(*cells)
    lesson.change(*cells[:2], 'client.get(f"{server.url}/api/visits")\ntraffic')
    printed = lesson.test()
    assert "\n  -2  client → server  GET /api/peek\n" in printed
    assert "\n  +2  client → server  GET /api/visits\n" in printed
    assert "svg" not in printed
    assert 'x1="' not in printed


def test_a_kernel_that_does_not_start_is_one_error_with_one_sentence(lesson, tmp_path):
    lesson.record("1", "2", "3")
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit(1)")
    printed = lesson.test("-rs")
    assert "\nThe kernel did not start, in two attempts: Kernel died before replying to kernel_info\n" in printed
    assert "2 skipped, 1 error" in printed
    assert len(printed.splitlines()) < 25


def test_a_kernel_that_does_not_start_is_tried_a_second_time(lesson, tmp_path):
    lesson.record("1", "2", "3")
    (tmp_path / "ipykernel_launcher.py").write_text("""\
from pathlib import Path
if not Path("tried").exists():
    Path("tried").touch()
    raise SystemExit(1)
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
""")
    assert "3 passed" in lesson.test()


def test_cells_that_need_redis_are_skipped_with_the_reason(lesson):
    lesson.record("'no server is on the path'", tags=["needs-redis"])
    assert "redis-server, or the package redis, is not installed" in lesson.test("-rs")
