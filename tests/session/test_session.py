"""The session as views see it, through a Flask app. What it shares with express-session is tested in tests/express."""

from __future__ import annotations

import base64
import contextlib
import copy
import itertools
import json
import logging
import pickle
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import get_type_hints

import pytest
from flask import Flask, Response, flash, get_flashed_messages, session
from flask.sessions import NullSession
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from demo_app import CookieOptions, ExpressSessionInterface, MemoryStore, SessionOptions
from demo_app.session import (
    OptionError,
    Session,
    SessionDataError,
    SessionNotFound,
    SessionUnavailable,
    SQLiteStore,
    StoreUnavailable,
    data,
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
            (datetime(2027, 1, 15), r"\(datetime\): .*Store its isoformat\(\)\."),
            ({1}, r"\(set\): .*Store list\(…\) of it\."),
            (Decimal("1.5"), r"\(Decimal\): .*Store str\(…\) of it\."),
            (float("nan"), r"session\['k'\] is nan \(float\): JSON has no such number"),
            ([1.5, float("inf")], r"session\['k'\]\[1\] is inf"),
            ({1: "a"}, r"the key 1 in session\['k'\] is 1 \(int\): keys in a session are str"),
            ({True: "a"}, r"the key True in session\['k'\]"),
            (Markup("<b>"), r"session\['k'\] is Markup\('<b>'\) \(Markup\): .*come back as str: store str\(…\)"),
            ([HTTPStatus.OK], r"session\['k'\]\[0\] is .*HTTPStatus.*come back as int"),
            ({Markup("a"): 1}, r"the key Markup\('a'\) in session\['k'\]"),
        ],
    )
    def test_what_json_cannot_hold_is_an_error_that_names_the_place(self, value, message):
        site = Site()
        with pytest.raises(SessionDataError, match=message) as caught:
            site.get(put(k=value))
        assert caught.value.__context__ is None  # one traceback in a log is enough
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

    def test_modified_can_be_taken_back_as_in_flask(self):
        site = Site(cookie=CookieOptions(max_age=60))
        site.get(put(a=1))

        def view():
            session["a"] = 2
            session.modified = False

        assert "Set-Cookie" not in site.get(view).headers
        assert site.data() == [{"a": 1}]
        site.client.delete_cookie("connect.sid")
        assert "Set-Cookie" not in site.get(view).headers
        assert site.data() == [{"a": 1}]

        def and_again():
            view()
            session["a"] = 3

        site.get(and_again)
        assert {"a": 3} in site.data()

    def test_an_id_cannot_be_assigned(self):
        site = Site()

        def view():
            with pytest.raises(AttributeError):
                session.sid = "chosen"
            session["a"] = 1

        site.get(view)
        assert [*site.store.all()] != ["chosen"]

    @pytest.mark.parametrize(
        "copied",
        [copy.copy, copy.deepcopy, lambda held: pickle.loads(pickle.dumps(held)), dict.copy],
        ids=["copy", "deepcopy", "pickle", "dict.copy"],
    )
    def test_a_copy_is_a_dict_of_the_data(self, copied):
        site = Site()

        def view():
            session["cart"] = [1]
            made = copied(session._get_current_object())
            assert type(made) is dict
            assert made == {"cart": [1]}

        assert site.get(view).status_code == 200

    def test_a_large_session_is_refused_with_what_is_large_in_it(self):
        site = Site(max_size=1000)
        fits = {"k": "x" * (1000 - len('{"k":""}'))}
        site.get(put(**fits))
        assert site.data() == [fits]
        with pytest.raises(SessionDataError, match=r"session has 1,002 bytes as JSON, most of them in session\['k'\]"):
            site.get(put(n=1, k="x" * (1000 - len('{"k":"","n":1}') + 2)))
        assert site.data() == [fits]

    def test_any_size_goes_if_there_is_no_limit(self):
        site = Site(max_size=None)
        site.get(put(k="x" * 2_000_000))
        assert len(site.data()[0]["k"]) == 2_000_000

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

    @pytest.mark.parametrize(
        ("path", "has_session"), [("/about", True), ("/a", True), ("/a/b", True), ("/", True), ("/ab", True)]
    )
    def test_a_prefix_from_the_proxy_is_compared_by_segments(self, path, has_session):
        site = Site(cookie=CookieOptions(path="/a/"))
        site.app.wsgi_app = ProxyFix(site.app.wsgi_app, x_prefix=1)
        answer = site.get(put(x=1), path, headers={"X-Forwarded-Prefix": "/a"}, environ_overrides={"RAW_URI": path})
        assert ("Set-Cookie" in answer.headers) is has_session

    def test_flask_makes_one_where_none_was_opened(self):
        """As Flask documents: open_session may return None."""
        site = Site()

        class Choosy(ExpressSessionInterface):
            def open_session(self, app, request):
                return None if request.path == "/static" else super().open_session(app, request)

        site.app.session_interface = Choosy(site.options)

        def view():
            assert session.get("a") is None
            for write in (lambda: session.update(a=1), lambda: session.sid, lambda: session.cookie):
                with pytest.raises(SessionUnavailable, match="This request has no session: none was opened"):
                    write()

        assert site.get(view, "/static").status_code == 200
        assert "Set-Cookie" in site.get(put(a=1), "/elsewhere").headers

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
            assert session.permanent is True
            session["a"] = 1

        assert "Expires=" in site.get(view).headers["Set-Cookie"]
        assert [found.cookie.original_max_age for found in site.store.all().values()] == [7_200_000]

        def take_back():
            assert session.permanent is True
            session.permanent = False
            assert session.cookie.max_age is None

        assert "Expires=" not in site.get(take_back).headers.get("Set-Cookie", "")
        assert [found.cookie.original_max_age for found in site.store.all().values()] == [None]

    @pytest.mark.parametrize("value", [True, False])
    def test_permanent_leaves_a_lifetime_that_there_is(self, value):
        site = Site(cookie=CookieOptions(max_age=3600))

        def view():
            session["a"] = 1
            assert session.permanent is False
            session.permanent = True
            session.permanent = value

        site.get(view)
        assert [found.cookie.original_max_age for found in site.store.all().values()] == [3_600_000]

    def test_permanent_can_be_assigned_in_a_transaction_of_the_test_client(self):
        site = Site()
        with site.client.session_transaction() as opened:
            opened.permanent = True
        assert site.get(lambda: str(session.permanent)).text == "True"
        assert [found.cookie.original_max_age for found in site.store.all().values()] == [31 * 24 * 3_600_000]

    def test_a_genid_whose_text_cannot_be_sent(self):
        with pytest.raises(OptionError, match="has no lone surrogate"):
            Site(genid=lambda request: "a\ud800").get()

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
        method = super().__getattribute__(name)
        if name not in ("get", "set", "update", "touch", "destroy"):
            return method

        def call(*args):
            if name in self.fails:
                raise StoreUnavailable("no answer")
            return method(*args)

        return call


@pytest.mark.parametrize("returned", [{"user": "topsecret"}, '{"user": "topsecret"}', ("topsecret",)])
def test_a_store_that_returns_what_is_no_session_is_told_what_it_was(returned):
    class Careless(MemoryStore):
        def get(self, sid):
            return returned

    site = Site(store=Careless())
    site.get(put(a=1))
    with pytest.raises(OptionError, match=rf"^store has a get that returned a {type(returned).__name__}: ") as caught:
        site.get(dict)
    assert "StoredSession.from_json" in str(caught.value)
    assert "topsecret" not in str(caught.value)


class TestStoreFailure:
    FAILED = (
        "demo_app.session",
        logging.ERROR,
        "the session store has failed. Until it is back, sessions are empty, and a request that changes one is "
        "answered with 503: no answer",
    )
    BACK = ("demo_app.session", logging.WARNING, "the session store is back")

    @pytest.mark.parametrize(
        ("fails", "view"),
        [(("get",), dict), (("update",), put(a=2)), (("touch",), dict), (("get", "touch"), dict)],
    )
    def test_each_failure_is_logged_once_with_its_end(self, caplog, fails, view):
        status = 503 if view is not dict else 200
        site = Site(store=FailingStore())
        site.get(put(a=1))
        for _ in range(2):
            site.store.fails = fails
            assert [site.get(view).status_code for _ in range(3)] == [status] * 3
            site.store.fails = ()
            for _ in range(3):
                site.get(lambda: str(session["a"]))
        assert caplog.record_tuples == [self.FAILED, self.BACK] * 2

    @pytest.mark.parametrize("resave", [True, False])
    def test_while_the_store_cannot_be_read_a_session_is_empty_and_stays_as_it_was(self, resave):
        site = Site(store=FailingStore(), save_uninitialized=True, rolling=True, resave=resave)
        site.get(put(a=1))
        site.store.fails = ("get",)
        answer = site.get(lambda: str((dict(session), session.get("a"), session.new, session.cookie.max_age)))
        assert (answer.status_code, answer.text) == (200, "({}, None, False, None)")
        assert "Set-Cookie" not in answer.headers
        assert site.data() == [{"a": 1}]

    @pytest.mark.parametrize(
        "write",
        [
            put(a=2),
            lambda: session.__setitem__("a", 2),
            lambda: session.pop("a", None) and None,
            lambda: session.clear(),
            lambda: session.setdefault("a", 2) and None,
            lambda: session.__ior__({"a": 2}) and None,
            lambda: setattr(session, "modified", True),
            lambda: flash("saved"),
        ],
        ids=["update", "set", "pop", "clear", "setdefault", "|=", "modified", "flash"],
    )
    def test_what_cannot_be_known_cannot_be_changed(self, write):
        site = Site(store=FailingStore())
        site.get(put(a=1))
        site.store.fails = ("get",)
        answer = site.get(write)
        assert answer.status_code == 503
        assert "Please try again" in answer.text
        assert answer.headers["Vary"] == "Cookie"
        assert site.data() == [{"a": 1}]  # though the store could have been written

    @pytest.mark.parametrize("fails", [("get", "set", "update"), ("set", "update")])
    def test_a_write_is_refused_to_new_and_known_visitors_alike(self, fails):
        site = Site(store=FailingStore())
        site.get(put(a=1))
        site.store.fails = fails
        known, new = site.client, site.app.test_client()
        for client in (known, new):
            site.client = client
            answer = site.get(put(b=2))
            assert answer.status_code == 503
            assert "Set-Cookie" not in answer.headers

    def test_an_error_handler_of_the_app_words_the_answer(self):
        site = Site(store=FailingStore())
        site.app.register_error_handler(StoreUnavailable, lambda error: (f"Sorry: {error.reason}", 503, {"X-Own": "1"}))
        site.store.fails = ("set",)
        answer = site.get(put(a=1))
        assert (answer.status_code, answer.text, answer.headers["X-Own"]) == (503, "Sorry: no answer", "1")

    def test_the_default_answer_says_nothing_of_the_store(self):
        site = Site(store=FailingStore())
        site.store.fails = ("set",)
        assert "no answer" not in site.get(put(a=1)).text

    @pytest.mark.parametrize("end", [lambda: session.destroy(), lambda: session.regenerate(), lambda: session.unset()])
    @pytest.mark.parametrize("fails", [("get", "destroy"), ("destroy",)])
    def test_a_log_out_that_was_not_carried_out_is_an_error(self, end, fails):
        site = Site(store=FailingStore(), unset="destroy")
        site.get(put(user="ada"))
        site.store.fails = fails
        assert site.get(end).status_code == 503
        assert site.data() == [{"user": "ada"}]
        site.store.fails = ("get",)  # as good as well
        assert site.get(end).status_code == 200
        assert {"user": "ada"} not in site.data()

    def test_a_session_can_be_read_again_within_the_request(self):
        site = Site(store=FailingStore())
        site.get(put(a=1))
        site.store.fails = ("get",)

        def view():
            assert "a" not in session
            with pytest.raises(StoreUnavailable):
                session.reload()
            site.store.fails = ()
            session.reload()
            session["a"] += 1

        assert site.get(view).status_code == 200
        assert site.data() == [{"a": 2}]

    def test_a_log_in_goes_through_as_soon_as_the_store_can_be_written(self):
        site = Site(store=FailingStore())
        site.get(put(cart=1))
        site.store.fails = ("get",)

        def view():
            session.regenerate()
            session["user"] = "ada"

        assert "Set-Cookie" in site.get(view).headers
        assert site.data() == [{"user": "ada"}]


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
                with contextlib.suppress(SessionUnavailable):
                    ids.add(session.sid)
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
                    patch.setattr(type(site.store), method, fail)
                site.get(seen(put(user="ada")), **tls)
                site.get(seen(lambda: session.reload()), **tls)
            site.get(seen(put(user="ada")), **tls)
        for wrong in ({"secret": ("topsecret", 7)}, {"secret": ["topsecret", ""]}, {"secret": "topsecret", "name": ""}):
            with pytest.raises(OptionError) as caught:
                SessionOptions(**wrong)
            shown.append(caught.value)

        logged = [logging.Formatter().format(record) + repr(vars(record)) for record in caplog.records]
        kinds = {type(each).__name__ for each in shown}
        assert kinds >= {"SessionOptions", "ExpressSessionInterface", "MemoryStore", "SQLiteStore", "Session",
                         "SessionCookie", "StoredSession", "StoreUnavailable",
                         "SessionUnavailable", "SessionNotFound", "SessionDataError", "OptionError"}  # fmt: skip
        for news in ("no cookie was sent", "destroyed by another", "has failed", "is back"):
            assert any(news in line for line in logged), news
        texts = [*logged, *map(repr, shown), *map(str, shown)]
        secrets = ids | {"topsecret", "oldsecret"}
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


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("public, max-age=60", "max-age=60, private"),
        ("s-maxage=60", "private"),
        ("max-age=60", "max-age=60, private"),
        ("no-cache", "no-cache"),
        ("no-store", "no-store"),
        ("private, max-age=60", "private, max-age=60"),
        (None, None),
    ],
)
def test_a_cookie_is_not_left_to_shared_caches(said, then):
    site = Site(save_uninitialized=True)

    def view():
        return Response("", headers={"Cache-Control": said} if said else {})

    first, second = site.get(view), site.get(view)
    assert "Set-Cookie" in first.headers
    assert first.headers.get("Cache-Control") == then
    assert "Set-Cookie" not in second.headers
    assert second.headers.get("Cache-Control") == said


class Counted:
    """Stands in for a function, and counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


def test_a_request_that_changes_a_session_turns_the_data_over_twice(monkeypatch):
    site = Site()
    site.get(put(n=1))
    passes = [Counted(data._encode), Counted(data._decode)]
    monkeypatch.setattr(data, "_encode", passes[0])
    monkeypatch.setattr(data, "_decode", passes[1])
    site.get(put(n=2))
    assert [each.calls for each in passes] == [1, 1]


def test_a_subclass_stays_one_after_regenerate():
    class Visitor(Session):
        @property
        def is_known(self):
            return "user" in self

    site = Site()
    site.app.session_interface.session_class = Visitor

    def view():
        session["user"] = "ada"
        session.regenerate()
        assert type(session._get_current_object()) is Visitor
        assert session.is_known is False
        session.destroy()
        assert type(session._get_current_object()) is Visitor

    assert site.get(view).status_code == 200
    assert {"finish", "refresh", "decided", "write"}.isdisjoint(dir(Session))


def test_the_annotations_of_the_options_can_be_read():
    assert get_type_hints(SessionOptions)["max_size"] == int | None
    assert get_type_hints(CookieOptions)["priority"] == str | None
