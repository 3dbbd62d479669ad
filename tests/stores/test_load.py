"""Many requests at the same time, and requests that overlap in every way that matters."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import session as current_session
from werkzeug.test import EnvironBuilder

from demo_app import serve
from demo_app.session import SQLiteStore
from tests.stores.helpers import PATIENCE, Thread, cookie_header, make_app, stored

THREADS = 64
REQUESTS = 200


def call(app, environ):
    """Send a request; return the answer's body and its Set-Cookie."""
    answer = {}

    def start_response(status, headers, exc_info=None):
        answer.update(headers, status=status)

    body = b"".join(app(environ.copy(), start_response)).decode()
    assert answer["status"] == "200 OK", body
    return body, answer.get("Set-Cookie")


def test_64_clients_with_200_requests_each(store):
    """Nobody loses a visit, and nobody gets those of another one."""
    app = make_app(store)
    start = threading.Barrier(THREADS)

    def client():
        environ = EnvironBuilder("/write").get_environ()
        start.wait()
        first, given = call(app, environ)
        environ["HTTP_COOKIE"] = given.partition(";")[0]
        return [first, *(call(app, environ)[0] for _ in range(REQUESTS - 1))]

    expected = [str(n) for n in range(1, REQUESTS + 1)]
    for thread in [Thread(client) for _ in range(THREADS)]:
        assert thread.result() == expected
    assert {session.data for session in store.all().values()} == {f'{{"visits":{REQUESTS}}}'}
    assert len(store) == THREADS


class Overlap:
    """A request that has begun, waits in its view while others come and go, and then ends."""

    def __init__(self, store, **options):
        self.store = store
        self.app = make_app(store, **options)
        self._in_view = threading.Event()
        self._go_on = threading.Event()

        @self.app.get("/slow-<kind>")
        def slow(kind):
            seen = current_session.get("visits")
            self._in_view.set()
            assert self._go_on.wait(PATIENCE)
            if kind == "write":
                current_session["visits"] = 100
            return str(seen)

        @self.app.get("/destroy")
        def destroy():
            current_session.destroy()
            return ""

        @self.app.get("/regenerate")
        def regenerate():
            current_session.regenerate()
            return ""

        store.set("shared", stored('{"visits":1}', max_age=60))

    def send(self, path):
        return self.app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie_header("shared")})

    def run(self, slow, *quick):
        """Send ``slow``, then all of ``quick`` while it waits; return its response."""
        thread = Thread(lambda: self.send(slow))
        assert self._in_view.wait(PATIENCE)
        for path in quick:
            assert self.send(path).status_code == 200
        self._go_on.set()
        response = thread.result()
        assert (response.status_code, response.text) == (200, "1")
        return response


@pytest.mark.parametrize(
    ("resave", "slow", "quick", "visits"),
    [
        (True, "/slow-read", "/write", 1),  # the slow reader overwrites the quick writer
        (False, "/slow-read", "/write", 2),
        (True, "/slow-write", "/write", 100),  # both write: the last one wins
        (False, "/slow-write", "/write", 100),
        (True, "/slow-write", "/read", 100),
        (False, "/slow-write", "/read", 100),
    ],
)
def test_two_requests_on_one_session(store, resave, slow, quick, visits):
    Overlap(store, resave=resave).run(slow, quick)
    assert store.get("shared").data == f'{{"visits":{visits}}}'


@pytest.mark.parametrize("resave", [True, False])
@pytest.mark.parametrize("end", ["/destroy", "/regenerate"])
@pytest.mark.parametrize("slow", ["/slow-read", "/slow-write"])
def test_a_slow_request_never_brings_a_destroyed_session_back(store, resave, end, slow):
    response = Overlap(store, resave=resave, rolling=True).run(slow, end)
    assert "Set-Cookie" not in response.headers
    assert store.get("shared") is None
    assert "shared" not in store.all()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc, to count open files")
def test_a_thread_for_each_request_leaves_no_connection_behind(tmp_path):
    store = SQLiteStore(tmp_path / "sessions.db")
    app = make_app(store)
    for _ in range(20):
        for thread in [Thread(lambda: app.test_client().get("/write").text) for _ in range(16)]:
            assert thread.result() == "1"
        # The file and its WAL for each idle connection, and one index of the WAL for all.
        assert open_files(tmp_path) <= 2 * SQLiteStore._IDLE + 1


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc, to count open files")
def test_a_store_takes_its_connections_with_it(tmp_path):
    store = SQLiteStore(tmp_path / "sessions.db")
    store.set("x", stored())
    assert open_files(tmp_path) == 3
    del store
    assert open_files(tmp_path) == 0


def open_files(folder):
    """How many descriptors this process has for files in a folder."""
    names = [entry.path for entry in os.scandir("/proc/self/fd")]
    return sum(os.readlink(name).startswith(str(folder)) for name in names if os.path.islink(name))


def test_a_real_server_over_sqlite(tmp_path):
    import requests

    path = tmp_path / "sessions.db"
    with serve(make_app(SQLiteStore(path))) as server:

        def client():
            with requests.Session() as http:
                http.trust_env = False
                return [http.get(f"{server.url}/write").text for _ in range(20)]

        for thread in [Thread(client) for _ in range(8)]:
            assert thread.result() == [str(n) for n in range(1, 21)]
    assert {session.data for session in SQLiteStore(path).all().values()} == {'{"visits":20}'}


WRITER = """
import sys
from demo_app.session import SQLiteStore
from tests.stores.helpers import stored
path, name = sys.argv[1:]
store = SQLiteStore(path)
for n in range(200):
    session = stored('{"n":%d}' % n, max_age=60)
    store.set(f"{name}-{n}", session)
    store.set("shared", session)
    assert store.touch("shared", session.cookie)
    assert store.get(f"{name}-{n}") == session
"""


def test_processes_share_a_file(tmp_path):
    """All of them find no file, and make it at the same time."""
    path = tmp_path / "sessions.db"
    command = [sys.executable, "-W", "error", "-c", WRITER, str(path)]
    writers = [
        subprocess.Popen([*command, str(n)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        for n in range(4)
    ]
    assert [writer.wait(PATIENCE) for writer in writers] == [0, 0, 0, 0]
    assert len(SQLiteStore(path)) == 4 * 200 + 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_uses_no_connection_of_its_parent(tmp_path):
    """As with gunicorn --preload. In a process of its own: this one has threads, and must not fork."""
    script = """
import os, sys
from demo_app.session import SQLiteStore
from tests.stores.helpers import stored
store = SQLiteStore(sys.argv[1])
store.set("parent", stored())
children = []
for n in range(4):
    child = os.fork()
    if child == 0:
        before = list(store._idle[os.getppid()])
        for i in range(100):
            store.set(f"{n}-{i}", stored())
        assert not set(before) & set(store._idle[os.getpid()])
        os._exit(0)
    children.append(child)
    for i in range(100):
        store.set(f"parent-{n}-{i}", stored())
assert all(os.waitpid(child, 0)[1] == 0 for child in children)
assert len(store) == 801
"""
    command = [sys.executable, "-W", "error", "-c", script, str(tmp_path / "sessions.db")]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=True)
