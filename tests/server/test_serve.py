"""serve(): a real server in a thread of this process, and nothing of it left behind."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from demo_app import Server, SessionOptions, create_app, serve

OPTIONS = SessionOptions(secret="s")


def ok(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def holdings() -> tuple[int, int | None]:
    """How many threads and file descriptors this process has. (Only Linux tells the latter.)"""
    gc.collect()
    fds = Path("/proc/self/fd")
    return threading.active_count(), len(os.listdir(fds)) if fds.exists() else None


def is_listening(server: Server) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(server.url.rpartition(":")[2]))) == 0


@pytest.fixture
def client():
    with requests.Session() as session:
        session.trust_env = False
        yield session


def test_it_serves_options_a_flask_app_and_any_wsgi_app(client):
    with serve(OPTIONS) as a, serve(create_app(OPTIONS)) as b, serve(ok) as c:
        assert client.get(f"{a.url}/api/visits").json() == {"visits": 1}
        assert client.get(f"{b.url}/api/peek").json() == {"visits": 0}
        assert client.get(c.url).text == "ok"


@pytest.mark.parametrize("wrong", [None, "app", {"secret": "s"}])
def test_what_cannot_be_served_is_told_what_can(wrong):
    with pytest.raises(TypeError, match=r"cannot be served\. Hand in SessionOptions\(…\) or a WSGI app"):
        serve(wrong)


def test_it_listens_on_loopback_only():
    with serve(ok) as server:
        assert server.url.startswith("http://127.0.0.1:")
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in others - {"127.0.0.1", "127.0.1.1"}:
            with socket.socket() as probe:
                probe.settimeout(1)
                assert probe.connect_ex((address, int(server.url.rpartition(":")[2]))) != 0


def test_stop_closes_the_port_and_may_be_called_twice():
    server = serve(ok)
    assert repr(server) == f"<Server {server.url} running>"
    server.stop()
    server.stop()
    assert not is_listening(server)
    assert repr(server) == f"<Server {server.url} stopped>"


def test_a_block_that_fails_stops_it_too():
    with pytest.raises(KeyboardInterrupt), serve(ok) as server:
        raise KeyboardInterrupt
    assert not is_listening(server)


def test_a_hundred_runs_of_the_same_cell_leave_one_server(client):
    before = holdings()
    for _ in range(100):
        server = serve(ok)
        assert client.get(server.url).text == "ok"
    client.close()
    threads, fds = holdings()
    assert threads == before[0] + 1
    server.stop()
    assert holdings() == before


def test_a_thousand_starts_and_stops_leave_nothing(client):
    before = holdings()
    for _ in range(1000):
        serve(ok).stop()
    assert holdings() == before


def test_a_forgotten_server_stops():
    before = holdings()
    server = serve(ok)
    del server
    assert holdings() == before


def test_connections_that_a_client_keeps_open_do_not_keep_it_alive():
    before = holdings()
    with serve(ok) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        idle = [socket.create_connection(address) for _ in range(5)]
        requests.get(server.url)  # answered, so the idle ones have been accepted
    for connection in idle:
        connection.close()
    assert holdings() == before


def test_a_request_that_has_begun_is_answered():
    begun, finish = threading.Event(), threading.Event()
    answers = []

    def slow(environ, start_response):
        begun.set()
        finish.wait(10)
        return ok(environ, start_response)

    server = serve(slow)
    asking = threading.Thread(target=lambda: answers.append(requests.get(server.url).text))
    asking.start()
    begun.wait(10)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    finish.set()
    stopping.join()
    asking.join()
    assert answers == ["ok"]


def test_a_view_may_stop_its_own_server():
    def goodbye(environ, start_response):
        server.stop()
        return ok(environ, start_response)

    server = serve(goodbye)
    assert requests.get(server.url).text == "ok"
    assert not is_listening(server)


def test_requests_leave_no_line_in_the_output(capfd):
    with serve(ok) as server:
        requests.get(server.url)
        requests.get(f"{server.url}/?a=b")
    assert capfd.readouterr() == ("", "")


def test_requests_that_overlap_are_answered_side_by_side():
    both = threading.Barrier(2, timeout=10)

    def meet(environ, start_response):
        both.wait()
        return ok(environ, start_response)

    with serve(meet) as server:
        threads = [threading.Thread(target=requests.get, args=(server.url,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not both.broken


@pytest.mark.parametrize(
    "ending",
    ["", "raise SystemExit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGINT)", "1 / 0"],
    ids=["end", "exit", "interrupt", "error"],
)
def test_the_process_ends_whatever_happens_to_it(ending):
    code = f"import requests\nfrom demo_app import *\nserver = serve(SessionOptions(secret='s'))\n{ending}"
    done = subprocess.run([sys.executable, "-c", code], timeout=30, capture_output=True, text=True,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    assert "Exception ignored" not in done.stderr
