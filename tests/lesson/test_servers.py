"""Every row of lesson 18's table against the real server: started, asked over loopback, and ended."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from demo_app.lesson.servers import APP_SERVERS, app_servers

from .three_apps import CHOICES

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "Gunicorn": "gunicorn --bind=127.0.0.1:0 --no-control-socket {} tests.lesson.three_apps:wsgi",
    "Waitress": "waitress --listen=127.0.0.1:0 {} tests.lesson.three_apps:wsgi",
    "Uvicorn": "uvicorn --port=0 {} tests.lesson.three_apps:asgi",
}
#: Another address of this machine. Servers that believe 127.0.0.1 do not know it.
ELSEWHERE = "127.0.0.2"


@contextmanager
def running(row):
    """The server of a row: the port at which it listens."""
    module, *arguments = shlex.split(COMMANDS[row.name].format(row.options.strip("`")))
    for needed in [module, "a2wsgi"]:
        pytest.importorskip(needed)
    told = {name: value for name, value in os.environ.items() if name != "FORWARDED_ALLOW_IPS"}
    server = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**told, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with server:
        try:
            printed = ""
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", printed)):
                line = server.stdout.readline()
                assert line, f"{row.name} has ended: {printed}"
                printed += line
            yield int(found[1])
        finally:
            server.terminate()


def believers(port, address, forwarded):
    """The values of ``proxy`` with which a client gets a ``Secure`` cookie, as the table has them."""
    found = []
    for number, choice in enumerate(CHOICES):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))) as client:
            client.request("GET", f"/{number}/", headers={"X-Forwarded-Proto": forwarded, "Connection": "close"})
            answer = client.getresponse()
            if answer.status != 200:
                return str(answer.status)
            if cookie := answer.headers["Set-Cookie"]:
                assert "; Secure" in cookie
                found.append(choice)
    return ", ".join(found) or "none"


@pytest.mark.parametrize("row", APP_SERVERS, ids=lambda row: f"{row.name} {row.options}".strip())
def test_a_server_does_what_its_row_says(row):
    if row.name == "Gunicorn" and sys.platform == "win32":
        pytest.skip("Gunicorn does not run on Windows")
    with running(row) as port:
        assert believers(port, "127.0.0.1", "https") == row.https_from_here
        assert believers(port, "127.0.0.1", "https, http") == row.list_from_here
        if sys.platform == "linux":  # others have one loopback address
            assert believers(port, ELSEWHERE, "https") == row.https_from_elsewhere


def test_the_table_has_all_rows():
    rows = app_servers().rows
    assert [row[2:] for row in rows] == [row[2:] for row in APP_SERVERS]
    assert rows[0][:2] == ("Gunicorn", "as it comes")
