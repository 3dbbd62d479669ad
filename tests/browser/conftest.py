from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.browser.axe import violations
from tests.browser.chromium import NAMES, TRUSTING, chromium, leading
from tests.browser.firefox import NAMES as FIREFOX_NAMES
from tests.browser.play import Open
from tests.browser.site import site_in_chromium, site_in_firefox


@pytest.fixture(scope="session", autouse=True)
def has_chromium(require_tool: Callable[..., None]) -> None:
    require_tool(*NAMES)


# For a module: while Playwright runs, no other test of this process can use asyncio, as those of the notebooks do.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[BrowserContext]:
    """A Chromium that trusts the servers of this process, and finds all hosts below ``.example`` on this machine."""
    with chromium(playwright, leading({"*.example": "127.0.0.1"}), TRUSTING) as running:
        yield running


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """An empty page of a browser without cookies. A script that fails, or is blocked, fails the test."""
    browser.clear_cookies()
    page = browser.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda message: failed.append(message.text) if "Content Security" in message.text else None)
    yield page
    page.close()
    assert failed == []


@pytest.fixture
def axe(require_tool: Callable[..., None]) -> Callable[..., list[str]]:
    """What axe-core, which npm installs, finds wrong in a page."""
    require_tool("npm")
    return violations


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def client(request: pytest.FixtureRequest) -> str:
    """Each browser in turn."""
    return request.param


@pytest.fixture(scope="module")
def opens(request: pytest.FixtureRequest, client: str) -> Open:
    """What opens that browser, for which all hosts are one site."""
    if client == "chromium":
        return partial(site_in_chromium, request.getfixturevalue("playwright"))
    request.getfixturevalue("require_tool")(*FIREFOX_NAMES)
    return site_in_firefox
