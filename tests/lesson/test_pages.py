"""What the lessons serve stands at the host of the reader's JupyterLab, and lets no script in that somebody else sends.

(The guest book of lesson 05 does, on purpose: tests/browser/test_attacks.py tries what keeps it apart.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests

from demo_app import Server
from tests.running import variables

LESSONS = sorted(Path(__file__).parents[2].joinpath("notebooks").glob("*.ipynb"))
SCRIPT = "<img src=x onerror=alert(1)>"


@contextmanager
def servers_of(name: str) -> Iterator[list[Server]]:
    """The servers that a lesson leaves running."""
    lesson = variables(name)
    yield [value for value in lesson.values() if isinstance(value, Server) and "running" in repr(value)]
    for value in lesson.values():
        if isinstance(value, TemporaryDirectory):
            value.cleanup()  # which it would tell of, if it went by itself


def try_all(server: Server) -> None:
    if not hasattr(server.app, "url_map"):
        return
    for rule in server.app.url_map.iter_rules():
        path = re.sub("<[^>]*>", requests.utils.quote(SCRIPT), rule.rule)
        for method in rule.methods & {"GET", "POST"}:
            query = dict.fromkeys(("paper", "from", "samesite", "to", "page", "name", "user"), SCRIPT)
            client = requests.Session()
            client.verify = server.ca_path or True
            for _ in range(2):  # what is kept in a session comes back the second time
                answer = client.request(method, server.url + path, params=query, data=query)
                assert SCRIPT not in answer.text or "html" not in answer.headers["Content-Type"], (
                    path,
                    answer.text,
                )


@pytest.mark.parametrize("name", [path.stem for path in LESSONS])
def test_no_page_of_a_lesson_shows_what_a_request_brings_as_html(name):
    with servers_of(name) as servers:
        for server in servers:
            try_all(server)
