"""The client whose cookies go by a browser's rules: what requests keeps otherwise, it keeps as the jar does."""

from __future__ import annotations

import pytest
import requests
from flask import Flask, redirect, request

from demo_app import CookieOptions, Server, SessionOptions, serve
from demo_app.lesson import BrowserLike, Context
from demo_app.session import clock


@pytest.fixture
def server():
    """An app that sets the lines in the query, or leads on, and answers with the cookies that it was sent."""
    app = Flask(__name__)

    @app.route("/", methods=["GET", "POST"], defaults={"path": ""})
    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path):
        response = redirect(request.args["to"]) if "to" in request.args else app.make_response(cookies())
        for line in request.args.getlist("set"):
            response.headers.add("Set-Cookie", line)
        return response

    def cookies():
        return request.headers.get("Cookie", "")

    with serve(app) as running:
        yield running


def ask(client, server: Server, host: str, path: str = "/", *lines: str, method: str = "GET", **options):
    return client.request(method, server.at(host) + path, params={"set": lines}, **options).text


def test_a_host_only_cookie_stays_at_its_host(server):
    sent = {}
    for client in (requests.Session(), BrowserLike()):
        ask(client, server, "shop.localhost", "/", "sid=1; Path=/")
        sent[type(client)] = ask(client, server, "api.shop.localhost"), ask(client, server, "shop.localhost")
    assert sent == {requests.Session: ("sid=1", "sid=1"), BrowserLike: ("", "sid=1")}


def test_a_domain_cookie_goes_to_all_hosts_below(server):
    client = BrowserLike()
    ask(client, server, "blog.shop.localhost", "/", "sid=1; Path=/; Domain=shop.localhost")
    assert ask(client, server, "shop.localhost") == ask(client, server, "api.shop.localhost") == "sid=1"
    assert ask(client, server, "thief.localhost") == ""


def test_a_secure_cookie_goes_to_this_machine_over_plain_http(server):
    for client, expected in ((requests.Session(), ""), (BrowserLike(), "sid=1")):
        ask(client, server, "shop.localhost", "/", "sid=1; Secure")
        assert ask(client, server, "shop.localhost") == expected


def test_where_a_request_comes_from_decides(server):
    client = BrowserLike()
    ask(client, server, "bank.localhost", "/", "strict=1; SameSite=Strict", "lax=1; SameSite=Lax")
    thief = server.at("thief.localhost")
    for kind, expected in (("link", "lax=1"), ("form", ""), ("image", "")):
        method = "POST" if kind == "form" else "GET"
        context = Context(request=kind, page=thief)
        assert ask(client, server, "bank.localhost", method=method, context=context) == expected
    assert ask(client, server, "bank.localhost") == "strict=1; lax=1"  # and that is forgotten


def test_what_comes_with_an_answer_is_stored_as_its_request_came_about(server):
    client, context = BrowserLike(), Context(request="image", page=server.at("thief.localhost"))
    ask(client, server, "bank.localhost", "/", "sid=1; SameSite=Lax", context=context)
    assert ask(client, server, "bank.localhost") == ""


def test_each_step_of_a_redirect_has_its_own_cookies(server):
    client = BrowserLike()
    ask(client, server, "shop.localhost", "/", "shop=1")
    ask(client, server, "blog.localhost", "/", "blog=1")
    there = server.at("shop.localhost")
    response = client.get(server.at("blog.localhost"), params={"to": there, "set": "more=1"})
    assert [step.request.headers.get("Cookie") for step in (*response.history, response)] == ["blog=1", "shop=1"]
    assert ask(client, server, "blog.localhost") == "blog=1; more=1"


def test_firefox_has_rules_of_its_own(server):
    thief = server.at("thief.localhost")
    for browser, expected in (("chromium", ""), ("firefox", "sid=1")):
        client = BrowserLike(browser)
        ask(client, server, "bank.localhost", "/", "sid=1")
        context = Context(request="image", page=thief, third_party_cookies=True)
        assert ask(client, server, "bank.localhost", context=context) == expected


def test_requests_own_jar_stays_empty_and_a_header_that_is_given_goes_first(server):
    client = BrowserLike()
    ask(client, server, "shop.localhost", "/", "sid=1")
    assert ask(client, server, "shop.localhost", headers={"Cookie": "mine=1"}) == "mine=1"
    assert len(client.cookies) == 0


def test_a_browser_that_has_no_rules_here_is_refused():
    with pytest.raises(ValueError, match="client='safari'"):
        BrowserLike("safari")


@pytest.mark.parametrize(("seconds", "visits"), [(59, 2), (60, 1)])
def test_its_clock_is_that_of_the_middleware(monkeypatch, seconds, visits):
    client, start = BrowserLike(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: start - start % 1000)
    with serve(SessionOptions(secret="s", cookie=CookieOptions(max_age=60))) as server:
        client.get(f"{server.url}/api/visits")
        monkeypatch.setattr(clock, "now", lambda: start - start % 1000 + seconds * 1000)
        assert bool(client.jar.sent(server.url)) == (visits == 2)
        assert client.get(f"{server.url}/api/visits").json() == {"visits": visits}
