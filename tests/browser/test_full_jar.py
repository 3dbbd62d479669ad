"""Which cookies leave when a site has too many: what lesson 15 says of both browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask import make_response

from demo_app import Server, SessionOptions, create_app, serve
from demo_app.lesson import BrowserLike
from tests.browser.chromium import chromium
from tests.browser.firefox import NAMES, firefox

HIGH, LOW, SECURE = "; Priority=High", "; Priority=Low", "; Secure"


class Opened(NamedTuple):
    """A browser: its name, a page, its list of cookies, and what empties that."""

    name: str
    page: Any
    cookies: Callable[[], list[dict[str, Any]]]
    clear: Callable[[], None]


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    if request.param == "chromium":
        with chromium(request.getfixturevalue("playwright")) as browser:
            yield Opened("chromium", browser.new_page(), browser.cookies, browser.clear_cookies)
    else:
        request.getfixturevalue("require_tool")(*NAMES)
        with firefox() as browser:
            yield Opened("firefox", browser.pages[0], browser.cookies, browser.clear_cookies)


@pytest.fixture
def shop() -> Iterator[Server]:
    """A shop whose campaign has four pages, and each sets fifty cookies with the attributes in its path."""
    app = create_app(SessionOptions(secret="s"))

    @app.get("/first/<path:attributes>")
    @app.get("/first/", defaults={"attributes": ""})
    def first(attributes: str) -> Any:
        response = make_response("first")
        response.headers.add("Set-Cookie", f"sid=1; Path=/{attributes}")
        return response

    @app.get("/campaign/<int:page>/<path:attributes>")
    @app.get("/campaign/<int:page>/", defaults={"attributes": ""})
    def campaign(page: int, attributes: str) -> Any:
        response = make_response("campaign")
        for number in range(50):  # http.client reads no more than a hundred headers
            response.headers.add("Set-Cookie", f"c{page}-{number}=1; Path=/{attributes}")
        return response

    with serve(app) as server:
        yield server


@pytest.mark.parametrize(
    ("its", "others", "host", "stays"),
    [
        ("", "", "shop.localhost", ()),
        (HIGH, "", "shop.localhost", ("chromium",)),
        (HIGH, HIGH, "shop.localhost", ()),
        ("", LOW, "shop.localhost", ("chromium",)),
        (LOW, "", "shop.localhost", ("chromium",)),
        (LOW, LOW, "shop.localhost", ()),
        ("; Max-Age=3600", "", "shop.localhost", ()),
        (SECURE, "", "shop.localhost", ("chromium", "firefox")),
        ("", "", "blog.shop.localhost", ()),
        ("", "", "bank.localhost", ("chromium", "firefox")),
    ],
)
def test_15_which_first_cookie_stays(opened, shop, its, others, host, stays):
    first = f"{shop.at('shop.localhost')}/first/{its}"
    campaign = [f"{shop.at(host)}/campaign/{page}/{others}" for page in range(4)]
    opened.clear()
    client = BrowserLike()
    for url in (first, *campaign):
        opened.page.goto(url)
        client.get(url)
    names = {cookie["name"] for cookie in opened.cookies()}
    assert ("sid" in names) == (opened.name in stays)
    kept = client.jar.sent(first).text.split("; ")
    assert ("sid=1" in kept) == ("chromium" in stays)
