"""Traffic as it was recorded, in words and as a diagram."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Event
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import requests
from flask import Flask, session

from demo_app import CookieOptions, ExpressSessionInterface, MemoryStore, SessionOptions, reverse_proxy, serve
from demo_app.lesson import watch

SVG = "{http://www.w3.org/2000/svg}"


def drawn(traffic):
    """The picture, and the names in it from top to bottom."""
    (address,) = re.findall(r'src="data:image/svg\+xml,([^"]*)"', traffic._repr_html_())
    svg = ElementTree.fromstring(unquote(address))  # well-formed, so escaped
    return svg, [text.text for text in svg.iter(f"{SVG}text") if text.get("font-weight")]


def test_requests_and_store_calls_in_their_order():
    with serve(SessionOptions(secret="s")) as server:
        traffic = watch(server)
        assert repr(traffic) == "(no traffic yet)"
        assert traffic._repr_html_() is None
        client = requests.Session()
        client.get(f"{server.url}/api/visits")
        client.get(f"{server.url}/api/peek")
    assert repr(traffic).splitlines() == [
        "1  client → server  GET /api/visits",
        '1  server → store   set {"visits":1}',
        '1  server → client  200 + Set-Cookie {"visits":1}',
        "2  client → server  GET /api/peek",
        "2  server → store   get",
        '2  store  → server  {"visits":1}',
        "2  server → store   touch",
        '2  server → client  200 {"visits":1}',
    ]


def test_a_picture_says_what_it_shows_and_its_events_are_beside_it_as_text():
    with serve(SessionOptions(secret="s")) as server:
        traffic = watch(server)
        requests.get(f"{server.url}/api/visits")
    html = traffic._repr_html_()
    assert 'alt="A sequence diagram of client, server and store. Its 3 events are also there as text."' in html
    details = html.partition("<details>")[2]
    events = unescape(re.sub("<[^>]+>", "", details.partition("</summary>")[2])).strip()
    assert events == repr(traffic)  # one to a line: so a change can be read in the notebook's file


def test_a_long_picture_names_the_places_at_its_foot_too():
    with serve(SessionOptions(secret="s")) as server:
        traffic = watch(server)
        client = requests.Session()
        client.get(f"{server.url}/api/visits")
        assert drawn(traffic)[1] == ["client", "server", "store"]
        client.get(f"{server.url}/api/visits")
        client.get(f"{server.url}/api/visits")
    svg, names = drawn(traffic)
    assert sorted(names) == sorted(["client", "server", "store"] * 2)
    bottom = max(float(rect.get("y")) + float(rect.get("height")) for rect in svg.iter(f"{SVG}rect") if rect.get("y"))
    assert bottom < float(svg.get("height"))


def test_through_a_proxy():
    with serve(SessionOptions(secret="s", cookie=CookieOptions(secure=True))) as server:
        traffic = watch(server)
        with serve(traffic.passing(reverse_proxy(server.url)), https=True) as front:
            requests.get(f"{front.url}/api/peek", verify=front.ca_path)
        requests.get(f"{server.url}/api/peek")
    assert repr(traffic).splitlines() == [
        "1  client → proxy   HTTPS GET /api/peek",
        "1  proxy  → server  GET /api/peek (X-Forwarded-Proto: https)",
        '1  server → proxy   200 {"visits":0}',
        '1  proxy  → client  200 {"visits":0}',
        "2  client → server  GET /api/peek",
        '2  server → client  200 {"visits":0}',
    ]
    assert "proxy" in drawn(traffic)[1]


def test_through_two_proxies():
    with serve(SessionOptions(secret="s")) as server:
        traffic = watch(server)
        with serve(traffic.passing(reverse_proxy(server.url, "append"), "inner proxy")) as inner:
            with serve(traffic.passing(reverse_proxy(inner.url), "outer proxy"), https=True) as outer:
                requests.get(f"{outer.url}/api/peek", verify=outer.ca_path)
            requests.get(f"{inner.url}/api/peek")
    assert repr(traffic).splitlines() == [
        "1  client      → outer proxy  HTTPS GET /api/peek",
        "1  outer proxy → inner proxy  GET /api/peek (X-Forwarded-Proto: https)",
        "1  inner proxy → server       GET /api/peek (X-Forwarded-Proto: https, http)",
        '1  server      → inner proxy  200 {"visits":0}',
        '1  inner proxy → outer proxy  200 {"visits":0}',
        '1  outer proxy → client       200 {"visits":0}',
        "2  client      → inner proxy  GET /api/peek",
        "2  inner proxy → server       GET /api/peek (X-Forwarded-Proto: http)",
        '2  server      → inner proxy  200 {"visits":0}',
        '2  inner proxy → client       200 {"visits":0}',
    ]
    assert drawn(traffic)[1][:4] == ["client", "outer proxy", "inner proxy", "server"]


def test_requests_that_overlap_stand_beside_each_other():
    app = Flask("app")
    app.session_interface = ExpressSessionInterface(SessionOptions(secret="s"))
    begun, end = Event(), Event()

    @app.get("/slow")
    def slow():
        begun.set()
        assert end.wait(10)
        return "<b>"

    @app.get("/quick")
    def quick():
        session["a"] = "<&>"
        return ""

    with serve(app) as server, ThreadPoolExecutor() as pool:
        traffic = watch(server)
        asking = pool.submit(requests.get, f"{server.url}/slow")
        assert begun.wait(10)
        requests.get(f"{server.url}/quick")
        end.set()
        assert asking.result().text == "<b>"
    assert [event.request for event in traffic.events] == [1, 2, 2, 2, 1]
    svg, _ = drawn(traffic)
    bars = [rect for rect in svg.iter(f"{SVG}rect") if rect.get("width") == "8"]
    assert len({bar.get("x") for bar in bars}) == 2


def test_a_destroyed_session_is_told_as_gone():
    app = Flask("app")
    app.session_interface = ExpressSessionInterface(SessionOptions(secret="s"))

    @app.get("/")
    def view():
        if "a" in session:
            app.session_interface.store.clear()
        session["a"] = session.get("a", 0) + 1
        return ""

    with serve(app) as server:
        client = requests.Session()
        client.get(server.url)
        traffic = watch(server)
        client.get(server.url)
    assert '1  server → store   set {"a":2} (gone: nothing stored)' in repr(traffic).splitlines()


def test_only_a_server_with_these_sessions_can_be_watched():
    with serve(Flask("plain")) as server, pytest.raises(TypeError, match="none has an app with ExpressSession"):
        watch(server)
    with serve(lambda environ, start_response: []) as server, pytest.raises(TypeError, match="only a Flask app"):
        watch(server)


def test_several_hosts_appear_under_their_names_and_each_request_with_its_cookies():
    blog = Flask("blog")
    blog.add_url_rule("/", view_func=lambda: ("", 204, {"Set-Cookie": "sid=1; Domain=shop.localhost"}))
    with serve(SessionOptions(secret="s", name="sid")) as shop, serve(blog) as other:
        traffic = watch(shop, other)
        client = requests.Session()
        client.get(shop.at("shop.localhost") + "/api/peek")
        client.get(other.at("blog.shop.localhost"))
        client.get(shop.at("shop.localhost") + "/api/visits")
    assert repr(traffic).splitlines() == [
        "1  client              → shop.localhost       GET /api/peek",
        '1  shop.localhost      → client               200 {"visits":0}',
        "2  client              → blog.shop.localhost  GET /",
        "2  blog.shop.localhost → client               204 + Set-Cookie",
        "3  client              → shop.localhost       GET /api/visits + Cookie: sid",
        '3  shop.localhost      → store                set {"visits":1}',
        '3  shop.localhost      → client               200 + Set-Cookie {"visits":1}',
    ]
    svg, names = drawn(traffic)
    assert names == ["client", "shop.localhost", "blog.shop.localhost", "store"]
    boxes = [(float(box.get("x")), float(box.get("width"))) for box in svg.iter(f"{SVG}rect") if box.get("rx") == "4"]
    assert all(x >= 0 and x + width <= float(svg.get("width")) for x, width in boxes)
    assert all(x + width <= after for (x, width), (after, _) in zip(boxes, boxes[1:], strict=False))


def test_several_servers_and_their_stores_are_numbered():
    shared = MemoryStore()
    options = [SessionOptions(secret="s", store=store) for store in (shared, shared, None)]
    with serve(options[0]) as one, serve(options[1]) as two, serve(options[2]) as three:
        traffic = watch(one, two, three)
        client = requests.Session()
        for server in (one, two, three):
            client.get(f"{server.url}/api/visits")
    assert [(e.source, e.target, e.text) for e in traffic.events if "store" in f"{e.source}{e.target}"] == [
        ("server 1", "store 1", 'set {"visits":1}'),
        ("server 2", "store 1", "get"),
        ("store 1", "server 2", '{"visits":1}'),
        ("server 2", "store 1", 'set {"visits":2}'),
        ("server 3", "store 2", "get"),
        ("store 2", "server 3", "nothing"),
        ("server 3", "store 2", 'set {"visits":1}'),
    ]
    assert list(dict.fromkeys(drawn(traffic)[1])) == [
        "client",
        "server 1",
        "server 2",
        "server 3",
        "store 1",
        "store 2",
    ]
