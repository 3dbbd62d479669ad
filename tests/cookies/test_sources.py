"""What people have in their hands: responses, headers as they copy them, cookies of their tools; and nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import flask
import httpx
import pytest
import requests

from demo_app import Server, serve
from demo_app.cookies import Context, absent, why
from demo_app.cookies.sources import Answer

SHOP = "https://shop.example/"
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def shop() -> flask.Flask:
    app = flask.Flask("shop")

    @app.get("/login")
    def log_in() -> flask.Response:
        answer = flask.redirect("/account/")
        answer.set_cookie("id", "1", secure=True)
        answer.set_cookie("flash", "hello")
        return answer

    @app.get("/account/")
    def account() -> flask.Response:
        answer = flask.Response("hello")
        answer.set_cookie("flash", "", max_age=0)
        answer.set_cookie("wide", "é", domain="example")
        answer.headers.add("Set-Cookie", "last=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT")
        return answer

    @app.get("/nothing")
    def nothing() -> str:
        return "nothing"

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(shop()) as running:
        yield running


@pytest.fixture(params=["requests", "httpx", "flask"])
def get(request: pytest.FixtureRequest, server: Server):
    """Ask for a path, and follow where it leads."""
    if request.param == "requests":
        return lambda path, **more: requests.get(server.url + path, **more)
    if request.param == "httpx":
        return lambda path, **more: httpx.get(server.url + path, follow_redirects=True, **more)
    client = shop().test_client(use_cookies=False)
    return lambda path, **more: client.get(path, base_url=server.url, follow_redirects=True, **more)


def test_a_response_brings_all_of_its_lines_and_those_before_it(get, server):
    found = why(get("/login"))
    login, account = f"{server.url}/login", f"{server.url}/account/"
    assert [name for name, _ in found] == [
        f"id of {login}",
        f"flash of {login}",
        f"flash of {account}",
        f"wide of {account}",
        f"last of {account}",
    ]
    by_name = dict(found)
    assert by_name[f"id of {login}"].sent.answer
    assert by_name[f"flash of {login}"].stored.answer
    assert by_name[f"flash of {login}"].sent[:3] == (
        False,
        "A line that deletes it has come.",
        "RFC 6265bis, 5.7, step 23",
    )
    assert by_name[f"flash of {account}"].stored.because.startswith("Its end has come")
    assert "is not below Domain=example" in by_name[f"wide of {account}"].stored.because
    assert by_name[f"last of {account}"].shown.because.startswith(f"At {account}: ")
    rows = repr(found).splitlines()
    assert rows[0].split() == ["cookie", "question", "Chromium", "rule", "because"]
    assert rows[2].split()[:3] == ["id", "of", login]
    assert "<td" in found._repr_html_()


def test_where_the_next_request_goes_can_be_said(get, server):
    found = why(get("/account/"), context=Context(to=f"{server.url.replace('127.0.0.1', 'localhost')}/"))
    assert [name for name, _ in found] == ["flash", "wide", "last"]
    assert "for 127.0.0.1 alone" in found[2][1].sent.because


def test_an_answer_without_a_cookie_says_why_that_may_be(get):
    found = why(get("/nothing"))
    assert not found
    assert tuple(reason[:2] for reason in found.none) == (
        ("With secure=True an app sends no cookie over plain HTTP, on localhost neither.", "lesson 04"),
        (
            "With save_uninitialized=False nobody gets a cookie before something is put into the session.",
            "lesson 07",
        ),
        ("Outside the cookie's path there is no session.", "reference/session"),
    )
    assert repr(found).startswith("the server sent none; why that may be  ")
    assert "rolling=True" in why(get("/nothing", headers={"Cookie": "id=1"})).none[1].because
    assert "(404)" in why(get("/nowhere")).none[0].because


@pytest.mark.parametrize("source", [None, [], ()])
def test_nothing_is_an_answer_too(source):
    found = why(source)
    assert found == []
    assert "A script sees no Set-Cookie" in found.none[0].because
    assert len(found.none) == 6


@pytest.mark.parametrize(("status", "words"), [(500, "failed"), (403, "refused"), (304, "cache")])
def test_the_status_comes_first(status, words):
    assert words in next(absent.reasons(Answer(SHOP, (), status))).because


def test_each_reason_names_a_notebook_that_there_is():
    some = [Answer(url, (), status, had) for url in ("http://a/b", SHOP) for status in (200, 304, 404, 500)
            for had in (True, False)]  # fmt: skip
    places = {reason.rule for answer in (None, *some) for reason in absent.reasons(answer)}
    for place in places:
        name = re.sub("^lesson ([0-9]+)$", r"\1_*", place)
        assert list(NOTEBOOKS.glob(f"{name}.ipynb")), place


@pytest.mark.parametrize(
    "source",
    [
        "Set-Cookie: id=1; Secure",
        "set-cookie:id=1; Secure",
        "< set-cookie: id=1; Secure\r\n",
        "id=1; Secure\n",
        {"name": "set-cookie", "value": "id=1; Secure"},
    ],
)
def test_what_is_copied_is_understood(source):
    assert why(source, SHOP) == why("id=1; Secure", SHOP)
    assert why([source], SHOP) == [("id", why("id=1; Secure", SHOP))]


def test_a_cookie_of_playwright_is_understood():
    cookie = {"name": "id", "value": "1", "domain": ".shop.example", "path": "/a", "expires": -1, "secure": True}
    cookie |= {"httpOnly": True, "sameSite": "Strict"}
    line = "id=1; Domain=.shop.example; Path=/a; httpOnly; secure; SameSite=Strict"
    assert why(cookie) == why(line, "https://shop.example/a")
    assert why(cookie, context=Context(to="https://www.shop.example/a/b")).sent.answer
    plain = {"name": "id", "value": "1", "domain": "shop.example", "path": "/", "expires": 4102444800.5}
    (found,) = (diagnosis for _, diagnosis in why([plain], context=Context(to="http://shop.example/")))
    assert found.lifetime.days == 400
    assert found.sent.answer


@pytest.mark.parametrize(
    ("source", "because"),
    [
        (b"id=1", "these are bytes. Write line.decode()"),
        ("Cookie: id=1", "Cookie is another header. Only Set-Cookie sets a cookie."),
        ("> cookie: id=1", "cookie is another header"),
        ("Set-Cookie2: id=1", "Set-Cookie2 is another header"),
        ({"name": "Cookie", "value": "id=1"}, "Cookie is another header"),
        ({"name": "id"}, "A cookie needs a name and a value, both text"),
        ({"name": "id", "value": 5, "domain": "shop.example"}, "A cookie needs a name and a value, both text"),
        (5, "A line is text, such as the value of a Set-Cookie header"),
    ],
)
def test_what_is_something_else_is_refused_by_name(source, because):
    with pytest.raises(ValueError, match=re.escape(because)):
        why(source, SHOP)
    with pytest.raises(ValueError, match=re.escape(because)):
        why([source], SHOP)


@pytest.mark.parametrize("source", ["id=1", ["id=1"], {"name": "set-cookie", "value": "id=1"}])
def test_a_line_needs_its_address(source):
    with pytest.raises(ValueError, match=r"A line does not say which address it came from: why\(line, 'https://…'\)"):
        why(source)


def test_a_response_that_hides_its_lines_is_refused():
    class Response:
        status_code, headers, history, request = 200, {"Set-Cookie": "a=1, b=2"}, (), httpx.Request("GET", SHOP)

    with pytest.raises(ValueError, match="'Response' does not tell its Set-Cookie lines apart"):
        why(Response())
