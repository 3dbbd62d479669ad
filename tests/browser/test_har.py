"""A front end and an API on two hosts, broken on purpose: their recording explains each cookie, as far as it can."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from demo_app.cookies.har import read
from demo_app.cookies.recording import Recording
from tests.browser.chromium import TRUSTING, chromium, leading
from tests.browser.site import serve_under_any_name

FRONT, API = "https://shop.example", "https://api.example"

#: What the two set, and the mistake.
COOKIES = {
    f"{FRONT}/": (
        "good=1; Path=/; Secure; HttpOnly; SameSite=Lax",
        "theme=dark; Path=/",
        "wide=1; Domain=example",  # a public suffix
        "none=1; SameSite=None",  # without Secure
        "__Host-id=1; Secure; HttpOnly",  # without Path
    ),
    f"{FRONT}/account/": ("deep=1",),  # no Path, so it stays below /account
    f"{API}/login": ("session=1; Path=/; Secure; HttpOnly; SameSite=None",),  # fetch is not told to take it
    f"{API}/token": (
        "token=1; Path=/; Secure; HttpOnly; SameSite=None",
        "lax=1; Path=/; Secure; HttpOnly",  # for another site's page
    ),
    f"{API}/hidden": ("unseen=1; Path=/; Secure; HttpOnly; SameSite=None",),  # CORS forbids to look at it
}


def broken(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['PATH_INFO']}"
    headers = [("Content-Type", "text/html"), ("Cache-Control", "no-store")]
    headers += [("Set-Cookie", line) for line in COOKIES.get(url, ())]
    if url.startswith(API) and url != f"{API}/hidden":
        headers += [("Access-Control-Allow-Origin", FRONT), ("Access-Control-Allow-Credentials", "true")]
    start_response("200 OK", headers)
    return [b'<!doctype html><title>shop</title><link rel="icon" href="data:,">']


#: What the front end asks for, one after the other; a number behind it is the one in the recording.
STEPS = (
    f"fetch('{API}/login')",  # 3
    f"fetch('{API}/me')",  # 4
    f"fetch('{API}/token', {{credentials: 'include'}})",  # 5
    f"fetch('{API}/me', {{credentials: 'include'}})",  # 6
    f"fetch('{API}/me')",  # 7
    f"fetch('{API}/hidden', {{credentials: 'include'}}).catch(() => 0)",  # 8
    f"fetch('{API}/me', {{credentials: 'include'}})",  # 9
    "fetch('/me')",  # 10
    "document.cookie = 'theme=; Path=/; Max-Age=0'",
    "fetch('/me')",  # 11
    "fetch('/me', {credentials: 'omit'})",  # 12
)
NUMBERS = {3: f"{API}/login", 8: f"{API}/hidden", 12: f"{FRONT}/me"}


@pytest.fixture(scope="module")
def recording(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    file: Path = tmp_path_factory.mktemp("har") / "shop.har"
    with serve_under_any_name(broken, https=True) as server:
        flags = leading({"*.example:443": server.url.removeprefix("https://")}), TRUSTING
        with chromium(playwright, *flags, har=file) as browser:
            (page,) = browser.pages
            page.goto(f"{FRONT}/account/")
            page.goto(f"{FRONT}/")
            for step in STEPS:
                page.evaluate(f"Promise.resolve({step}).then(() => 0)")
            truth = {cookie["name"] for cookie in browser.cookies()}
    # What the stories below are about, the browser says as well.
    assert truth == {"good", "deep", "token", "unseen"}
    exchanges = read(file.read_bytes())
    assert NUMBERS.items() <= {exchange.number: exchange.url for exchange in exchanges}.items()
    return Recording(exchanges)


def told(recording: Recording, name: str) -> dict[int, tuple[str, str]]:
    return {
        event.number: (event.what, " ".join(reason.because for reason in event.reasons))
        for event in recording.events
        if event.name == name and event.what != "sent"
    }


def sent(recording: Recording, name: str) -> list[int]:
    return [event.number for event in recording.events if event.name == name and event.what == "sent"]


KEPT = ("set", "It is kept until the browser session ends.")
NEEDS = 'To another origin, fetch needs credentials: "include" for cookies in either direction.'
OMITTED = "fetch was told to omit cookies."


def test_what_is_right_goes_along_wherever_fetch_lets_it(recording):
    assert told(recording, "good") == {2: KEPT, 12: ("missing", OMITTED)}
    assert sent(recording, "good") == [10, 11]


def test_what_a_script_deletes_may_have_been_a_script(recording):
    script = "A script of the page may have deleted it."
    assert told(recording, "theme") == {
        2: KEPT,
        11: ("missing", script),  # other cookies went along, so fetch was not told to omit them
        12: ("missing", f"{OMITTED} {script}"),
    }
    assert sent(recording, "theme") == [10]


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("wide", "Domain=example is a public suffix, shared by many sites."),
        ("none", "SameSite=None needs Secure."),
        ("__Host-id", "The name begins with __Host-, which needs Path=/."),
    ],
)
def test_what_the_front_end_sets_wrongly_is_refused(recording, name, because):
    assert told(recording, name) == {2: ("refused", because)}


def test_a_path_that_nobody_wrote(recording):
    where = "is not below its path /account, which it has from the address that set it."
    assert told(recording, "deep")[2] == ("not sent", f"/ {where}")
    assert told(recording, "deep")[10] == ("not sent", f"/me {where}")
    assert sent(recording, "deep") == []


def test_a_log_in_without_credentials(recording):
    third = "The browser may be set to give third parties no cookies."
    assert told(recording, "session") == {3: ("refused", f"{NEEDS} {third}")}
    assert told(recording, "token") == {5: KEPT, 7: ("missing", f"{NEEDS} {third}")}
    assert sent(recording, "token") == [6, 9]


def test_a_cookie_for_a_page_of_another_site(recording):
    ((number, (what, because)),) = told(recording, "lax").items()
    assert (number, what) == (5, "refused")
    assert because.startswith("Another site's page has loaded it, and it has no SameSite=None.")


def test_what_was_hidden_is_said(recording):
    assert told(recording, "unseen") == {
        9: ("found", "No answer of the recording sets it: it was there before, or a script has set it.")
    }
    assert recording.notes == [
        "The browser kept from the recording what came with #8 (CORS); it may set cookies.",
        "What a script tells fetch about credentials is not in a recording.",
    ]


def test_every_cookie_has_its_story(recording):
    names = {line.partition("=")[0] for lines in COOKIES.values() for line in lines}
    assert {event.name for event in recording.events} == names
