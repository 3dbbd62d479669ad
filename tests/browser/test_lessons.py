"""What the lessons say of browsers: what Chromium does with the cookies of each lesson's configuration."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from flask import Flask, make_response, session
from playwright.sync_api import Page

from demo_app import (
    CookieOptions,
    MemoryStore,
    Server,
    SessionOptions,
    create_app,
    reverse_proxy,
    serve,
)
from demo_app.session import clock
from tests.browser.chromium import start
from tests.browser.site import serve_under_any_name

ADA = {"username": "ada", "password": "lovelace"}
HOUR = timedelta(hours=1)


def options(*, cookie: dict[str, Any] | None = None, **given: Any) -> SessionOptions:
    return SessionOptions(secret="cookiesaregood", cookie=CookieOptions(**cookie or {}), **given)


def at(server: Server, host: str) -> str:
    """The server's address under another name of this machine."""
    return server.url.replace("127.0.0.1", host)


def ask(page: Page, path: str, body: dict[str, str] | None = None) -> Any:
    """What a script of the page is answered to a GET, or to a POST with a body."""
    return page.evaluate(
        """([path, body]) => fetch(path, body && {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(body),
        }).then(answer => answer.json())""",
        [path, body],
    )


def visit_twice(page: Page, url: str) -> list[int]:
    """What two visits are counted as: 1 and 2 if the browser keeps the cookie."""
    page.goto(url)
    return [ask(page, "/api/visits")["visits"] for _ in range(2)]


def jar(page: Page) -> dict[str, Any]:
    """The browser's own list of cookies, by name."""
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def lifetime(cookie: dict[str, Any]) -> timedelta:
    return timedelta(minutes=round((cookie["expires"] - time.time()) / 60))


def log_in(page: Page, url: str) -> bool:
    """Log in, and return whether it sticks."""
    page.goto(url)
    ask(page, "/api/login", ADA)
    return ask(page, "/api/me").get("user") == "ada"


def test_00_the_client_keeps_the_cookie_and_its_attributes(page):
    with serve(options()) as server:
        assert visit_twice(page, server.url) == [1, 2]
        assert page.evaluate("document.cookie") == ""
    cookie = jar(page)["connect.sid"]
    assert cookie["value"].startswith("s%3A")
    assert (cookie["domain"], cookie["path"]) == ("127.0.0.1", "/")
    assert (cookie["httpOnly"], cookie["secure"], cookie["expires"]) == (True, False, -1)


@pytest.mark.parametrize(("names", "sticks"), [(("connect.sid", "connect.sid"), False), (("shop", "blog"), True)])
def test_01_two_apps_on_one_host_share_a_cookie_of_one_name(page, names, sticks):
    with serve(options(name=names[0])) as shop, serve(options(name=names[1], genid=lambda request: "blog")) as blog:
        assert log_in(page, shop.url)
        page.goto(blog.url)
        ask(page, "/api/visits")
        page.goto(shop.url)
        assert ("user" in ask(page, "/api/me")) == sticks
    assert len(jar(page)) == len(set(names))


def test_01_a_host_prefix_without_secure_is_ignored(page):
    with serve_under_any_name(options(name="__Host-session")) as server:
        for host in ("127.0.0.1", "localhost", "shop.example"):
            assert visit_twice(page, at(server, host)) == [1, 1]
    assert jar(page) == {}


def test_01_a_host_prefix_with_secure_is_kept(page):
    with serve_under_any_name(options(name="__Host-session", cookie={"secure": True}), https=True) as server:
        assert visit_twice(page, at(server, "shop.example")) == [1, 2]


def test_03_the_browser_keeps_the_date_of_an_hour(page):
    with serve(options(cookie={"max_age": HOUR})) as server:
        assert visit_twice(page, server.url) == [1, 2]
    assert lifetime(jar(page)["connect.sid"]) == HOUR


def test_03_a_cookie_without_a_date_ends_with_the_browser(playwright, tmp_path):
    with serve(options(name="without")) as without, serve(options(name="dated", cookie={"max_age": HOUR})) as dated:
        counts = []
        for _ in range(2):
            with start(playwright, tmp_path) as browser:
                (page,) = browser.pages
                counts.append([visit_twice(page, server.url) for server in (without, dated)])
    assert counts == [[[1, 2], [1, 2]], [[1, 2], [3, 4]]]


def test_03_two_years_become_400_days(page):
    with serve(options(cookie={"max_age": timedelta(days=730)})) as server:
        visit_twice(page, server.url)
    assert lifetime(jar(page)["connect.sid"]) == timedelta(days=400)


@pytest.mark.parametrize("rolling", [False, True])
def test_03_a_read_moves_the_date_only_if_rolling(page, monkeypatch, rolling):
    with serve(options(cookie={"max_age": HOUR}, rolling=rolling)) as server:
        page.goto(server.url)
        ask(page, "/api/visits")
        before = jar(page)["connect.sid"]["expires"]
        later = clock.now() + 60_000
        monkeypatch.setattr(clock, "now", lambda: later)
        ask(page, "/api/peek")
        assert (jar(page)["connect.sid"]["expires"] > before) == rolling


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "shop.example"])
def test_04_a_secure_cookie_is_not_handed_out_over_plain_http(page, host):
    with serve_under_any_name(options(cookie={"secure": True})) as server:
        assert not log_in(page, at(server, host))
    assert jar(page) == {}


@pytest.mark.parametrize(("host", "sticks"), [("127.0.0.1", True), ("localhost", True), ("shop.example", False)])
def test_04_one_that_is_sent_over_plain_http_is_kept_on_localhost_alone(page, host, sticks):
    """Flask sends it. Which hosts need no TLS is left to the browser (RFC 6265bis, 5.8.3); Chromium trusts these."""
    app = Flask("flask_app")
    app.config.update(SECRET_KEY="cookiesaregood", SESSION_COOKIE_SECURE=True)

    @app.get("/")
    def count():
        session["visits"] = session.get("visits", 0) + 1
        return str(session["visits"])

    with serve_under_any_name(app) as server:
        page.goto(at(server, host))
        page.goto(at(server, host))
        assert page.inner_text("body") == ("2" if sticks else "1")
    assert ("session" in jar(page)) == sticks


def test_04_over_https_it_sticks_and_plain_http_does_not_get_it(page):
    with (
        serve_under_any_name(options(cookie={"secure": True}), https=True) as secure,
        serve_under_any_name(options()) as plain,
    ):
        assert log_in(page, at(secure, "shop.example"))
        page.goto(at(plain, "shop.example"))
        assert page.evaluate("fetch('/api/inspect').then(r => r.json()).then(seen => seen.cookie)") == ""
    assert jar(page)["connect.sid"]["secure"]


@pytest.mark.parametrize("proxy", [None, True])
def test_04_behind_a_proxy_it_sticks_only_if_the_proxy_is_believed(page, proxy):
    with (
        serve_under_any_name(options(cookie={"secure": True}, proxy=proxy)) as backend,
        serve_under_any_name(reverse_proxy(backend.url), https=True) as front,
    ):
        assert log_in(page, at(front, "shop.example")) == bool(proxy)


@pytest.mark.parametrize("https", [False, True])
def test_04_auto_sticks_over_both(page, https):
    with serve_under_any_name(options(cookie={"secure": "auto"}), https=https) as server:
        assert log_in(page, at(server, "shop.example"))
    assert jar(page)["connect.sid"]["secure"] == https


@pytest.mark.parametrize(("resave", "teas"), [(True, 1), (False, 2)])
def test_06_requests_of_one_page_overlap(page, resave, teas):
    """What takes two threads with ``requests``."""
    app = create_app(options(resave=resave))
    read, added = Event(), Event()

    @app.get("/slow")
    def slow():
        items = len(session["cart"])
        read.set()
        assert added.wait(10)
        return {"items": items}

    @app.get("/add")
    def add():
        session["cart"] = [*session.get("cart", []), "tea"]
        return {"cart": session["cart"]}

    @app.get("/add-meanwhile")
    def add_meanwhile():
        assert read.wait(10)
        response = make_response(add())
        response.call_on_close(added.set)  # when the session has been saved
        return response

    with serve(app) as server:
        page.goto(server.url)
        ask(page, "/add")
        both = "Promise.all(['/slow', '/add-meanwhile'].map(path => fetch(path).then(answer => answer.status)))"
        assert page.evaluate(both) == [200, 200]
        (stored,) = app.session_interface.store.all().values()
    assert stored.data.count("tea") == teas


@pytest.mark.parametrize("save_uninitialized", [False, True])
def test_07_who_only_looks_gets_a_cookie_only_if_asked_for(page, save_uninitialized):
    with serve(options(save_uninitialized=save_uninitialized)) as server:
        page.goto(server.url)
        ask(page, "/api/peek")
        assert bool(jar(page)) == save_uninitialized
        ask(page, "/api/visits")
        assert jar(page)


def test_08_the_configuration_for_production(page):
    production = options(
        name="__Host-shop",
        store=MemoryStore(),
        cookie={"max_age": HOUR, "secure": True, "samesite": "Lax"},
    )
    with serve_under_any_name(production, https=True) as server:
        assert log_in(page, at(server, "shop.example"))
        assert page.evaluate("document.cookie") == ""
    cookie = jar(page)["__Host-shop"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
    assert lifetime(cookie) == HOUR
