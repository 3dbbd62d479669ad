"""The audit names what is valid and still unwise, and nothing else."""

from __future__ import annotations

import base64
import itertools
import random
import re
import secrets
import time
import uuid
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from flask import current_app, request, session

from demo_app import CookieOptions, SessionOptions, TracedStore, serve
from demo_app.session import MemoryStore, OptionError, audit

ROOT = Path(__file__).parents[2]
SECRET = "5871d2600bf8f7a37cc68b943fbcd594"  # made by secrets.token_hex
SOUND = SessionOptions(
    name="__Host-shop",
    secret=SECRET,
    store=TracedStore(MemoryStore()),  # stands for a store that outlives the process
    cookie=CookieOptions(max_age=timedelta(hours=1), secure=True, samesite="Lax"),
)
IN_A_MONTH = datetime.now(timezone.utc) + timedelta(days=30)


def with_changes(name=SOUND.name, **change):
    """The sound options with these changes, in the session or in the cookie."""
    in_cookie = {key: change.pop(key) for key in change.keys() & set(CookieOptions.__dataclass_fields__)}
    return replace(SOUND, name=name, cookie=replace(SOUND.cookie, **in_cookie), **change)


def test_a_sound_configuration_has_no_finding():
    assert audit(SOUND) == []


@pytest.mark.parametrize(
    ("change", "option", "weakness"),
    [
        ({"name": "__Host-connect.sid"}, "name", "default name"),
        ({"name": "shop"}, "name", "a neighbouring host"),
        ({"name": "__Secure-shop"}, "name", "a neighbouring host"),
        ({"secret": "cookiesaregood"}, "secret", "14 bytes are too short"),
        ({"secret": [SECRET, "old"]}, "secret", "3 bytes are too short"),
        ({"secret": "a" * 32}, "secret", "it repeats itself"),
        ({"secret": [SECRET, "a" * 32]}, "secret", "it repeats itself"),
        ({"secret": "from the environment, in real life"}, "secret", "it reads like words"),
        ({"resave": True}, "resave", "overwrites"),
        ({"save_uninitialized": True}, "save_uninitialized", "every visitor"),
        ({"rolling": True}, "rolling", "no absolute end"),
        ({"store": None}, "store", "gone with the process"),
        ({"store": MemoryStore()}, "store", "gone with the process"),
        ({"genid": lambda request: "a" * 32}, "genid", "the same id twice"),
        ({"proxy": True}, "proxy", "X-Forwarded-Proto"),
        ({"max_age": None}, "cookie.max_age", "never ends"),
        ({"max_age": timedelta(days=401)}, "cookie.max_age", "400 days"),
        ({"max_age": 401 * 86400}, "cookie.max_age", "400 days"),
        ({"max_age": 10**11}, "cookie.max_age", "400 days"),
        ({"max_age": timedelta(hours=9)}, "cookie.max_age", "no absolute end"),
        ({"max_age": None, "expires": IN_A_MONTH}, "cookie.max_age", "no absolute end"),
        ({"httponly": False}, "cookie.httponly", "scripts"),
        ({"samesite": None}, "cookie.samesite", "left to each browser"),
        ({"samesite": "None"}, "cookie.samesite", "requests from every other site carry the session"),
        ({"samesite": "auto"}, "cookie.samesite", "every other site carry the session over HTTPS"),
        ({"name": "shop", "secure": False}, "cookie.secure", "plain HTTP"),
        ({"name": "shop", "secure": "auto"}, "cookie.secure", "without Secure"),
        ({"name": "shop", "domain": "example.com"}, "cookie.domain", "every host below example.com"),
        ({"name": "shop", "domain": "127.0.0.1"}, "cookie.domain", "an IP address"),
    ],
)
def test_each_weakness_is_found_alone(change, option, weakness):
    (found,) = audit(with_changes(**change))
    assert found.option == option
    assert weakness in found.weakness
    assert found.remedy


def test_only_over_https_is_said_to_be_so():
    told = [audit(with_changes(samesite=samesite))[0].weakness for samesite in ("None", "auto")]
    assert [weakness.endswith("the session over HTTPS") for weakness in told] == [False, True]
    assert told[0].endswith("the session")


def test_cookies_that_a_function_makes_are_not_looked_at():
    assert [found[:2] for found in audit(replace(SOUND, cookie=lambda request: SOUND.cookie))] == [
        ("cookie", "a function makes the cookies, and they were not looked at")
    ]


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({"name": "__Secure-shop", "path": "/app"}, []),
        ({"name": "shop", "path": "/app"}, []),
        ({"name": "shop", "path": None}, []),
        ({"path": "/app"}, ["name"]),
        ({"name": "__HOST-shop", "path": None}, ["name"]),
        ({"secure": "auto"}, ["cookie.secure", "name"]),
        ({"name": "__Secure-shop", "secure": False}, ["cookie.secure", "name"]),
        ({"name": "shop", "samesite": "None", "secure": False},
         ["cookie.secure", "cookie.samesite", "cookie.samesite"]),
        ({"name": "shop", "partitioned": True, "secure": "auto"}, ["cookie.secure", "cookie.partitioned"]),
        ({"partitioned": True}, []),
        ({"max_age": timedelta(hours=8)}, []),
        ({"max_age": 8 * 3600}, []),
        ({"max_age": 0}, []),
        ({"max_age": None, "expires": datetime(2000, 1, 1, tzinfo=timezone.utc)}, []),
        ({"max_age": timedelta(days=400), "rolling": True}, ["rolling", "cookie.max_age"]),
    ],
)  # fmt: skip
def test_combinations(change, options):
    assert [found.option for found in audit(with_changes(**change))] == options


class TestSecrets:
    @pytest.mark.parametrize(
        "secret",
        ["a" * 32, b"\0" * 64, "9f" * 32, "0123456789abcdef" * 2, "1234567890" * 4, "deadbeef" * 4, "a" * 31 + "b",
         "changeme" * 4, "keyboard cat keyboard cat keyboard", "Tr0ub4dor&3-Tr0ub4dor&3-Tr0ub4dor&3"],
    )  # fmt: skip
    def test_what_repeats_itself_is_found(self, secret):
        (found,) = audit(replace(SOUND, secret=secret))
        assert "it repeats itself" in found.weakness

    @pytest.mark.parametrize(
        "secret",
        ["this is a very long secret for my app 2024", "correct horse battery staple and so on",
         "change-me-before-you-deploy-this-app", "please_change_this_secret_key_in_production",
         "TOP-SECRET-DO-NOT-SHARE-WITH-ANYBODY", b"django-insecure-development-secret-key"],
    )  # fmt: skip
    def test_what_is_made_of_words_is_found(self, secret):
        (found,) = audit(replace(SOUND, secret=secret))
        assert "it reads like words" in found.weakness

    @pytest.mark.parametrize(
        "write",
        [bytes.hex, base64.b64encode, base64.urlsafe_b64encode, base64.b32encode, bytes,
         lambda random_bytes: uuid.UUID(bytes=random_bytes[:16], version=4).hex,
         lambda random_bytes: str(uuid.UUID(bytes=random_bytes[:16], version=4))],
    )  # fmt: skip
    @pytest.mark.parametrize("length", [32, 64])
    def test_no_random_secret_is_called_weak(self, write, length):
        source = random.Random(length)  # the same secrets in each run: a false alarm in 10⁹ is no flaky test
        assert not [
            found for _ in range(3000) for found in audit(replace(SOUND, secret=write(source.randbytes(length))))
        ]

    def test_no_finding_shows_a_secret(self):
        for secret in ("cookiesaregood", "cookiesaregood" * 4, "the cookies are as good as in the article"):
            assert "good" not in str(audit(SessionOptions(secret=secret)))


class TestIds:
    """What a ``genid`` gives, as far as sixteen calls tell."""

    @pytest.mark.parametrize(
        "genid",
        [
            None,
            lambda request: secrets.token_urlsafe(24),
            lambda request: secrets.token_hex(8),
            lambda request: uuid.uuid4().hex,
            lambda request: str(uuid.uuid4()),
            lambda request: "id-" + str(secrets.randbelow(10 ** secrets.choice((40, 50)))),
            lambda request: f"{time.time_ns()}-{secrets.token_urlsafe(16)}",
            lambda _: f"{request.path}{current_app.name}{secrets.token_urlsafe(16)}",
        ],
    )
    def test_random_ids_are_no_finding(self, genid):
        assert audit(replace(SOUND, genid=genid)) == []

    counter = itertools.count(10**30)

    @pytest.mark.parametrize(
        ("genid", "weakness"),
        [
            (lambda request: request.user_agent.string + "x" * 32, "it gives the same id twice"),
            (lambda request: secrets.token_hex(7), "no more than 56 bits differ"),
            (lambda request: secrets.token_hex(7).upper(), "no more than 56 bits differ"),
            (lambda request: f"{next(TestIds.counter) % 16:0100b}", "no more than 13 bits differ"),
            (lambda request: str(next(TestIds.counter)), "no more than"),
            (lambda request: str(uuid.uuid1()), "no more than"),
            (lambda request: str(secrets.randbelow(10**9) + 10**9), "no more than 30 bits differ"),
            (lambda request: uuid.uuid4(), "it returns a value of type UUID"),
            (lambda request: None, "it returns a value of type NoneType"),
            (lambda request: "", "it returns an empty str"),
            (lambda request: request.headers["X-User"], "it raises KeyError"),
            (lambda: secrets.token_hex(), "it raises TypeError"),
            (lambda request: next(iter(())), "it raises StopIteration"),
        ],
    )
    def test_others_are(self, genid, weakness):
        (found,) = audit(replace(SOUND, genid=genid))
        assert found.option == "genid"
        assert weakness in found.weakness


class TestTheReadme:
    """What README tells people to write has no known weakness, and is what the lessons tell them."""

    @pytest.fixture
    def app(self, tmp_path, monkeypatch):
        text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The middleware in your own app")[2]
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SESSION_SECRET", secrets.token_hex(32))
        names = {"__name__": __name__}
        for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            exec(block, names)
        return names["app"]

    def test_its_example_has_no_finding(self, app):
        assert audit(app.session_interface.options) == []

    def test_its_example_follows_lesson_04(self, app):
        lesson = (ROOT / "notebooks" / "04_secure.ipynb").read_text(encoding="utf-8")
        assert "**Rule of thumb: secure=True in production, " in lesson
        assert app.session_interface.options.cookie.secure is True

    def test_its_log_in_takes_a_new_id_and_its_log_out_ends_it(self, app):
        @app.get("/cart")
        def cart():
            session["cart"] = 1
            return session.sid

        @app.get("/who")
        def who():
            return f"{session.sid} {session.get('user')}"

        client = app.test_client()
        https = {"base_url": "https://localhost"}
        before = client.get("/cart", **https).text
        client.post("/login", **https)
        sid, user = client.get("/who", **https).text.split()
        assert user == "ada"
        assert sid != before
        client.post("/logout", **https)
        assert client.get("/who", **https).text.split()[1] == "None"
        assert len(app.session_interface.store) == 0

    def test_its_example_runs(self, app):
        @app.get("/")
        def view():
            session["visits"] = session.get("visits", 0) + 1
            return str(session["visits"])

        with serve(app, https=True) as server, requests.Session() as client:
            client.verify = server.ca_path
            answers = [client.get(server.url) for _ in range(2)]
        assert [answer.text for answer in answers] == ["1", "2"]
        assert answers[0].headers["Set-Cookie"].startswith("__Host-")


def test_a_lifetime_that_was_meant_in_milliseconds_is_told_the_unit():
    def remedy(max_age):
        (found,) = [each for each in audit(with_changes(max_age=max_age)) if each.option == "cookie.max_age"]
        return found.remedy

    assert remedy(1000 * 60 * 60 * 24).endswith(
        "(an int counts seconds: as milliseconds, this would be 1 day, 0:00:00)"
    )
    assert "milliseconds" not in remedy(timedelta(days=1000))


def test_what_is_no_options_is_told_so():
    with pytest.raises(OptionError, match=r"options is of type dict: the audit takes SessionOptions\(…\)"):
        audit({"secret": "topsecret"})
