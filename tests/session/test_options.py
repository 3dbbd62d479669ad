"""Options: what is valid is kept, what is not is an error that names option, value and rule."""

from __future__ import annotations

import re
import warnings
from dataclasses import FrozenInstanceError, fields, replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_app import CookieOptions, MemoryStore, SessionOptions
from demo_app.session import ExpressSessionInterface, OptionError, SessionCookie
from demo_app.session.cookie import dump_cookie

LATER = datetime(2030, 1, 1, tzinfo=timezone.utc)
FOREVER = timedelta(days=365 * 8000)


def test_defaults_are_those_of_express_session_but_for_the_two_it_has_deprecated():
    options = SessionOptions(secret="s")
    assert options.name == "connect.sid"
    assert options.cookie == CookieOptions(
        path="/",
        httponly=True,
        secure=False,
        max_age=None,
        domain=None,
        samesite=None,
        partitioned=False,
        priority=None,
    )
    assert (options.resave, options.save_uninitialized, options.rolling) == (False, False, False)
    assert (options.store, options.genid, options.proxy, options.unset) == (None, None, None, "keep")


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("max_age", "60000", "timedelta"),
        ("max_age", 3.5, "timedelta"),
        ("max_age", True, "timedelta"),
        ("max_age", FOREVER, "four digits"),
        ("max_age", -FOREVER, "four digits"),
        ("max_age", -(10**11), "four digits"),
        ("max_age", 10**30, "seconds"),
        ("secure", "yes", "'auto'"),
        ("secure", None, "'auto'"),
        ("secure", 1, "'auto'"),
        ("httponly", None, "True or False"),
        ("httponly", "true", "True or False"),
        ("httponly", 0, "True or False"),
        ("partitioned", "yes", "True or False"),
        ("samesite", "laxx", "Did you mean 'Lax'"),
        ("samesite", True, "'Strict'"),
        ("samesite", "", "'Strict'"),
        ("priority", "hihg", "Did you mean 'High'"),
        ("priority", 1, "'Medium'"),
        ("path", "app", 'starts with "/"'),
        ("path", "", 'starts with "/"'),
        ("path", "/a;b", '";"'),
        ("path", "/a\nb", "control"),
        ("path", "/ä", "ASCII"),
        ("path", b"/", "starts with"),
        ("domain", "http://example.com", "no scheme"),
        ("domain", "example.com:80", "no port"),
        ("domain", "example.com/x", "no path"),
        ("domain", "", "host name"),
        ("domain", "a" * 64 + ".com", "host name"),
        ("domain", "example.com\n", "host name"),
        ("expires", "2030-01-01", "datetime"),
        ("expires", datetime(2030, 1, 1), "time zone"),
    ],
)
def test_a_bad_cookie_option_is_named_with_its_value_and_its_rule(option, value, rule):
    with pytest.raises(OptionError) as caught:
        CookieOptions(**{option: value})
    assert caught.value.option == f"cookie.{option}"
    assert str(caught.value).startswith(f"cookie.{option} is {value!r}")
    assert rule in str(caught.value)


def _returns_options(request):
    return CookieOptions()


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("name", "", "at least one"),
        ("name", "my cookie", "6265bis"),
        ("name", "a=b", "6265bis"),
        ("name", "sid\n", "6265bis"),
        ("name", "süß", "6265bis"),
        ("name", None, "6265bis"),
        ("cookie", {"httponly": True}, "CookieOptions"),
        ("cookie", None, "CookieOptions"),
        ("genid", "id", "function of the request"),
        ("proxy", 1, "True, False or None"),
        ("proxy", "true", "True, False or None"),
        ("resave", None, "True or False"),
        ("save_uninitialized", "no", "True or False"),
        ("rolling", 1, "True or False"),
        ("unset", "drop", "'keep' or 'destroy'"),
        ("unset", None, "'keep' or 'destroy'"),
    ],
)
def test_a_bad_session_option_is_named_with_its_value_and_its_rule(option, value, rule):
    with pytest.raises(OptionError) as caught:
        SessionOptions(**{"secret": "s", option: value})
    assert caught.value.option == option
    # What stands in the cookie's place may be a whole configuration, with the secret.
    shown = f"of type {type(value).__name__}" if option == "cookie" else repr(value)
    assert str(caught.value).startswith(f"{option} is {shown}")
    assert rule in str(caught.value)


def test_a_store_that_lacks_methods_is_told_which():
    with pytest.raises(OptionError, match=r"store is a dict without set, destroy: "):
        SessionOptions(secret="s", store={})


def test_a_store_whose_methods_would_have_to_be_awaited_is_told_which():
    class Store(MemoryStore):
        async def get(self, sid):
            return None

        async def touch(self, sid, cookie):
            return True

    with pytest.raises(OptionError, match=r"store is a Store with async get, touch: nobody would await them"):
        SessionOptions(secret="s", store=Store())
    interface = ExpressSessionInterface(SessionOptions(secret="s"))
    with pytest.raises(OptionError, match="async get, touch"):
        interface.store = Store()


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("", "secret is missing"),
        (None, "secret is missing"),
        ([], "secret is an empty list"),
        ((), "secret is an empty tuple"),
        (["new-secret", ""], r"secret\[1\] is empty"),
        (["new-secret", 7], r"secret\[1\] is of type int"),
        (42, "secret is of type int"),
        ({"new-secret"}, "secret is of type set"),
    ],
)
def test_a_bad_secret_is_an_error_that_does_not_show_it(secret, message):
    with pytest.raises(OptionError, match=message) as caught:
        SessionOptions(secret=secret)
    assert "environment variable" in str(caught.value)
    assert "new-secret" not in str(caught.value)
    assert "42" not in str(caught.value)


def test_secret_is_required():
    with pytest.raises(OptionError, match="secret is missing"):
        SessionOptions()


@pytest.mark.parametrize("secret", ["s3cret", b"s3cret", ["s3cret", "older"], ("s3cret", b"older")])
def test_secrets_are_bytes_with_the_signing_one_first_and_in_no_repr(secret):
    options = SessionOptions(secret=secret)
    assert options.secrets[0] == b"s3cret"
    assert options.secrets[1:] in ((), (b"older",))
    assert "s3cret" not in repr(options)
    assert "older" not in repr(options)


@pytest.mark.parametrize(
    ("make", "wrong", "right"),
    [
        (CookieOptions, "http_only", "httponly"),
        (CookieOptions, "httpOnly", "httponly"),
        (CookieOptions, "maxAge", "max_age"),
        (CookieOptions, "same_site", "samesite"),
        (CookieOptions, "securee", "secure"),
        (SessionOptions, "saveUninitialized", "save_uninitialized"),
        (SessionOptions, "secrets", "secret"),
        (SessionOptions, "gen_id", "genid"),
        (SessionOptions, "cookies", "cookie"),
    ],
)
def test_an_unknown_name_is_told_the_nearest_one(make, wrong, right):
    with pytest.raises(OptionError, match=f"{wrong} is no option: Did you mean '{right}'"):
        make(**{wrong: 1})


def test_an_unknown_name_that_resembles_none_is_told_them_all():
    with pytest.raises(OptionError, match=r"qqq is no option: There are: max_age, secure, .*priority\."):
        CookieOptions(qqq=1)


def test_an_option_error_is_both_of_the_errors_that_python_has_for_a_bad_argument():
    assert issubclass(OptionError, TypeError)
    assert issubclass(OptionError, ValueError)


def test_what_only_browsers_refuse_is_no_error():
    SessionOptions(name="__Host-sid", secret="short", cookie=CookieOptions(samesite="None", secure=False))
    CookieOptions(max_age=timedelta(days=500))
    CookieOptions(domain="127.0.0.1")
    CookieOptions(partitioned=True)
    CookieOptions(max_age=0)
    CookieOptions(max_age=-5)


@pytest.mark.parametrize(("given_", "kept"), [("lax", "Lax"), ("STRICT", "Strict"), ("none", "None"), ("Auto", "auto")])
def test_words_are_taken_in_any_case(given_, kept):
    assert CookieOptions(samesite=given_).samesite == kept


def test_the_longest_lifetime_and_the_last_date():
    second = timedelta(seconds=1)
    for limit, beyond in ((timedelta(days=365 * 7900), second), (-timedelta(days=365 * 1000), -second)):
        date = dump_cookie("a", "b", SessionCookie(CookieOptions(max_age=limit))).split("Expires=")[1]
        assert re.match(r"\w{3}, \d\d \w{3} \d{4} ", date)
        with pytest.raises(OptionError, match="four digits"):
            CookieOptions(max_age=limit + beyond)
    CookieOptions(expires=datetime(9950, 12, 31, tzinfo=timezone.utc))
    with pytest.raises(OptionError, match="its year is 9950 at the latest"):
        CookieOptions(expires=datetime(9951, 1, 1, tzinfo=timezone.utc))


@pytest.mark.parametrize("make", [CookieOptions, SessionOptions])
def test_options_are_given_by_name(make):
    with pytest.raises(TypeError, match="positional"):
        make("/")


def test_max_age_and_expires_together_are_an_error():
    with pytest.raises(OptionError, match=r"cookie\.expires is .* cookie\.max_age is given too"):
        CookieOptions(max_age=60, expires=LATER)


def test_options_do_not_change_and_copies_are_checked():
    options = SessionOptions(secret="s")
    with pytest.raises(FrozenInstanceError):
        options.name = "other"
    assert replace(options, name="other").name == "other"
    with pytest.raises(OptionError):
        replace(options, name="o ther")


@given(st.text())
def test_a_name_is_valid_exactly_if_it_is_a_token(name):
    token = bool(name) and all(c.isascii() and (c.isalnum() or c in "!#$%&'*+-.^_`|~") for c in name)
    if token:
        assert SessionOptions(name=name, secret="s").name == name
    else:
        with pytest.raises(OptionError):
            SessionOptions(name=name, secret="s")


class TestFromExpress:
    def test_every_option_has_its_counterpart(self):
        store, genid = MemoryStore(), str
        options = SessionOptions.from_express({
            "name": "mycookie", "secret": ["a", "b"], "resave": False, "saveUninitialized": True, "rolling": True,
            "store": store, "genid": genid, "proxy": True, "unset": "destroy",
            "cookie": {"maxAge": 3_600_000, "secure": "auto", "httpOnly": False, "sameSite": "lax", "path": "/app",
                       "domain": "example.com", "partitioned": True, "priority": "high"},
        })  # fmt: skip
        assert options == SessionOptions(
            name="mycookie", secret=("a", "b"), resave=False, save_uninitialized=True, rolling=True, store=store,
            genid=genid, proxy=True, unset="destroy",
            cookie=CookieOptions(max_age=timedelta(hours=1), secure="auto", httponly=False, samesite="Lax", path="/app",
                                 domain="example.com", partitioned=True, priority="High"),
        )  # fmt: skip

    def test_no_option_is_left_out(self):
        with pytest.warns(UserWarning, match="qqq is no option, and express-session ignores it") as caught:
            SessionOptions.from_express({"secret": "s", "resave": False, "saveUninitialized": False, "qqq": 1})
        camel = {"saveUninitialized": "save_uninitialized"}
        offered = str(caught[0].message).partition("There are: ")[2].rstrip(".").split(", ")
        ours = {f.name for f in fields(SessionOptions)} - {"max_size"}
        assert {camel.get(name, name) for name in offered} - {"key"} == ours

    @pytest.mark.parametrize("missing", ["resave", "saveUninitialized"])
    def test_what_is_missing_warns_and_is_true(self, missing):
        given_ = {"secret": "s", "resave": False, "saveUninitialized": False}
        del given_[missing]
        with pytest.warns(DeprecationWarning, match=f"undefined {missing} option"):
            options = SessionOptions.from_express(given_)
        assert [options.resave, options.save_uninitialized].count(True) == 1

    def test_what_is_there_does_not_warn(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            SessionOptions.from_express({"secret": "s", "resave": True, "saveUninitialized": True})

    def _cookie(self, **cookie):
        return SessionOptions.from_express(
            {"secret": "s", "resave": False, "saveUninitialized": False, "cookie": cookie}
        ).cookie

    @pytest.mark.parametrize(
        ("value", "samesite"), [(True, "Strict"), (False, None), ("none", "None"), ("auto", "auto")]
    )
    def test_samesite_in_all_forms(self, value, samesite):
        assert self._cookie(sameSite=value).samesite == samesite

    def test_null_is_false_and_an_empty_text_is_none(self):
        assert self._cookie(secure=None, httpOnly=None, partitioned=None, domain="", path="", priority="") == (
            CookieOptions(secure=False, httponly=False, partitioned=False, path=None)
        )

    def test_false_is_no_lifetime_and_numbers_are_true_or_false(self):
        assert self._cookie(maxAge=False) == self._cookie(expires=False) == CookieOptions()
        assert self._cookie(secure=1, httpOnly=0) == CookieOptions(secure=True, httponly=False)
        options = SessionOptions.from_express({"secret": "s", "resave": 0, "saveUninitialized": 1, "rolling": 0.0})
        assert (options.resave, options.save_uninitialized, options.rolling) == (False, True, False)
        with pytest.raises(OptionError, match=r"^saveUninitialized is 'false' \(str\): it is either True or False"):
            SessionOptions.from_express({"secret": "s", "resave": 0, "saveUninitialized": "false"})

    def test_the_later_of_max_age_and_expires_wins(self):
        assert self._cookie(maxAge=1000, expires=LATER) == CookieOptions(expires=LATER)
        assert self._cookie(expires=LATER, maxAge=1500) == CookieOptions(max_age=timedelta(seconds=1.5))

    @pytest.mark.parametrize("bad", ["60000", True, float("nan"), float("inf"), 1e30])
    def test_a_lifetime_that_is_no_number_of_milliseconds(self, bad):
        with pytest.raises(OptionError, match=r"cookie\.maxAge is .* number of milliseconds"):
            self._cookie(maxAge=bad)

    def test_an_unknown_name_is_told_the_nearest_in_camel_case(self):
        with pytest.warns(UserWarning, match=r"cookie\.httponly is no option, .*Did you mean 'httpOnly'") as caught:
            assert self._cookie(httponly=False).httponly is True
        assert caught[0].filename == __file__

    def test_key_is_the_old_word_for_name(self):
        given_ = {"secret": "s", "resave": False, "saveUninitialized": False, "key": "old"}
        assert SessionOptions.from_express(given_).name == "old"
        assert SessionOptions.from_express({**given_, "name": "new"}).name == "new"

    def test_null_counts_as_left_out_but_where_it_is_false(self):
        names = ["cookie", "genid", "key", "name", "proxy", "resave", "rolling", "saveUninitialized", "store", "unset"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            options = SessionOptions.from_express({"secret": "s", **dict.fromkeys(names)})
        assert options == SessionOptions(secret="s", resave=False, save_uninitialized=False)

    def test_an_empty_name_counts_as_left_out(self):
        given_ = {"secret": "s", "resave": False, "saveUninitialized": False, "name": ""}
        assert SessionOptions.from_express(given_).name == "connect.sid"
        assert SessionOptions.from_express({**given_, "key": "old"}).name == "old"

    def test_a_cookie_function_returns_what_express_takes(self):
        options = SessionOptions.from_express(
            {"secret": "s", "resave": False, "saveUninitialized": False, "cookie": lambda request: {"maxAge": 1000}}
        )
        assert options.cookie(None) == CookieOptions(max_age=timedelta(seconds=1))


class TestSessionCookie:
    def _cookie(self, **changes):
        return SessionCookie(CookieOptions(**changes))

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("max_age", "60", r"session\.cookie\.max_age is '60'"),
            ("secure", "auto", "fixed value"),
            ("samesite", "laxx", "Did you mean 'Lax'"),
            ("maxage", 1, r"session\.cookie\.maxage is no option: Did you mean 'max_age'"),
            ("expires", datetime(2030, 1, 1), "time zone"),
        ],
    )
    def test_assigning_keeps_the_rules_of_the_options(self, name, value, message):
        with pytest.raises(OptionError, match=message):
            setattr(self._cookie(), name, value)

    @given(
        max_age=st.none() | st.integers(0, 10**9),
        samesite=st.sampled_from([None, "Lax", "Strict", "None"]),
        priority=st.sampled_from([None, "Low", "Medium", "High"]),
        secure=st.booleans(),
        httponly=st.booleans(),
        partitioned=st.booleans(),
        domain=st.sampled_from([None, "example.com"]),
        path=st.sampled_from([None, "/", "/app"]),
    )
    def test_its_json_comes_back_as_it_went(self, **changes):
        cookie = self._cookie(**changes)
        assert SessionCookie.from_json(cookie.to_json()) == cookie

    def test_its_json_is_that_of_express_session(self, clock):
        clock.at = 1_000_000_000_000
        assert self._cookie(max_age=60, samesite="Lax").to_json() == {
            "originalMaxAge": 60_000,
            "expires": "2001-09-09T01:47:40.000Z",
            "secure": False,
            "httpOnly": True,
            "path": "/",
            "sameSite": "lax",
        }

    def test_what_express_session_stored_is_read(self):
        # Lifetimes may be fractions there, sameSite may be true, and settings that are off may be null or left out.
        stored = {"originalMaxAge": 1499.6, "expires": "2001-09-09T01:47:40.250Z", "sameSite": True, "domain": "",
                  "priority": None}  # fmt: skip
        cookie = SessionCookie.from_json(stored)
        assert cookie.original_max_age == 1500
        assert cookie.expires_at == 1_000_000_060_250
        assert dump_cookie("sid", "v", cookie) == (
            "sid=v; Path=/; Expires=Sun, 09 Sep 2001 01:47:40 GMT; HttpOnly; SameSite=Strict"
        )

    @pytest.mark.parametrize("word", ["auto", "Auto"])
    def test_what_nobody_has_resolved_is_not_read(self, word):
        """Where ``cookie`` is a function, express-session stores ``"auto"``, and no client ever gets the cookie."""
        with pytest.raises(OptionError, match=r"cookie\.samesite is 'auto': a session's own cookie has a fixed value"):
            SessionCookie.from_json({"originalMaxAge": None, "sameSite": word})

    def test_max_age_is_what_is_left(self, clock):
        cookie = self._cookie(max_age=60)
        clock.at += 45_000
        assert cookie.max_age == timedelta(seconds=15)
        cookie.touch()
        assert cookie.max_age == timedelta(seconds=60)
        cookie.max_age = None
        assert (cookie.max_age, cookie.expires) == (None, None)

    def test_expires_sets_the_lifetime_too(self, clock):
        cookie = self._cookie(expires=LATER)
        assert cookie.expires == LATER
        assert cookie.original_max_age == LATER.timestamp() * 1000 - clock.at


@pytest.mark.parametrize(
    "make",
    [
        lambda: SessionOptions.from_express('{"secret": "topsecret"}'),
        lambda: SessionOptions.from_express([("secret", "topsecret")]),
        lambda: SessionOptions(secret="s", cookie={"secret": "topsecret"}),
        lambda: CookieOptions.from_express("topsecret"),
        lambda: ExpressSessionInterface({"secret": "topsecret"}),
    ],
)
def test_what_may_hold_a_secret_is_not_shown(make):
    with pytest.raises(OptionError, match="is of type (str|list|dict): it ") as caught:
        make()
    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize("name", [field.name for field in fields(CookieOptions)])
def test_an_option_of_the_cookie_is_told_where_it_belongs(name):
    with pytest.raises(OptionError, match=rf"^{name} is no option of the session: .* cookie=CookieOptions\({name}=…\)"):
        SessionOptions(secret="s", **{name: None})


@pytest.mark.parametrize("name", [field.name for field in fields(SessionOptions)])
def test_an_option_of_the_session_is_told_where_it_belongs(name):
    with pytest.raises(
        OptionError, match=rf"^cookie\.{name} is no option of the cookie: .* SessionOptions\({name}=…\)"
    ):
        CookieOptions(**{name: None})


@pytest.mark.parametrize(
    ("make", "wrong", "told"),
    [
        (SessionOptions, "httpOnly", "of the session: it is an option of the cookie: cookie=CookieOptions(httponly=…)"),
        (SessionOptions, "maxAge", "of the session: it is an option of the cookie: cookie=CookieOptions(max_age=…)"),
        (
            SessionOptions,
            "cookie_secure",
            "of the session: it is an option of the cookie: cookie=CookieOptions(secure=…)",
        ),
        (SessionOptions, "SESSION_COOKIE_SAMESITE", "an option of the cookie: cookie=CookieOptions(samesite=…)"),
        (SessionOptions, "securee", "an option of the cookie: cookie=CookieOptions(secure=…)"),
        (SessionOptions, "session_secret", "is no option: Did you mean 'secret'?"),
        (SessionOptions, "session_cookie_name", "is no option: Did you mean 'name'?"),
        (CookieOptions, "cookie_secure", "is no option: Did you mean 'secure'?"),
        (CookieOptions, "session_secret", "of the cookie: it is an option of the session: SessionOptions(secret=…)"),
        (CookieOptions, "saveUninitialized", "it is an option of the session: SessionOptions(save_uninitialized=…)"),
    ],
)
def test_the_right_idea_in_another_spelling_or_place_is_told_both(make, wrong, told):
    with pytest.raises(OptionError, match=f"{wrong} is no option") as caught:
        make(**{wrong: "a value"})
    assert told in str(caught.value)
    assert "a value" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("session_class", dict), ("session_class", "Session"), ("null_session_class", ExpressSessionInterface)],
)
def test_another_class_for_sessions_is_one_of_them(name, value):
    made = type("Mine", (ExpressSessionInterface,), {name: value})
    with pytest.raises(OptionError, match=rf"^{name} is .*: it is a class below (Null)?Session\."):
        made(SessionOptions(secret="s"))


def test_a_class_is_no_store():
    for use in (
        lambda: SessionOptions(secret="s", store=MemoryStore),
        lambda: setattr(ExpressSessionInterface(SessionOptions(secret="s")), "store", MemoryStore),
    ):
        with pytest.raises(OptionError, match=r"store is the class MemoryStore: make one of it: MemoryStore\(…\)"):
            use()
