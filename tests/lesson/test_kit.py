"""What notebooks show with: both forms of each piece, and the empty state."""

from __future__ import annotations

import pytest
import requests
from flask import Flask, request

from demo_app import CookieOptions, MemoryStore, SessionOptions, serve
from demo_app.cookies.table import Table
from demo_app.lesson import anatomy, contents, diff, exchange, set_cookies


@pytest.fixture
def visit():
    """A first visit to a server with these options."""
    servers = []

    def visit(path="/api/visits", **options):
        servers.append(serve(SessionOptions(**{"secret": "s", **options})))
        return requests.get(servers[-1].url + path)

    yield visit
    for server in servers:
        server.stop()


def two_cookies():
    app = Flask("two_cookies")

    @app.get("/")
    def view():
        response = app.make_response("<b>")
        response.set_cookie("a", "1", expires=0)
        response.set_cookie("b", "2")
        return response

    return app


def test_several_set_cookie_lines_stay_several():
    with serve(two_cookies()) as server:
        response = requests.get(server.url)
        assert repr(set_cookies(response)) == (
            "Set-Cookie: a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/\nSet-Cookie: b=2; Path=/"
        )
        assert [str(cookie) for cookie in set_cookies(response)][1] == "b=2; Path=/"
        assert [line for line in repr(exchange(response)).splitlines() if "Cookie" in line] == [
            "< Set-Cookie: a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
            "< Set-Cookie: b=2; Path=/",
        ]
        with pytest.raises(ValueError, match=r"sets 2 cookies\. Choose one: set_cookies\(response\)\[0\]"):
            anatomy(response)


def test_a_response_without_a_cookie_says_so(visit):
    response = visit("/api/peek")
    assert repr(set_cookies(response)) == "(no Set-Cookie header)"
    assert repr(anatomy(response)) == "This response has no Set-Cookie header."
    assert anatomy(response)._repr_html_() == "<p>This response has no Set-Cookie header.</p>"


def test_an_exchange_reads_as_curl_prints_it(visit):
    response = visit("/api/visits?a=b")
    lines = repr(exchange(response)).splitlines()
    host = response.url.split("/")[2]
    assert lines[:2] == ["> GET /api/visits?a=b HTTP/1.1", f"> Host: {host}"]
    assert "< HTTP/1.1 200 OK" in lines
    assert f"< Set-Cookie: {response.headers['Set-Cookie']}" in lines
    assert lines[-2:] == ["<", '{"visits":1}']


def test_html_is_escaped():
    with serve(two_cookies()) as server:
        assert "&lt;b&gt;" in exchange(requests.get(server.url))._repr_html_()
    assert "&lt;x&gt;" in Table(["<x>"], [["`<x>`"]])._repr_html_()
    assert "<x>" not in Table(["<x>"], [["a `<x>` b"]])._repr_html_()


def test_the_anatomy_names_every_part(visit):
    response = visit(name="n", cookie=CookieOptions(max_age=60, samesite="Lax", priority="High", domain="127.0.0.1",
                                                    partitioned=True))  # fmt: skip
    parts = [row[0].strip("`") for row in anatomy(response).rows]
    sid, signature = set_cookies(response)[0].signed
    assert parts[:4] == ["n", "s:", sid, signature]
    assert [part.partition("=")[0] for part in parts[4:]] == [
        "Domain", "Path", "Expires", "HttpOnly", "Partitioned", "Priority", "SameSite",
    ]  # fmt: skip
    assert not any("Unknown" in row[2] for row in anatomy(response).rows)


def test_the_anatomy_of_another_frameworks_cookie():
    rows = anatomy("session=abc.def; Path=/; Fancy").rows
    assert rows[1] == ("`abc.def`", "server", "The value.")
    assert rows[-1] == ("`Fancy`", "nobody", "Unknown; clients skip it.")


def test_attributes_are_the_same_in_any_case():
    """Starlette, for one, writes ``httponly`` and ``path``."""
    line = "session=x; path=/; HTTPONLY; samesite=lax"
    assert [row[0] for row in anatomy(line).rows[2:]] == ["`Path=/`", "`HttpOnly`", "`SameSite=lax`"]
    assert diff(line, "session=x; Path=/; HttpOnly; SameSite=lax").rows == []


def test_a_line_may_be_copied_with_the_name_of_its_header():
    assert anatomy("Set-Cookie: session=x; Path=/").rows == anatomy("session=x; Path=/").rows
    assert diff("Set-Cookie: session=x; Path=/\n", "session=x; Path=/").rows == []


@pytest.mark.parametrize("domain", [None, "shop.localhost"])
def test_the_lessons_client_sends_to_hosts_below_with_and_without_domain(domain):
    """What the anatomy says of ``Domain``; what a browser does, tests/browser holds."""
    app = Flask("shop")

    @app.get("/")
    def view():
        response = app.make_response(request.headers.get("Cookie", ""))
        response.set_cookie("a", "1", domain=domain)
        return response

    with serve(app) as server, requests.Session() as client:
        client.trust_env = False
        client.proxies = {"http": server.url}  # whatever the host, this server answers
        assert client.get("http://shop.localhost/").text == ""
        assert client.get("http://shop.localhost/").text == "a=1"
        assert client.get("http://below.shop.localhost/").text == "a=1"
        assert client.get("http://other.localhost/").text == ""
    (said,) = (row[2] for row in anatomy("a=1; Domain=shop.localhost").rows if "Domain" in row[0])
    assert said.endswith("`requests` to those below it, too.")


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ("a=1; Path=/; HttpOnly", "a=2; Path=/; HttpOnly", []),
        ("a=1; Path=/", "b=1; Path=/", [("changed", "name", "`a`", "`b`")]),
        ("a=1; Path=/; HttpOnly", "a=1; Path=/", [("removed", "HttpOnly", "`HttpOnly`", "")]),
        ("a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT", "a=1; Expires=Thu, 01 Jan 2026 00:00:59 GMT", []),
        (
            "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
            "a=1; Expires=Thu, 01 Jan 2026 00:01:00 GMT",
            [
                (
                    "changed",
                    "Expires",
                    "`Expires=Thu, 01 Jan 2026 00:00:00 GMT`",
                    "`Expires=Thu, 01 Jan 2026 00:01:00 GMT`",
                )
            ],
        ),
        ("a=1", "a=1; SameSite=Lax", [("added", "SameSite", "", "`SameSite=Lax`")]),
        ("a=1; Path=/a", "a=1; Path=/b", [("changed", "Path", "`Path=/a`", "`Path=/b`")]),
        ("a=s%3Ax.y", "a=s%3Ax.z", [("changed", "signature", "`y`", "`z`")]),
        ("a=s%3Ax.y", "a=s%3Aw.z", []),
        ("a=s%3Ax.y", "a=x", [("changed", "form of the value", "`s%3Ax.y`", "`x`")]),
    ],
)
def test_a_diff_says_in_words_what_was_added_removed_or_changed(before, after, rows):
    assert diff(before, after).rows == rows


def test_a_diff_where_a_side_has_no_cookie(visit):
    without, with_one = visit("/api/peek"), visit()
    assert "Neither" in repr(diff(without, without))
    assert "A cookie is set now." in repr(diff(without, with_one))
    assert "No cookie is set any more." in repr(diff(with_one, without))


def test_the_contents_of_a_store(visit):
    store = MemoryStore()
    assert repr(contents(store)) == "The store is empty."
    visit(store=store, cookie=CookieOptions(max_age=60))
    (row,) = contents(store).rows
    assert row[0].strip("`") in store.all()
    assert row[1].endswith(" GMT")
    assert row[2] == '`{"visits": 1}`'


def test_a_table_in_plain_text_wraps_its_last_column():
    text = repr(Table(("a", "b"), [("x", "word " * 30), ("yy", "`code`")]))
    assert max(map(len, text.splitlines())) <= 4 + 60
    assert text.splitlines()[-1] == "yy  code"
