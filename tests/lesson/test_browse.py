"""What a notebook shows of a page: its address, a link, and a frame."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from demo_app import SessionOptions, serve
from demo_app.lesson import browse

BOOK = "/guestbook-secret/"
SERVER = SimpleNamespace(
    url="http://127.0.0.1:49152", app=SimpleNamespace(extensions={"guest_book": BOOK, "database": None})
)


@pytest.fixture(autouse=True)
def no_hub(monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(html)
    return found


def addresses(html: str) -> list[str | None]:
    found = [attributes for tag, attributes in tags(html) if tag in ("a", "iframe")]
    return [attributes.get("href", attributes.get("src")) for attributes in found]


def test_the_text_form_is_the_address():
    with serve(SessionOptions(secret="s")) as server:
        assert repr(browse(server)) == f"{server.url}/"
    assert repr(browse(SERVER, BOOK)) == f"http://127.0.0.1:49152{BOOK}"


def test_on_this_machine_both_names_are_linked_and_the_frame_takes_the_one_in_the_address_bar():
    html = browse(SERVER)._repr_html_()
    here, twin = "http://127.0.0.1:49152/", "http://localhost:49152/"
    assert addresses(html) == [here, twin, here]
    script = re.search("<script>(.*)</script>", html, re.DOTALL)[1]
    assert 'location.hostname === "localhost"' in script
    assert 'frame.src.replace("127.0.0.1", "localhost")' in script
    assert re.search(r"</iframe>\s*<script>", html)  # the script speaks of the element before it


@pytest.mark.parametrize("prefix", ["/user/ada/", "/user/ada"])
def test_on_a_hub_the_address_goes_through_its_proxy(monkeypatch, prefix):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", prefix)
    page = browse(SERVER, "/static/page.css")
    assert repr(page) == "/user/ada/proxy/49152/static/page.css"
    assert addresses(page._repr_html_()) == [repr(page), repr(page)]
    assert "<script>" not in page._repr_html_()
    assert "it comes through the hub" in page._repr_html_()


def test_on_a_hub_the_guest_book_is_told_of_and_not_shown(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    record = browse(SERVER, BOOK)
    for form in (repr(record), record._repr_html_()):
        assert "This page is not shown on a hub" in form
        assert "thief?loot=open_book" in form
        assert "guestbook-secret" not in form
    assert {tag for tag, _ in tags(record._repr_html_())} == {"p", "pre"}


def test_on_this_machine_no_hub_is_spoken_of():
    assert "hub" not in browse(SERVER)._repr_html_()


def test_links_open_a_new_tab_and_the_frame_has_a_title():
    found = tags(browse(SERVER)._repr_html_())
    assert {attributes["target"] for tag, attributes in found if tag == "a"} == {"_blank"}
    assert [attributes["title"] for tag, attributes in found if tag == "iframe"] == ["/ of the demo app"]
    (frame,) = (attributes for tag, attributes in tags(browse(SERVER, BOOK)._repr_html_()) if tag == "iframe")
    assert frame["title"] == "the guest book of the demo app"


def test_a_path_cannot_leave_its_attribute():
    hostile = """/?a=1&b=2"'></script><img src=x onerror=alert(1)>{0}"""
    html = browse(SERVER, hostile)._repr_html_()
    assert [tag for tag, _ in tags(html)] == ["p", "a", "br", "code", "a", "iframe", "script"]
    assert addresses(html)[0] == f"http://127.0.0.1:49152{hostile}"


@pytest.mark.parametrize("path", ["", "static/page.css", "@example.org/"])
def test_a_path_starts_with_a_slash(path):
    with pytest.raises(ValueError, match="starts with '/'"):
        browse(SERVER, path)


def test_a_server_over_https_is_refused():
    server = SimpleNamespace(url="https://127.0.0.1:49152")
    with pytest.raises(ValueError, match="Serve without https"):
        browse(server)


def test_under_another_name_there_is_the_link_alone():
    with serve(SessionOptions(secret="s")) as server:
        tab = browse(server, "/static/page.css?a='b", host="shop.localhost")
        address = server.at("shop.localhost") + "/static/page.css?a='b"
    assert repr(tab) == address
    assert addresses(tab._repr_html_()) == [address]
    assert [tag for tag, _ in tags(tab._repr_html_())] == ["p", "a"]
    with pytest.raises(ValueError, match=r"end in \.localhost"):
        browse(server, host="shop.example")


def test_in_a_frame_it_is_a_third_party():
    with serve(SessionOptions(secret="s")) as server:
        html = browse(server, host="chat.localhost", framed=True)._repr_html_()
        assert addresses(html) == [server.at("chat.localhost") + "/"]
    assert [(tag, attributes.get("title")) for tag, attributes in tags(html)] == [
        ("p", None),
        ("iframe", "chat.localhost"),
    ]
    assert "which is another site" in html


def test_on_a_hub_a_name_leads_elsewhere_and_is_not_linked(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    with serve(SessionOptions(secret="s")) as server:
        html = browse(server, host="shop.localhost")._repr_html_()
    assert addresses(html) == []
    assert "not shown on a hub: its name, shop.localhost, leads to the machine that your browser is on" in html
