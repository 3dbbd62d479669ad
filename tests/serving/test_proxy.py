"""reverse_proxy(): real HTTP between a proxy that ends TLS and the server behind it."""

from __future__ import annotations

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from werkzeug.wrappers import Request, Response

from demo_app import CookieOptions, SessionOptions, reverse_proxy, serve
from tests.serving.helpers import address_of, holdings

FORGED = {"X-Forwarded-Proto": "https"}


def secure_options(proxy: bool | None) -> SessionOptions:
    return SessionOptions(secret="s", cookie=CookieOptions(secure=True), proxy=proxy)


@Request.application
def mirror(request):
    """Tells what it was asked."""
    raw = request.environ["RAW_URI"]
    said = {"method": request.method, "uri": raw, "headers": dict(request.headers)}
    said["body"] = request.get_data(as_text=True)
    return Response(json.dumps(said), content_type="application/json")


@pytest.fixture
def client():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def behind():
    """A server behind a proxy over HTTP: behind(app, …) returns the proxy's address."""
    servers = []

    def start(app, **choice):
        servers.append(serve(app))
        servers.append(serve(reverse_proxy(servers[-1].url, **choice)))
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


class TestSecureCookie:
    """The option ``proxy``: whether the backend believes that the client came over HTTPS."""

    @pytest.mark.parametrize("forwarded", ["replace", "append"])
    def test_it_makes_the_round_trip_where_the_backend_trusts_its_proxy(self, forwarded):
        with (
            serve(secure_options(proxy=True)) as backend,
            serve(reverse_proxy(backend.url, forwarded), https=True) as proxy,
            requests.Session() as client,
        ):
            client.verify = proxy.ca_path
            assert "; Secure" in client.get(f"{proxy.url}/api/visits").headers["Set-Cookie"]
            assert client.get(f"{proxy.url}/api/visits").json() == {"visits": 2}

    @pytest.mark.parametrize("trust", [None, False])
    def test_it_is_missing_where_the_backend_does_not(self, trust, client):
        with serve(secure_options(trust)) as backend, serve(reverse_proxy(backend.url), https=True) as proxy:
            answer = client.get(f"{proxy.url}/api/visits", verify=proxy.ca_path)
        assert answer.json() == {"visits": 1}
        assert "Set-Cookie" not in answer.headers

    def test_it_is_missing_where_the_proxy_says_nothing(self, client):
        with (
            serve(secure_options(True)) as backend,
            serve(reverse_proxy(backend.url, None), https=True) as proxy,
        ):
            assert "Set-Cookie" not in client.get(f"{proxy.url}/api/visits", verify=proxy.ca_path).headers

    def test_a_backend_that_trusts_its_proxy_believes_everybody_who_reaches_it(self, client):
        with serve(secure_options(proxy=True)) as backend:
            assert "Set-Cookie" not in client.get(f"{backend.url}/api/visits").headers
            assert "Set-Cookie" in client.get(f"{backend.url}/api/visits", headers=FORGED).headers

    @pytest.mark.parametrize(("forwarded", "is_believed"), [("replace", False), ("append", True), (None, True)])
    def test_a_forged_header_passes_a_proxy_that_does_not_replace_it(self, forwarded, is_believed, behind, client):
        url = behind(secure_options(proxy=True), forwarded=forwarded)
        answer = client.get(f"{url}/api/visits", headers=FORGED)
        assert ("Set-Cookie" in answer.headers) is is_believed


@pytest.mark.parametrize(
    ("forwarded", "sent", "arrives"),
    [
        ("replace", {}, ["http", "127.0.0.1"]),
        ("replace", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}, ["http", "127.0.0.1"]),
        ("append", {}, ["http", "127.0.0.1"]),
        (
            "append",
            {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"},
            ["https, http", "1.2.3.4, 127.0.0.1"],
        ),
        ("append", {"X-Forwarded-Proto": "https", "Connection": "X-Forwarded-Proto"}, ["http", "127.0.0.1"]),
        (None, {}, [None, None]),
        (None, {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}, ["https", "1.2.3.4"]),
    ],
)
def test_what_the_backend_is_told_about_the_client(forwarded, sent, arrives, behind, client):
    headers = client.get(behind(mirror, forwarded=forwarded), headers=sent).json()["headers"]
    assert [headers.get("X-Forwarded-Proto"), headers.get("X-Forwarded-For")] == arrives


class TestRequest:
    @pytest.mark.parametrize("uri", ["/", "/a%2Fb/%C3%BC?x=%20&y=a+b&z", "/a;b=c/..//d?e=/?"])
    def test_the_address_arrives_as_it_was_written(self, uri, behind):
        port = int(behind(mirror).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:  # because requests tidies addresses up
            connection.sendall(f"GET {uri} HTTP/1.1\r\nHost: shop.localhost\r\n\r\n".encode())
            said = json.loads(connection.makefile("rb").read().rpartition(b"\r\n\r\n")[2])
        assert said["uri"] == uri
        assert said["headers"]["Host"] == "shop.localhost"

    def test_what_an_address_may_not_hold_arrives_escaped(self, behind):
        port = int(behind(mirror).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall("GET /ü\1 HTTP/1.1\r\n\r\n".encode("latin-1"))
            assert b'"uri": "/%C3%BC%01"' in connection.makefile("rb").read()

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    @pytest.mark.parametrize("body", [b"", b"text", [b"in ", b"pieces"]], ids=["empty", "whole", "chunked"])
    def test_method_and_body(self, method, body, behind, client):
        data = iter(body) if isinstance(body, list) else body
        said = client.request(method, behind(mirror), data=data).json()
        assert said["method"] == method
        assert said["body"] == (body if isinstance(body, bytes) else b"".join(body)).decode()
        assert "Transfer-Encoding" not in said["headers"]

    def test_a_length_that_contradicts_the_chunks_does_not_arrive(self, behind):
        port = int(behind(mirror).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendall(b"3\r\nabc\r\n0\r\n\r\n")
            said = json.loads(connection.makefile("rb").read().rpartition(b"\r\n\r\n")[2])
        assert (said["body"], said["headers"]["Content-Length"]) == ("abc", "3")

    def test_a_request_without_a_body_gets_none(self, behind, client):
        assert "Content-Length" not in client.get(behind(mirror)).json()["headers"]

    def test_headers_of_the_connection_stay_behind(self, behind, client):
        sent = {
            "Connection": "keep-alive, X-Here-Only",
            "X-Here-Only": "1",
            "Keep-Alive": "timeout=5",
            "TE": "trailers",
            "Proxy-Authorization": "Basic eDp5",
            "X-All-The-Way": "1",
            "Cookie": "a=1; b=2",
        }
        arrived = client.get(behind(mirror), headers=sent).json()["headers"]
        assert set(arrived) & {*sent, "Te"} == {"X-All-The-Way", "Cookie"}
        assert arrived["Cookie"] == "a=1; b=2"

    def test_a_body_that_ends_too_early_is_a_bad_request(self, behind, capfd):
        port = int(behind(mirror).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
            connection.shutdown(socket.SHUT_WR)
            assert connection.makefile("rb").readline() == b"HTTP/1.1 400 BAD REQUEST\r\n"
        assert capfd.readouterr() == ("", "")


class TestAnswer:
    def test_several_set_cookie_headers_stay_several(self, behind, client):
        def two(environ, start_response):
            start_response("200 OK", [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")])
            return [b"ok"]

        answer = client.get(behind(two))
        assert answer.raw.headers.getlist("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]
        assert client.cookies.get_dict() == {"a": "1", "b": "2"}

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/visits"),
            ("HEAD", "/api/peek"),
            ("GET", "/api/me"),
            ("OPTIONS", "/api/notes"),
            ("DELETE", "/api/peek"),
            ("POST", "/api/logout"),
            ("GET", "/nowhere"),
        ],
    )
    def test_it_is_what_the_backend_says(self, method, path, client):
        def without_what_differs(answer):
            headers = "\n".join(f"{name}: {value}" for name, value in answer.raw.headers.items())
            headers = re.sub(r"=s%3A[^;]+|\d\d:\d\d:\d\d", "…", headers)
            return answer.status_code, answer.reason, headers, answer.content

        with serve(SessionOptions(secret="s")) as backend, serve(reverse_proxy(backend.url)) as proxy:
            direct, through = (requests.request(method, f"{server.url}{path}") for server in (backend, proxy))
        assert without_what_differs(through) == without_what_differs(direct)

    def test_a_redirect_is_the_clients_to_follow(self, behind, client):
        def moved(environ, start_response):
            start_response("302 Found", [("Location", "/elsewhere"), ("Content-Length", "0")])
            return []

        answer = client.get(behind(moved), allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/elsewhere")

    def test_headers_of_the_connection_stay_behind(self, behind, client):
        def talkative(environ, start_response):
            start_response("200 OK", [("Keep-Alive", "timeout=5"), ("Connection", "X-Here-Only"), ("X-Here-Only", "1")])
            return [b"ok"]

        assert set(client.get(behind(talkative)).headers) == {
            "Server",
            "Date",
            "Transfer-Encoding",
            "Connection",
        }


class TestBackendIsDown:
    def test_502_says_so_in_one_sentence(self, client, capfd):
        backend = serve(mirror)
        with serve(reverse_proxy(backend.url)) as proxy:
            backend.stop()
            answer = client.get(proxy.url)
        assert answer.status_code == 502
        assert answer.json() == {"error": f"The server behind the proxy, {backend.url}, does not answer."}
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("words", [b"", b"What?\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbroken"])
    def test_502_where_it_breaks_off(self, words, client):
        def hang_up():
            connection, _ = backend.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(words)

        with socket.create_server(("127.0.0.1", 0)) as backend, ThreadPoolExecutor() as pool:
            backend.settimeout(10)
            hanging_up = pool.submit(hang_up)
            with serve(reverse_proxy(f"http://127.0.0.1:{backend.getsockname()[1]}")) as proxy:
                assert client.get(proxy.url).status_code == 502
            hanging_up.result()


@pytest.mark.parametrize("wrong", ["127.0.0.1:80", "https://127.0.0.1:80", "http://", "http://a/b", "http://a?b", None])
def test_what_is_no_address_of_an_http_server_is_refused(wrong):
    with pytest.raises(ValueError, match=re.escape(repr(wrong)) + r".* Hand in one such as backend\.url"):
        reverse_proxy(wrong)


def test_an_unknown_choice_is_refused():
    with pytest.raises(ValueError, match="forwarded='add'.*it is 'replace', 'append' or None"):
        reverse_proxy("http://127.0.0.1:80", "add")


def test_it_leaves_nothing():
    before = holdings()
    for _ in range(100):
        with (
            serve(mirror) as backend,
            serve(reverse_proxy(backend.url)) as proxy,
            socket.create_connection(address_of(proxy)) as connection,
        ):
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
    assert holdings() == before
