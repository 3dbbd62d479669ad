"""The address on the browser's command line, which everyone on the machine can read: what it gives, and to whom."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from demo_app.setup.one_time import OneTimeAddress

# Another user, who has read the command line: sends a request and prints the answer.
THIEF = """
import os, socket, sys
os.setuid(65534)
with socket.socket() as thief:
    thief.connect(("127.0.0.1", int(sys.argv[1])))
    thief.sendall(sys.argv[2].encode())
    print(thief.recv(4096).decode())
"""
TARGET = "http://127.0.0.1:8888/lab?token=secret"


@pytest.fixture
def address() -> Iterator[str]:
    with OneTimeAddress(TARGET) as running:
        yield running.url


def ask(address: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    """Send one request; return the status, the headers and the body of its answer."""
    url = urlsplit(address)
    named = {"Host": url.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
    assert url.hostname is not None
    with closing(http.client.HTTPConnection(url.hostname, url.port, timeout=30)) as connection:
        connection.request(method, url.path, headers=named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_the_first_is_sent_on_and_the_second_is_told_why_not(address: str) -> None:
    status, headers, _ = ask(address)
    assert (status, headers["Location"]) == (302, TARGET)
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")

    status, headers, text = ask(address)
    assert (status, headers["Location"]) == (410, None)
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "somebody else on this machine may have been quicker" in text
    assert "secret" not in text


def test_of_many_at_once_one_is_sent_on(address: str) -> None:
    start = Barrier(8)

    def browser(_: int) -> int:
        start.wait(30)
        return ask(address)[0]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(browser, range(8))) == [302] + 7 * [410]


@pytest.mark.parametrize(
    "foreign",
    [
        {"Host": "attacker.example"},  # DNS rebinding
        {"Host": "127.0.0.1.attacker.example"},
        {"Host": ""},
        {"Sec_Purpose": "prefetch;prerender"},
        {"method": "HEAD"},
        {"method": "POST"},
    ],
    ids=str,
)
def test_what_is_no_visit_of_a_browser_here_learns_nothing_and_uses_nothing_up(
    address: str, foreign: dict[str, str]
) -> None:
    status, headers, text = ask(address, **foreign)
    assert status in {404, 501}
    assert "secret" not in str(headers) + text
    assert ask(address, Host="localhost:8000")[0] == 302  # as a tunnel to another machine may call it


def test_a_guess_learns_nothing(address: str) -> None:
    origin, _, path = address.rpartition("/")
    assert len(path) >= 22  # 128 bits in base64
    for guess in ("", path[:-1], path + "/", path.swapcase()):
        status, headers, text = ask(f"{origin}/{guess}")
        assert (status, headers["Location"]) == (404, None)
        assert "The terminal in which run.py runs shows another address" in text


def test_an_old_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneTimeAddress, "life", 0)
    with OneTimeAddress(TARGET) as running:
        assert ask(running.url)[0] == 410


@pytest.mark.skipif(
    not Path("/proc/net/tcp").exists() or os.getuid() != 0, reason="needs Linux, and root to become somebody else"
)
def test_another_user_of_the_machine_is_refused_and_uses_nothing_up(address: str) -> None:
    url = urlsplit(address)
    request = f"GET {url.path} HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n"
    done = subprocess.run([sys.executable, "-c", THIEF, str(url.port), request], capture_output=True, text=True)
    assert done.stdout.split(" ", 2)[1] == "404", done.stderr
    assert ask(address)[0] == 302


def test_a_visitor_who_says_nothing_holds_nobody_up(address: str) -> None:
    url = urlsplit(address)
    with closing(http.client.HTTPConnection(url.hostname, url.port)) as silent:
        silent.connect()
        assert ask(address)[0] == 302
