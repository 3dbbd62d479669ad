"""The browsers' developer tools, at work: what the lessons say of them, by their own words.

The pictures in the lessons come from here: ``SCREENSHOTS=store python3 run.py test tests/browser/test_devtools.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from demo_app import SessionOptions, serve
from tests.browser.chromium import start
from tests.browser.site import site_in_firefox
from tests.browser.use import press
from tests.setup.setup_files import ROOT

NETWORK = ROOT / "docs" / "devtools-network.png"
COOKIES = ROOT / "docs" / "devtools-cookies.png"
#: What a picture may weigh: it comes with every clone, and over a room's network.
HEAVIEST = 120_000


@contextmanager
def tools_at_the_inspector(playwright: Playwright, profile: Path, name: str) -> Iterator[tuple[Page, Page]]:
    """The demo app's inspector page, whose cookie has this name, and the developer tools that look at it.

    They are a page of their own, which Chromium serves where it lets itself be debugged.
    """
    # No other page is opened in this browser, so any may connect.
    debugged = ("--remote-debugging-port=0", "--remote-allow-origins=*")
    with serve(SessionOptions(name=name, secret="s")) as server, start(playwright, profile, *debugged) as browser:
        port, _ = (profile / "DevToolsActivePort").read_text().splitlines()
        page, tools = browser.new_page(), browser.new_page()
        page.goto(server.url)
        target = browser.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        tools.set_viewport_size({"width": 900, "height": 560})
        tools.emulate_media(color_scheme="light")
        # Beside the tools it would show the page that they look at.
        tools.add_init_script("localStorage.setItem('screencast-enabled', 'false')")
        tools.goto(f"http://127.0.0.1:{port}/devtools/inspector.html?ws=127.0.0.1:{port}/devtools/page/{target}")
        yield page, tools


def open_network(page: Page, tools: Page) -> None:
    """Show what the first of two visits has sent and received, as a learner does."""
    tools.get_by_role("tab", name="Network", exact=True).click()
    expect(tools.get_by_text("Currently recording network activity")).to_be_visible()
    press(page, "Visit", "Visit")
    tools.get_by_role("cell", name="visits").first.click()
    expect(tools.get_by_role("tab", name="Headers", exact=True)).to_have_attribute("aria-selected", "true")


def take(tools: Page, picture: Path) -> None:
    """Store the picture, if that is asked for."""
    if os.environ.get("SCREENSHOTS") == "store":
        picture.write_bytes(tools.screenshot())
    assert picture.stat().st_size <= HEAVIEST


def test_network_shows_the_header_and_application_the_cookie(playwright, tmp_path):
    with tools_at_the_inspector(playwright, tmp_path, "mycookie") as (page, tools):
        open_network(page, tools)
        answer = tools.get_by_role("group", name="Response headers")
        expect(answer).to_contain_text("mycookie=s%3A")
        expect(answer).to_contain_text("Set-Cookie", ignore_case=True)
        take(tools, NETWORK)

        tools.get_by_role("tab", name="Cookies", exact=True).click()
        expect(tools.get_by_text("Response cookies", exact=True)).to_be_visible()
        # Lesson 11 names it. It is shown where a request had cookies that were kept back.
        expect(tools.get_by_text("Show filtered-out request cookies")).to_be_attached()

        tools.get_by_role("tab", name="Application", exact=True).click()
        cookies = tools.get_by_role("group", name="Storage").get_by_role("treeitem", name="Cookies")
        cookies.click()
        cookies.press("ArrowRight")
        tools.get_by_role("treeitem", name="http://127.0.0.1").last.click()
        row = tools.get_by_role("row", name="mycookie")
        for column in ("Name", "Value", "Expires / Max-Age", "HttpOnly", "Secure", "SameSite", "Partition key site"):
            expect(tools.get_by_role("columnheader", name=column)).to_be_visible()
        expect(row.get_by_role("cell", name="Session", exact=True)).to_be_visible()
        row.click()
        tools.set_viewport_size({"width": 900, "height": 440})  # there is nothing below
        take(tools, COOKIES)


def test_network_says_at_the_header_why_a_cookie_was_refused(playwright, tmp_path):
    with tools_at_the_inspector(playwright, tmp_path, "__Host-mycookie") as (page, tools):
        open_network(page, tools)
        answer = tools.get_by_role("group", name="Response headers")
        expect(
            answer.get_by_title('This attempt to set a cookie via a "Set-Cookie" header was blocked')
        ).to_be_visible()


def test_the_console_of_firefox_says_why_a_cookie_was_refused():
    url = "http://shop.example/"
    with site_in_firefox(None) as (browser, site):
        site.set_cookies(url, ["__Host-id=1; Path=/", "id=1; Secure"])
        browser.pages[0].goto(url)
        assert browser.refusals() == [
            "Cookie “__Host-id” has been rejected for invalid prefix.",
            "Cookie “id” has been rejected because a non-HTTPS cookie can’t be set as “secure”.",
        ]
