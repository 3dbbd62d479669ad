"""The session as views see it, through a Flask app. What it shares with express-session is tested in tests/express."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import logging
from datetime import timedelta

import pytest
from flask import Flask, Response, flash, get_flashed_messages, session
from flask.sessions import NullSession
from werkzeug.middleware.proxy_fix import ProxyFix

from demo_app import CookieOptions, ExpressSessionInterface, MemoryStore, SessionOptions
from demo_app.session import (
    OptionError,
    SessionDataError,
    SessionNotFound,
    SessionUnavailable,
    SQLiteStore,
    StoreUnavailable,
    sign,
)


class Site:
    """A Flask app with one view, ``view``, and a client that brings its cookie along."""

    def __init__(self, **options):
        self.store = options.setdefault("store", MemoryStore())
        self.options = SessionOptions(**{"secret": "s", **options})
        self.app = Flask(__name__)
        self.app.testing = True  # errors reach the test
        self.app.session_interface = ExpressSessionInterface(self.options)
        self.app.add_url_rule("/", "root", lambda: self.view() or "ok")
        self.app.add_url_rule("/<path:path>", "below", lambda path: self.view() or "ok")
        self.client = self.app.test_client()

    def view(self):
        pass

    def get(self, view=None, path="/", **kwargs):
        if view is not None:
            self.view = view
        return self.client.get(path, **kwargs)

    def data(self):
        return [json.loads(stored.data) for stored in self.store.all().values()]


def put(**data):
    return lambda: session.update(data)


class TestData:
    def test_any_json_comes_back(self):
        site = Site()
        data = {"a": None, "b": [1, 2.5, True, {"ü": "\ud800"}], "c": {}, "d": "", "e": 10**30}
        site.get(put(**data))
        assert json.loads(site.get(lambda: json.dumps(dict(session))).text) == data

    def test_a_tuple_comes_back_as_a_list(self):
        site = Site()
        site.get(put(point=(1, 2)))
        assert site.data() == [{"point": [1, 2]}]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ({1, 2}, r"session\['k'\] is \{1, 2\} \(set\)"),
            ([{"deep": object}], r"session\['k'\]\[0\]\['deep'\] is <class 'object'> \(type\)"),
            (b"bytes", r"session\['k'\] is b'bytes' \(bytes\)"),
            (float("nan"), r"session\['k'\] is nan \(float\): JSON has no such number"),
            ([1.5, float("inf")], r"session\['k'\]\[1\] is inf"),
            ({1: "a"}, r"the key 1 in session\['k'\] is 1 \(int\): keys in a session are str"),
            ({True: "a"}, r"the key True in session\['k'\]"),
        ],
    )
    def test_what_json_cannot_hold_is_an_error_that_names_the_place(self, value, message):
        site = Site()
        with pytest.raises(SessionDataError, match=message):
            site.get(put(k=value))
        assert site.data() == []

    def test_data_that_contain_themselves(self):
        endless = []
        endless.append(endless)
        with pytest.raises(SessionDataError, match=r"^session\['k'\]\[0\] contains itself: "):
            Site().get(put(k=endless))

    def test_data_that_are_nested_too_deeply(self):
        deep = []
        for _ in range(100_000):
            deep = [deep]
        with pytest.raises(SessionDataError, match="^session is nested too deeply: "):
            Site().get(put(k=deep))

    def test_the_key_cookie_is_reserved(self):
        with pytest.raises(SessionDataError, match=r"session\['cookie'\] is 1 .*reserved"):
            Site().get(put(cookie=1))

    def test_save_tells_at_the_line_that_calls_it(self):
        site = Site()

        def view():
            session["k"] = [{1}]
            with pytest.raises(SessionDataError) as caught:
                session.save()
            assert caught.value.path == "session['k'][0]"
            del session["k"]

        site.get(view)

    def test_modified_can_be_forced_as_in_flask(self):
        site = Site(cookie=CookieOptions(max_age=60))
        site.get(put(a=1))
        assert "Set-Cookie" not in site.get(lambda: session.get("a") and None).headers
        assert "Set-Cookie" in site.get(lambda: setattr(session, "modified", True)).headers

    def test_flash_messages_work(self):
        site = Site()
        site.get(lambda: flash("saved", "info"))
        assert site.get(lambda: str(get_flashed_messages(with_categories=True))).text == "[['info', 'saved']]"


class TestEnds:
    @pytest.mark.parametrize("end", ["destroy", "unset"])
    def test_after_its_end_a_session_is_empty_and_says_why_it_cannot_be_written(self, end):
        site = Site()
        site.get(put(user="ada"))

        def view():
            getattr(session, end)()
            assert session.get("user") is None
            assert len(session) == 0
            for write in (
                lambda: session.update(a=1),
                lambda: session.setdefault("a", 1),
                lambda: session.__setitem__("a", 1),
                lambda: session.pop("a", None),
                lambda: session.clear(),
            ):
                with pytest.raises(SessionUnavailable, match="earlier in the request"):
                    write()

        assert "Set-Cookie" not in site.get(view).headers

    def test_a_destroyed_session_can_begin_again(self):
        site = Site()
        site.get(put(user="ada"))

        def view():
            session.destroy()
            session.regenerate()
            session["user"] = "alan"

        assert "Set-Cookie" in site.get(view).headers
        assert site.data() == [{"user": "alan"}]

    def test_reload_of_a_session_that_the_store_does_not_have(self):
        def view():
            session["draft"] = 1
            with pytest.raises(SessionNotFound, match=r"session\.save\(\) first"):
                session.reload()
            assert session["draft"] == 1

        Site().get(view)

    def test_save_of_a_session_that_another_request_destroyed(self):
        site = Site()
        site.get(put(user="ada"))

        def view():
            site.store.clear()
            session["user"] = "alan"
            assert session.save() is False

        assert "Set-Cookie" not in site.get(view).headers
        assert site.data() == []

    def test_dropped_changes_are_logged_and_kept_ones_are_not(self, caplog):
        caplog.set_level("INFO", "demo_app.session")
        site = Site()
        site.get(put(user="ada"))
        site.get(put(user="alan"))
        assert caplog.messages == []

        def view():
            site.store.clear()
            session["user"] = "grace"

        site.get(view)
        (message,) = caplog.messages
        assert "this one's changes are dropped" in message


class TestNullSession:
    def test_outside_the_cookies_path_it_is_flasks_null_session(self):
        site = Site(cookie=CookieOptions(path="/app"))

        def view():
            assert isinstance(session, NullSession)
            assert session.get("a") is None
            with pytest.raises(SessionUnavailable, match=r"its path '/other' does not start with .* '/app'"):
                session["a"] = 1

        site.get(view, "/other")
        assert site.get(put(a=1), "/app/below").headers["Set-Cookie"].endswith("; Path=/app; HttpOnly")

    def test_the_path_is_compared_percent_encoded_and_with_the_apps_mount_point(self):
        site = Site(cookie=CookieOptions(path="/caf%C3%A9"))
        assert "Set-Cookie" in site.get(put(a=1), "/caf%C3%A9/x").headers
        mounted = Site(cookie=CookieOptions(path="/mount/app"))
        assert "Set-Cookie" in mounted.get(put(a=1), "/app", base_url="http://localhost/mount").headers

    @pytest.mark.parametrize("variable", ["REQUEST_URI", "RAW_URI"])
    @pytest.mark.parametrize("raw", ["/caf%c3%a9/x", "/caf%c3%a9?q", "/mount/caf%c3%a9#f"])
    def test_the_path_is_compared_as_the_client_wrote_it(self, variable, raw):
        site = Site(cookie=CookieOptions(path="/mount/caf%c3%a9"))
        environ = {"REQUEST_URI": "", "RAW_URI": "", variable: raw}
        response = site.get(put(a=1), "/café", base_url="http://localhost/mount", environ_overrides=environ)
        assert "Set-Cookie" in response.headers

    def test_without_the_servers_raw_path_it_is_encoded_again(self):
        site = Site(cookie=CookieOptions(path="/caf%C3%A9"))
        environ = {"REQUEST_URI": "", "RAW_URI": ""}
        assert "Set-Cookie" in site.get(put(a=1), "/café", environ_overrides=environ).headers


class TestCookie:
    def test_it_can_be_a_function_of_the_request(self):
        def cookie(request):
            return CookieOptions(path="/a" if request.path.startswith("/a") else "/b", secure="auto", samesite="auto")

        site = Site(cookie=cookie)
        assert site.get(put(a=1), "/a/x").headers["Set-Cookie"].endswith("; Path=/a; HttpOnly; SameSite=Lax")
        secure = site.get(put(a=1), "/b/x", base_url="https://localhost").headers["Set-Cookie"]
        assert secure.endswith("; Path=/b; HttpOnly; Secure; SameSite=None")

    def test_a_function_that_returns_something_else(self):
        with pytest.raises(OptionError, match=r"cookie returned \{'path': '/'\} \(dict\)"):
            Site(cookie=lambda request: {"path": "/"}).get()

    @pytest.mark.parametrize("made", [7, None, "", b"id"])
    def test_a_genid_that_returns_no_text(self, made):
        with pytest.raises(OptionError, match=r"genid returned .*: a session id is a str that is not empty"):
            Site(genid=lambda request: made).get()

    def test_permanent_is_flasks_word_for_a_lifetime(self):
        site = Site()
        site.app.permanent_session_lifetime = timedelta(hours=2)

        def view():
            assert session.permanent is False
            session.permanent = True
            session["a"] = 1
            assert session.cookie.max_age == timedelta(hours=2)

        assert "Expires=" in site.get(view).headers["Set-Cookie"]
        assert site.data() == [{"a": 1}]

    def test_one_sessions_cookie_is_its_own(self):
        site = Site(cookie=CookieOptions(max_age=3600))

        def shorter():
            session["a"] = 1
            session.cookie.max_age = 60

        site.get(shorter)
        site.client.delete_cookie("connect.sid")
        site.get(put(a=2))
        assert [s.cookie.original_max_age for s in site.store.all().values()] == [60_000, 3_600_000]

    def test_flasks_hooks_answer_from_the_options(self):
        site = Site(name="n", cookie=CookieOptions(domain="example.com", path="/p", httponly=False, secure="auto",
                                                   samesite="auto", partitioned=True))  # fmt: skip
        hooks = site.app.session_interface
        with site.app.test_request_context(base_url="https://localhost"):
            assert hooks.get_cookie_name(site.app) == "n"
            assert hooks.get_cookie_domain(site.app) == "example.com"
            assert hooks.get_cookie_path(site.app) == "/p"
            assert hooks.get_cookie_httponly(site.app) is False
            assert hooks.get_cookie_secure(site.app) is True
            assert hooks.get_cookie_samesite(site.app) == "None"
            assert hooks.get_cookie_partitioned(site.app) is True
        with site.app.test_request_context():
            assert hooks.get_cookie_secure(site.app) is False
            assert hooks.get_cookie_samesite(site.app) == "Lax"
        plain = ExpressSessionInterface(SessionOptions(secret="s", cookie=CookieOptions(path=None, samesite="Strict")))
        with site.app.test_request_context():
            assert plain.get_cookie_path(site.app) == "/"
            assert plain.get_cookie_samesite(site.app) == "Strict"
            assert plain.get_cookie_partitioned(site.app) is False


class FailingStore(MemoryStore):
    """Fails in the methods that are named in ``fails``."""

    fails = ()

    def __getattribute__(self, name):
        if name in object.__getattribute__(self, "fails"):
            raise StoreUnavailable("no answer")
        return super().__getattribute__(name)


class TestStoreFailure:
    FAILED = (
        "demo_app.session",
        logging.ERROR,
        "the session store has failed, requests go on without a session until it is back: no answer",
    )
    BACK = ("demo_app.session", logging.WARNING, "the session store is back")

    @pytest.mark.parametrize(
        ("fails", "view"),
        [(("get",), dict), (("update",), put(a=2)), (("touch",), dict), (("get", "touch"), dict)],
    )
    def test_each_failure_is_logged_once_with_its_end(self, caplog, fails, view):
        site = Site(store=FailingStore())
        site.get(put(a=1))
        for _ in range(2):
            site.store.fails = fails
            assert [site.get(view).status_code for _ in range(3)] == [200] * 3
            site.store.fails = ()
            for _ in range(3):
                site.get(lambda: str(session["a"]))
        assert caplog.record_tuples == [self.FAILED, self.BACK] * 2

    def test_a_request_has_no_session_while_the_store_cannot_be_read(self):
        site = Site(store=FailingStore(), save_uninitialized=True)
        site.get(put(a=1))
        site.store.fails = ("get",)

        def view():
            assert isinstance(session, NullSession)
            with pytest.raises(SessionUnavailable, match="the store cannot be reached"):
                session["a"] = 2

        assert "Set-Cookie" not in site.get(view).headers
        site.store.fails = ()
        assert site.get(lambda: str(session["a"])).text == "1"

    def test_what_cannot_be_stored_gets_no_cookie(self):
        site = Site(store=FailingStore())
        site.store.fails = ("set",)
        assert "Set-Cookie" not in site.get(put(a=1)).headers


class TestProxy:
    @pytest.mark.parametrize(
        ("proxy", "behind_proxyfix", "sent"),
        [(None, False, False), (None, True, True), (True, False, True), (False, False, False), (False, True, False)],
    )
    def test_who_may_say_that_the_client_uses_https(self, proxy, behind_proxyfix, sent):
        site = Site(proxy=proxy, cookie=CookieOptions(secure=True))
        if behind_proxyfix:
            site.app.wsgi_app = ProxyFix(site.app.wsgi_app, x_proto=1)
        response = site.get(put(a=1), headers={"X-Forwarded-Proto": "https"})
        assert ("Set-Cookie" in response.headers) == sent

    @pytest.mark.parametrize("proxy", [None, True, False])
    def test_a_direct_tls_connection_counts_always(self, proxy):
        site = Site(proxy=proxy, cookie=CookieOptions(secure=True))
        assert "Set-Cookie" in site.get(put(a=1), base_url="https://localhost").headers


class TestSecrecy:
    def test_neither_secrets_nor_ids_are_in_a_log_or_a_repr(self, caplog, monkeypatch, tmp_path):
        caplog.set_level(logging.DEBUG)
        stores = MemoryStore(), SQLiteStore(tmp_path / "sessions.db")
        sites = [
            Site(name=f"sid{n}", secret=("topsecret", "oldsecret"), store=store, cookie=CookieOptions(secure=secure))
            for n, (store, secure) in enumerate(itertools.product(stores, (False, True)))
        ]
        ids, shown = set(), []

        def seen(view):
            def look():
                try:
                    view()
                except Exception as error:
                    shown.append(error)
                ids.add(getattr(session, "sid", "no id"))
                shown.extend((site.options, site.app.session_interface, site.store, session._get_current_object()))
                with contextlib.suppress(SessionUnavailable):
                    shown.append(getattr(session, "cookie", None))

            return look

        def destroy_elsewhere():
            session["user"] = "alan"
            site.store.destroy(session.sid)

        def spoil():
            session["key"] = {1}
            try:
                session.save()
            finally:
                del session["key"]

        def fail(*args):
            raise StoreUnavailable("the disk is full")

        for site in sites:
            tls = {"base_url": "https://localhost"} if site.options.cookie.secure else {}
            site.get(seen(put(user="ada")))  # where the cookie is Secure, it is not sent
            site.get(seen(put(user="ada")), **tls)
            site.get(seen(put(user="alan")), **tls)
            stored = list(site.store.all().items())
            ids.update(sid for sid, _ in stored)
            shown += [found for _, found in stored] + [found.to_json() for _, found in stored]
            cookie = site.client.get_cookie(site.options.name).value
            for wrong in (
                cookie[:-1],
                cookie.replace("s%3A", "s%3Ax"),
                cookie[3:],
                "s:" + sign("nobodys", b"oldsecret"),
            ):
                site.app.test_client().get("/", headers={"Cookie": f"{site.options.name}={wrong}"})
            site.get(seen(spoil), **tls)
            site.get(seen(destroy_elsewhere), **tls)
            site.get(seen(lambda: session.reload()), **tls)
            for end in ("destroy", "unset"):
                site.get(seen(put(user="ada")), **tls)
                site.get(seen(lambda end=end: (getattr(session, end)(), session.update(a=1))), **tls)
            with monkeypatch.context() as patch:
                for method in ("get", "set", "update", "touch"):
                    patch.setattr(site.store, method, fail)
                site.get(seen(put(user="ada")), **tls)
            site.get(seen(put(user="ada")), **tls)
        for wrong in ({"secret": ("topsecret", 7)}, {"secret": ["topsecret", ""]}, {"secret": "topsecret", "name": ""}):
            with pytest.raises(OptionError) as caught:
                SessionOptions(**wrong)
            shown.append(caught.value)

        logged = [logging.Formatter().format(record) + repr(vars(record)) for record in caplog.records]
        kinds = {type(each).__name__ for each in shown}
        assert kinds >= {"SessionOptions", "ExpressSessionInterface", "MemoryStore", "SQLiteStore", "Session",
                         "DestroyedSession", "UnsetSession", "NullSession", "SessionCookie", "StoredSession",
                         "SessionUnavailable", "SessionNotFound", "SessionDataError", "OptionError"}  # fmt: skip
        for news in ("no cookie sent", "destroyed by another", "has failed", "is back"):
            assert any(news in line for line in logged), news
        texts = [*logged, *map(repr, shown), *map(str, shown)]
        secrets = ids - {"no id"} | {"topsecret", "oldsecret"}
        assert len(secrets) > 20
        assert [text for text in texts if any(secret in text for secret in secrets)] == []

    def test_vary_goes_with_whatever_depends_on_the_session(self):
        site = Site(save_uninitialized=True)
        assert site.get().headers["Vary"] == "Cookie"
        assert "Vary" not in site.get(lambda: None).headers
        assert site.get(lambda: session.get("a")).headers["Vary"] == "Cookie"

    @pytest.mark.parametrize(
        ("before", "after"),
        [([], ["Cookie"]), (["Origin"], ["Origin, Cookie"]), (["cookie"], ["cookie"]), (["A", "B"], ["A, B, Cookie"])],
    )
    def test_vary_names_the_cookie_once_next_to_what_the_view_says(self, before, after):
        site = Site()

        def view():
            session["a"] = 1  # the response depends on the session for two reasons: it was read, and it sets the cookie
            return Response(headers=[("Vary", name) for name in before])

        assert site.get(view).headers.getlist("Vary") == after

    @pytest.mark.parametrize("value", ["s:", "s:.", "s:x", "", "x", "j:{}", "s%3A", "%", '"', "s:" + sign("", b"s")])
    def test_a_cookie_that_is_no_cookie_is_a_new_session(self, value):
        site = Site()
        site.client = site.app.test_client(use_cookies=False)
        response = site.get(put(a=1), headers={"Cookie": f"connect.sid={value}"})
        assert response.status_code == 200
        assert response.headers["Set-Cookie"].startswith("connect.sid=s%3A")

    @pytest.mark.parametrize("mark", ["j:", "S:", "ss", "s", "", "s%3As:"])
    def test_a_signed_id_counts_only_with_its_mark(self, mark):
        site = Site()
        site.get(put(user="ada"))
        signed = sign(next(iter(site.store.all())), b"s")
        site.client = site.app.test_client(use_cookies=False)
        for marked, seen in ((mark + signed, "nobody"), ("s:" + signed, "ada")):
            view = site.get(lambda: session.get("user", "nobody"), headers={"Cookie": f"connect.sid={marked}"})
            assert view.text == seen

    def test_an_id_is_24_random_bytes(self):
        site = Site(save_uninitialized=True)
        for _ in range(100):
            site.client.delete_cookie("connect.sid")
            site.get()
        ids = site.store.all().keys()
        assert len(ids) == 100
        assert {len(base64.urlsafe_b64decode(sid)) for sid in ids} == {24}

    def test_an_unknown_id_is_never_adopted_even_if_it_is_signed(self):
        site = Site()
        site.client = site.app.test_client(use_cookies=False)
        response = site.get(put(a=1), headers={"Cookie": "connect.sid=s:" + sign("chosen", b"s")})
        assert "chosen" not in response.headers["Set-Cookie"]


def test_session_transaction_of_flasks_test_client_works():
    site = Site()
    with site.client.session_transaction() as opened:
        opened["a"] = 1
    assert site.get(lambda: str(session["a"])).text == "1"


def test_an_error_in_the_view_still_saves_the_session_as_express_session_does():
    site = Site()
    site.app.testing = False
    site.app.logger.disabled = True

    def view():
        session["a"] = 1
        raise LookupError

    assert site.get(view).status_code == 500
    assert site.data() == [{"a": 1}]
