"""The lessons with several hosts, operated in the learner's own browsers: Chromium and Firefox, as they come.

Both lead names below localhost to this machine by themselves; nothing here tells them to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any, NamedTuple

import pytest
from flask import Flask, request

from demo_app import serve
from demo_app.cookies import why
from tests.browser.chromium import chromium
from tests.browser.firefox import NAMES, firefox
from tests.running import variables


class Tab(NamedTuple):
    """A tab of a browser, and whose it is."""

    client: str
    page: Any

    def open(self, address: object) -> None:
        self.page.goto(str(address))

    def text(self, selector: str = "body") -> str:
        text: str = self.page.evaluate("selector => document.querySelector(selector).innerText", selector)
        return text

    def wait_for(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true."""
        look = f"const look = () => ({condition}) ? resolve() : setTimeout(look, 20)"
        self.page.evaluate(f"() => new Promise(resolve => {{ {look}; look() }})")

    def press(self, label: str) -> None:
        """Press the button with this label, which leads to another page."""
        with self.page.expect_navigation():
            self.page.evaluate(
                "label => [...document.querySelectorAll('button')].find(each => each.innerText === label).click()",
                label,
            )

    def follow(self, selector: str) -> None:
        """Click a link."""
        with self.page.expect_navigation():
            self.page.evaluate("selector => document.querySelector(selector).click()", selector)


# Not a fixture of Playwright's alone: while that runs, no other test of this process can use asyncio.
@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest, require_tool: Callable[..., None]) -> Iterator[tuple[str, Any]]:
    if request.param == "firefox":
        require_tool(*NAMES)
        with firefox() as running:
            yield "firefox", running
    else:
        with chromium(request.getfixturevalue("playwright")) as running:
            yield "chromium", running


@pytest.fixture
def tab(browser: tuple[str, Any]) -> Tab:
    client, running = browser
    running.clear_cookies()
    return Tab(client, running.pages[0])


def test_09_a_page_elsewhere_on_the_host_reads_the_cookie_of_a_path(tab):
    lesson = variables("09_path")
    shop = lesson["open_shop"]
    tab.open(shop.at("shop.localhost") + "/shop/cart")
    tab.open(shop.at("shop.localhost") + "/blog")
    tab.wait_for("document.querySelector('#frame').textContent && document.querySelector('#fetch').textContent")
    assert tab.text("#own") == "nothing"
    assert tab.text("#frame").startswith("sid=s%3A")
    assert '"began":"/shop/cart"' in tab.text("#fetch")


def began(tab: Tab) -> str:
    """Where the session began of which the page tells, in JSON; Firefox shows that as a table."""
    found = re.search(r'began["\s:]+"([^"]*)"', tab.text())
    assert found
    return found[1]


def test_09_the_longer_path_goes_first_and_a_session_of_another_path_is_overwritten(tab):
    lesson = variables("09_path")
    yesterday, today, admin = (lesson[name] for name in ("yesterday", "today", "admin"))
    for server, path in ((yesterday, "/shop/cart"), (today, "/"), (today, "/shop/cart")):
        tab.open(server.at("shop.localhost") + path)
    assert began(tab) == "/shop/cart"
    tab.open(today.at("shop.localhost") + "/logout")
    tab.open(today.at("shop.localhost") + "/shop/cart")
    assert began(tab) == "/shop/cart"
    for path in ("/admin/users", "/administrator", "/admin/users"):
        tab.open(admin.at("admin.localhost") + path)
    assert began(tab) == "/administrator"


def test_10_the_neighbours_cookie_is_taken_and_a_strangers_refused(tab):
    lesson = variables("10_domain")
    shop, blog = lesson["shop"], lesson["blog"]
    me = "() => fetch('/api/me').then(answer => answer.json())"
    log_in = """() => fetch("/api/login", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"username": "ada", "password": "lovelace"}',
    }).then(answer => answer.status)"""
    tab.open(shop.at("shop.localhost") + "/")
    assert tab.page.evaluate(log_in) == 200
    tab.open(blog.at("thief.localhost") + "/")
    tab.open(shop.at("shop.localhost") + "/")
    assert tab.page.evaluate(me) == {"user": "ada"}
    tab.open(blog.at("blog.shop.localhost") + "/")
    tab.open(shop.at("shop.localhost") + "/")
    assert tab.page.evaluate(me) == {"user": "alan"}


@pytest.mark.parametrize(("name", "expected"), [("alone", [1, 1, 2]), ("shared", [1, 2, 3])])
def test_10_a_host_only_cookie_stays_and_one_with_a_domain_goes_to_all_below(tab, name, expected):
    server, found = variables("10_domain")[name], []
    for host in ("shop.localhost", "api.shop.localhost", "shop.localhost"):
        tab.open(server.at(host) + "/")
        visits = "() => fetch('/api/visits').then(answer => answer.json()).then(found => found.visits)"
        found.append(tab.page.evaluate(visits))
    assert found == expected


@pytest.mark.parametrize("value", ["none", "unset", "lax", "strict"])
def test_11_the_forged_transfer(tab, value):
    lesson = variables("11_samesite")
    bank, thief, money = lesson["bank_server"], lesson["thief_server"], lesson["money"]
    tab.open(bank.at("bank.localhost") + "/")
    tab.press(f"Log in, {value}")
    assert tab.text().startswith("ada is here")
    before = money["ada"]
    tab.open(thief.at("thief.localhost") + "/")
    tab.press("Win a prize")
    if value in ("none", "unset"):
        assert (tab.text().startswith("10 coins are gone"), money["ada"]) == (True, before - 10)
    else:
        assert (tab.text(), money["ada"]) == ("Nobody is logged in. No money goes anywhere.", before)
    tab.open(thief.at("thief.localhost") + "/")
    tab.follow("a")
    assert tab.text().startswith("nobody is here" if value == "strict" else "ada is here")
    tab.open(bank.at("bank.localhost") + "/")
    assert tab.text().startswith("ada is here")


#: What a page of another site does, as scripts do it, and which line of the lesson's table says what comes of it.
WAYS = {
    "a link": ("link", "Object.assign(document.body.appendChild(document.createElement('a')), { href: url }).click()"),
    "location": ("link", "location = url"),
    "a form with GET": ("link", "submit('get')"),
    "a form with POST": ("form (POST)", "submit('post')"),
    "an image": ("image", "load('img')"),
    "a frame": ("frame", "load('iframe')"),
    "fetch": ("fetch, include", "fetch(url, { mode: 'no-cors', credentials: 'include' })"),
}


@pytest.mark.parametrize("way", WAYS)
def test_11_the_table_of_all_the_ways_to_ask(tab, way):
    lesson = variables("11_samesite")
    row, script = WAYS[way]
    carried: Queue[str] = Queue()
    app = Flask("bank")

    @app.get("/")
    def cookies():
        response = app.make_response("bank")
        for number, line in enumerate(lesson["LINES"].values()):
            response.headers.add("Set-Cookie", line.replace("sid", f"sid{number}", 1))
        return response

    @app.route("/asked", methods=["GET", "POST"])
    def asked():
        carried.put(request.headers.get("Cookie", ""))
        return "asked"

    with serve(app) as bank:
        tab.open(bank.at("bank.localhost") + "/")
        tab.open(lesson["thief_server"].at("thief.localhost") + "/")
        tab.page.evaluate(
            f"""url => {{
                const load = tag => document.body.append(Object.assign(document.createElement(tag), {{ src: url }}));
                const submit = method => {{
                    const form = Object.assign(document.createElement("form"), {{ action: url, method }});
                    document.body.append(form);
                    form.submit();
                }};
                setTimeout(() => {{ {script} }});
            }}""",
            bank.at("bank.localhost") + "/asked",
        )
        sent = carried.get(timeout=60)
    for number, line in enumerate(lesson["LINES"].values()):
        both = why(line, "http://bank.localhost/", lesson["KINDS"][row], client="both")
        assert (f"sid{number}=" in sent) == getattr(both, tab.client).sent.answer, line


def test_12_each_page_has_a_session_of_its_own_with_partitioned(tab):
    lesson = variables("12_partitioned")
    news, sport = lesson["news_server"], lesson["sport_server"]
    told = []
    for server, host in ((news, "news"), (news, "news"), (sport, "sport"), (news, "news")):
        tab.open(server.at(f"{host}.localhost") + "/")
        frames = tab.page.main_frame.child_frames
        told.append([frame.evaluate("document.body.innerText").partition(": ")[2] for frame in frames])
    with_none, apart = zip(*told, strict=True)
    assert apart == ("news", "news, news", "sport", "news, news, news")
    # Chromium is told here to allow third-party cookies; Firefox is as it comes.
    if tab.client == "chromium":
        assert with_none == ("news", "news, news", "news, news, sport", "news, news, sport, news")
    else:
        assert with_none == apart
    tab.open(lesson["apart"].at("chat.localhost") + "/")
    assert tab.text().endswith("in: itself")
