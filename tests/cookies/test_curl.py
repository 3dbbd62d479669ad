"""What curl prints, and what it means. The real one is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import flask
import pytest

from demo_app import Server, serve
from demo_app.cookies.curl import read
from demo_app.cookies.sources import Answer

SHOP = "https://shop.example/"


def app() -> flask.Flask:
    shop = flask.Flask("shop")

    @shop.get("/login")
    def log_in() -> flask.Response:
        answer = flask.redirect("/account?a=1")
        answer.set_cookie("id", "1", secure=True)
        answer.set_cookie("b", "1, 2")
        return answer

    @shop.get("/account")
    def account() -> flask.Response:
        answer = flask.Response(
            "HTTP/1.1 200 is the body\n\nSet-Cookie: no=1\n< Set-Cookie: no=2\n> GET / HTTP/1.1\n", 201
        )
        answer.set_cookie("last", "1")
        return answer

    return shop


@pytest.fixture(scope="module", params=[False, True], ids=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serve(app(), https=request.param) as running:
        yield running


@pytest.fixture
def curl(server: Server, require_tool: Callable[..., None]) -> Callable[..., str]:
    require_tool("curl")

    def run(*options: str) -> str:
        command = ["curl", "--insecure", "--silent", *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
        return done.stdout.decode()

    return run


@pytest.mark.parametrize("option", ["-i", "-v", "-vi"])
def test_curl_tells_each_answer_and_its_lines(server, curl, option):
    url = f"{server.url}/login"
    found = read(curl(option, "-L", "-b", "old=1", url), url)
    had = option != "-i"
    assert found == [
        Answer(url, ("id=1; Secure; Path=/", 'b="1\\054 2"; Path=/'), 302, had),
        Answer(f"{server.url}/account?a=1", ("last=1; Path=/",), 201, had),
    ]


def test_curl_v_knows_its_address_and_what_it_sent(server, curl):
    url = f"{server.url}/account"
    assert read(curl("-v", url), None) == [Answer(url, ("last=1; Path=/",), 201)]


VERBOSE = """\
*   Trying 192.0.2.1:443...
* Connected to proxy.example (192.0.2.1) port 3128
> CONNECT shop.example:443 HTTP/1.1\r
> Host: shop.example:443\r
>\r
< HTTP/1.1 200 Connection established\r
< Set-Cookie: proxy=1\r
<\r
* CONNECT phase completed
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
* [HTTP/2] [1] OPENED stream for https://shop.example/a
> GET /a HTTP/2\r
> Host: shop.example\r
> Cookie: id=1\r
>\r
< HTTP/2 103\r
<\r
< HTTP/2 302\r
< set-cookie: a=1\r
< location: http://plain.example/\r
<\r
* Connection #0 to host shop.example left intact
* Issue another request to this URL: 'http://plain.example/'
*   Trying 192.0.2.2:80...
> GET / HTTP/1.1\r
> Host: plain.example\r
>\r
< HTTP/1.1 200 OK\r
< Set-Cookie: b=1\r
<\r
* Re-using existing connection with host shop.example
> GET /c HTTP/2\r
> Host: shop.example\r
>\r
< HTTP/2 204\r
< set-cookie: c=1\r
<\r
"""


def test_proxies_early_words_and_connections_that_are_used_again():
    found = [answer for answer in read(VERBOSE, None) if answer.status != 103]
    assert found == [
        Answer("https://shop.example/a", ("a=1",), 302, True),
        Answer("http://plain.example/", ("b=1",), 200),
        Answer("https://shop.example/c", ("c=1",), 204),
    ]


def test_of_curl_i_too():
    before = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Connection established\r\n\r\n"
    text = before + "HTTP/2 200\r\nset-cookie: a=1\r\n\r\nHTTP/1.1 200\n"
    assert read(text, SHOP)[-1] == Answer(SHOP, ("a=1",), 200)


def test_lines_alone_will_do():
    assert read("Set-Cookie: a=1\nset-cookie:b=2\n", SHOP) == [Answer(SHOP, ("a=1", "b=2"))]
    assert read("< Set-Cookie: a=1\r\n", SHOP) == [Answer(SHOP, ("a=1",))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no line begins with HTTP/"),
        ("<html>", "no line begins with HTTP/"),
        ("HTTP/1.1 200 OK\n\n", "curl -i does not print the address"),
        ("Set-Cookie: a=1", "curl -i does not print the address"),
    ],
)
def test_what_is_something_else_is_told(text, words):
    with pytest.raises(ValueError, match=words):
        read(text, None)
