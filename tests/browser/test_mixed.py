"""What a page over HTTPS asks for where an address says ``http``: over HTTPS, not at all, or as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.play import Open
from tests.browser.site import is_place

PAGE = "https://other.example/page"

#: What is done with an address; each is done when there is an answer, or none will come.
_ELEMENT = """url => new Promise(done => {{
    const element = document.createElement('{}');
    element.onload = element.onerror = element.oncanplay = () => done(0);
    {}
    document.body.append(element);
}})"""
UPGRADED = {
    "image": _ELEMENT.format("img", "element.src = url;"),
    "audio": _ELEMENT.format("audio", "element.src = url;"),
    "video": _ELEMENT.format("video", "element.src = url;"),
}
BLOCKED = {
    "image of a srcset": _ELEMENT.format("img", "element.srcset = `${url} 1x`;"),
    "script": _ELEMENT.format("script", "element.src = url;"),
    "style": _ELEMENT.format("link", "element.rel = 'stylesheet'; element.href = url;"),
    "fetch": "url => fetch(url, { mode: 'no-cors' }).then(() => 0, () => 0)",
}


@pytest.fixture(scope="module")
def opened(opens: Open) -> Iterator[Any]:
    with opens() as both:
        yield both


def asked(opened: Any, script: str, url: str) -> list[str]:
    """What the site is asked for."""
    browser, site = opened
    browser.pages[0].goto(PAGE)
    site.requests.clear()
    browser.pages[0].evaluate(script, url)
    return [request.url for request in site.requests if is_place(request.url, url)]


@pytest.mark.parametrize("kind", UPGRADED)
def test_images_audio_and_video_are_asked_for_over_https(opened, kind):
    assert asked(opened, UPGRADED[kind], "http://shop.example/thing")[0] == "https://shop.example/thing"


@pytest.mark.parametrize("kind", BLOCKED)
def test_anything_else_is_not_asked_for(opened, kind):
    assert asked(opened, BLOCKED[kind], "http://shop.example/thing") == []


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1"])
@pytest.mark.parametrize("kind", [*UPGRADED, *BLOCKED])
def test_this_machine_is_asked_as_the_address_says(opened, kind, host):
    url = f"http://{host}/thing"
    assert asked(opened, (UPGRADED | BLOCKED)[kind], url)[0] == url


@pytest.mark.parametrize("kind", UPGRADED)
def test_of_an_ip_address_the_two_make_different_things(opened, client, kind):
    found = asked(opened, UPGRADED[kind], "http://192.0.2.1/thing")[:1]
    assert found == (["https://192.0.2.1/thing"] if client == "firefox" else [])
