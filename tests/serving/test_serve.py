"""serve(): a real server in a thread of this process, and nothing of it left behind."""

from __future__ import annotations

import contextlib
import errno
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from demo_app import SessionOptions, create_app, serve
from tests.serving.helpers import address_of, ask, holdings, is_listening, ok, wait_for_requests

OPTIONS = SessionOptions(secret="s")


@pytest.fixture
def client():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(params=[False, True], ids=["http", "https"])
def start(request):
    """serve(), over HTTP and over HTTPS."""
    return partial(serve, https=request.param)


def test_it_serves_options_a_flask_app_and_any_wsgi_app(client):
    with serve(OPTIONS) as a, serve(create_app(OPTIONS)) as b, serve(ok) as c:
        assert client.get(f"{a.url}/api/visits").json() == {"visits": 1}
        assert client.get(f"{b.url}/api/peek").json() == {"visits": 0}
        assert client.get(c.url).text == "ok"


@pytest.mark.parametrize("wrong", [None, "app", {"secret": "s"}])
def test_what_cannot_be_served_is_told_what_can(wrong):
    with pytest.raises(TypeError, match=r"cannot be served\. Hand in SessionOptions\(…\) or a WSGI app"):
        serve(wrong)


def test_it_listens_on_loopback_only(start):
    with start(ok) as server:
        assert urlsplit(server.url).hostname == "127.0.0.1"
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in others - {"127.0.0.1", "127.0.1.1"}:
            with socket.socket() as probe:
                probe.settimeout(1)
                assert probe.connect_ex((address, address_of(server)[1])) != 0


def test_nobody_else_is_at_localhost_where_browsers_look_first(start):
    """Another account there would have the cookies of this machine, and the address that the lesson shows."""
    server = start(ok)
    place = "::1", address_of(server)[1]
    with server, socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(place)
        assert other.connect_ex(place) == errno.ECONNREFUSED  # the browser goes on to 127.0.0.1
    with socket.socket(socket.AF_INET6) as other:
        other.bind(place)


def test_where_somebody_is_there_already_another_port_is_taken(start, monkeypatch):
    tried = []

    def kept(port):
        tried.append(port)
        if len(tried) == 1:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return contextlib.nullcontext()

    monkeypatch.setattr("demo_app.serving.server.kept_at_ipv6", kept)
    with start(ok) as server:
        assert tried[0] != tried[1] == address_of(server)[1]
        assert ask(server) == "ok"


def test_stop_closes_the_port_and_may_be_called_twice(start):
    server = start(ok)
    assert repr(server) == f"<Server {server.url} running>"
    server.stop()
    server.stop()
    assert not is_listening(server)
    assert repr(server) == f"<Server {server.url} stopped>"


def test_a_block_that_fails_stops_it_too(start):
    with pytest.raises(KeyboardInterrupt), start(ok) as server:
        raise KeyboardInterrupt
    assert not is_listening(server)


def test_a_hundred_runs_of_the_same_cell_leave_one_server(start, client):
    before = holdings()
    for _ in range(100):
        server = start(ok)
        assert client.get(server.url, verify=server.ca_path).text == "ok"
    client.close()
    wait_for_requests()
    threads, fds = holdings()
    assert threads == before[0] + 1
    server.stop()
    assert holdings() == before


def test_a_thousand_starts_and_stops_leave_nothing(start, client):
    before = holdings()
    for _ in range(1000):
        start(ok).stop()
    assert holdings() == before


def test_a_forgotten_server_stops(start):
    before = holdings()
    server = start(ok)
    del server
    assert holdings() == before


def test_connections_that_a_client_keeps_open_do_not_keep_it_alive(start):
    before = holdings()
    with start(ok) as server:
        idle = [socket.create_connection(address_of(server)) for _ in range(5)]
        ask(server)  # answered, so the idle ones have been accepted
    for connection in idle:
        connection.close()
    assert holdings() == before


def test_a_request_that_has_begun_is_answered(start):
    begun, finish = threading.Event(), threading.Event()

    def slow(environ, start_response):
        begun.set()
        assert finish.wait(10)
        return ok(environ, start_response)

    server = start(slow)
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(ask, server)
        assert begun.wait(10)
        stopping = pool.submit(server.stop)
        finish.set()
        stopping.result()
        assert asking.result() == "ok"


def test_a_view_may_stop_its_own_server(start):
    def goodbye(environ, start_response):
        server.stop()
        return ok(environ, start_response)

    server = start(goodbye)
    assert ask(server) == "ok"
    assert not is_listening(server)


def test_requests_leave_no_line_in_the_output(start, capfd):
    with start(ok) as server:
        ask(server)
        requests.get(f"{server.url}/?a=b", verify=server.ca_path or True)
    assert capfd.readouterr() == ("", "")


def test_requests_that_overlap_are_answered_side_by_side(start):
    both = threading.Barrier(2, timeout=10)

    def meet(environ, start_response):
        both.wait()
        return ok(environ, start_response)

    with start(meet) as server, ThreadPoolExecutor() as pool:
        assert list(pool.map(ask, [server, server])) == ["ok", "ok"]


@pytest.mark.parametrize(
    "ending",
    ["", "raise SystemExit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGINT)", "1 / 0"],
    ids=["end", "exit", "interrupt", "error"],
)
@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_the_process_ends_whatever_happens_to_it(ending, https):
    code = f"from demo_app import *\nserver = serve(SessionOptions(secret='s'), https={https})\n{ending}"
    done = subprocess.run([sys.executable, "-c", code], timeout=30, capture_output=True, text=True,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    assert "Exception ignored" not in done.stderr
