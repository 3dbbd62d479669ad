"""The inspector page, as far as it shows without a browser."""

from __future__ import annotations

import json
import re

import pytest

from demo_app import CookieOptions, SessionOptions, TracedStore, create_app
from demo_app.session import MemoryStore, StoreUnavailable
from demo_app.web.page import STATIC

ADA = {"username": "ada", "password": "lovelace"}
ASK = {"X-Inspect": "1"}


def make(**options):
    return create_app(SessionOptions(**{"name": "mycookie", "secret": "s", **options}))


def report(response):
    return json.loads(response.headers["X-Inspect"])


@pytest.fixture
def client():
    return make().test_client()


class TestThePage:
    @pytest.mark.parametrize("path", ["/", "/static/inspector.js", "/static/page.css"])
    def test_its_policy_is_strict(self, client, path):
        response = client.get(path)
        policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
        assert response.status_code == 200
        assert policy.pop("frame-ancestors") == "'self' http://127.0.0.1:* http://localhost:*"
        assert policy.pop("default-src") == policy.pop("base-uri") == "'none'"
        assert policy.pop("sandbox") == "allow-scripts allow-same-origin"
        assert set(policy) == {"script-src", "style-src", "connect-src", "form-action"}
        assert set(policy.values()) == {"'self'"}
        assert "X-Frame-Options" not in response.headers

    def test_it_keeps_to_its_policy(self):
        """A style, a script or a handler in the HTML would be blocked, and nothing would say so."""
        html = (STATIC / "inspector.html").read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", html)

    @pytest.mark.parametrize("name", ["inspector.html", "inspector.js", "guestbook.html"])
    def test_its_addresses_are_relative(self, name):
        text = (STATIC / name).read_text(encoding="utf-8")
        found = re.findall(r'(?:href|src|action|data-path)="([^"]*)"|fetch\("([^"]*)"', text)
        addresses = [address for pair in found for address in pair if address]
        assert addresses
        assert not [address for address in addresses if address.startswith("/") or "//" in address]

    def test_its_addresses_are_answered(self, client):
        html = client.get("/").text
        for path in re.findall(r'(?:href|src)="([^"]*)"', html):
            assert client.get(f"/{path}").status_code == 200
        for method, path in re.findall(r'data-method="(\w+)" data-path="([^"]*)"', html):
            body = ADA if path == "api/login" else None
            assert client.open(f"/{path}", method=method, json=body).status_code in (200, 204)

    def test_values_become_text_only(self):
        script = (STATIC / "inspector.js").read_text(encoding="utf-8")
        assert ".textContent = " in script
        assert not re.search("innerHTML|outerHTML|insertAdjacent|document.write|eval|Function", script)

    def test_head_has_no_body(self, client):
        assert client.head("/").data == b""

    def test_no_other_file_is_served(self, client):
        for path in ("/static/guestbook.html", "/static/../page.py", "/static/"):
            assert client.get(path).status_code == 404
        assert client.post("/").status_code == 404


class TestLooking:
    def test_it_tells_what_the_store_holds_for_this_browser(self):
        client = make(cookie=CookieOptions(max_age=3600)).test_client()
        client.get("/api/visits")
        seen = client.get("/api/inspect").json
        assert seen.pop("sid") in seen["cookie"]
        assert seen.pop("ends").endswith(" GMT")
        cookie = f"mycookie={client.get_cookie('mycookie').value}"
        assert seen == {"name": "mycookie", "cookie": cookie, "data": {"visits": 1}, "sessions": 1}

    def test_other_sessions_are_counted_and_not_shown(self, client):
        client.application.test_client().post("/api/login", json=ADA)
        assert client.get("/api/inspect").json == {
            "name": "mycookie", "cookie": "", "sid": None, "data": None, "ends": None, "sessions": 1,
        }  # fmt: skip

    @pytest.mark.parametrize("path", ["/", "/static/inspector.js", "/api/inspect"])
    def test_it_changes_nothing(self, path):
        store = TracedStore(MemoryStore())
        client = make(resave=True, rolling=True, save_uninitialized=True, store=store).test_client()
        assert "Set-Cookie" not in client.get(path).headers
        assert len(store) == 0
        client.get("/api/visits")
        store.take()
        assert "Set-Cookie" not in client.get(path, headers=ASK).headers
        assert store.take() == []

    def test_a_forged_cookie_has_no_session(self, client):
        client.set_cookie("mycookie", "s%3Aid.wrong")
        seen = client.get("/api/inspect").json
        assert (seen["cookie"], seen["sid"], seen["data"]) == ("mycookie=s%3Aid.wrong", None, None)

    def test_a_cookie_of_one_path_is_seen(self):
        client = make(cookie=CookieOptions(path="/api")).test_client()
        client.get("/api/visits")
        assert client.get("/api/inspect").json["data"] == {"visits": 1}

    def test_without_its_store_it_says_so(self, monkeypatch):
        store = MemoryStore()
        client = make(store=store).test_client()

        def broken():
            raise StoreUnavailable("the disk is gone")

        monkeypatch.setattr(store, "all", broken)
        assert client.get("/api/inspect").json["error"] == "the disk is gone"


class TestInspect:
    """The response header ``X-Inspect``."""

    def test_it_copies_what_a_script_cannot_read(self, client):
        response = client.get("/api/visits", headers=ASK)
        assert report(response) == {"cookie": "", "set_cookie": [response.headers["Set-Cookie"]]}
        assert response.json == {"visits": 1}
        cookie = f"mycookie={client.get_cookie('mycookie').value}"
        assert report(client.get("/api/peek", headers=ASK)) == {"cookie": cookie, "set_cookie": []}

    @pytest.mark.parametrize("path", ["/", "/api/inspect", "/api/visits", "/api/peek", "/nothing"])
    def test_it_comes_only_when_asked_for(self, client, path):
        assert "X-Inspect" not in client.get(path).headers

    def test_errors_have_it_too(self, client):
        assert "X-Inspect" in client.get("/api/me", headers=ASK).headers

    def test_other_cookies_are_named_without_their_value(self):
        client = make().test_client(use_cookies=False)
        headers = {**ASK, "Cookie": '_xsrf=2|secret; mycookie=a=b;mycookie2=other ; bare; <img src="ü">=x'}
        response = client.get("/api/peek", headers=headers)
        header = response.headers["X-Inspect"]
        assert header.isascii()
        assert header.isprintable()
        cookie = json.loads(header)["cookie"]
        assert cookie.startswith("_xsrf=…; mycookie=a=b; mycookie2=…; bare=…; <img src=")
        assert client.get("/api/inspect", headers=headers).json["cookie"] == cookie


def test_a_new_session_has_a_new_id_and_no_data(client):
    client.post("/api/login", json=ADA)
    before = client.get_cookie("mycookie").value
    assert client.post("/api/session").status_code == 204
    assert client.get_cookie("mycookie").value != before
    assert client.get("/api/me").status_code == 401
    assert len(client.application.session_interface.store) == 1
