"""Every row of the tables "Elsewhere" against the framework itself.

A cell that is code is used: the setting is set, the default given for it, the header compared. One in words
is repeated by the test that holds it (:func:`says`), so that neither changes without the other.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from secrets import token_urlsafe

import pytest
from cachelib import SimpleCache
from django.conf import global_settings
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_session import Session as FlaskSession
from flask_session.defaults import Defaults as FlaskSessionDefaults
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient as StarletteClient
from werkzeug.middleware.proxy_fix import ProxyFix

from demo_app import ExpressSessionInterface, MemoryStore, SessionOptions
from demo_app.lesson import elsewhere
from demo_app.lesson.frameworks import FACTS, Fact
from demo_app.session import OptionError
from tests.express.servers import FOLDER

from .frameworks import FRAMEWORKS, SECRET, Client

HTTP, HTTPS = "http://localhost", "https://localhost"

#: Which parts of the header an option is about.
ATTRIBUTES = {
    "max_age": ("expires", "max-age"),
    "secure": ("secure",),
    "httponly": ("httponly",),
    "path": ("path",),
    "domain": ("domain",),
    "samesite": ("samesite",),
    "partitioned": ("partitioned",),
    "expires": ("expires",),
    "priority": ("priority",),
    "proxy": ("secure",),
    "unset": ("expires", "max-age"),
}

#: What a table says of a header without these.
WITHOUT = {
    "max_age": "no `Expires`, no `Max-Age`",
    "secure": "no `Secure`",
    "httponly": "no `HttpOnly`",
    "path": "no `Path`",
    "domain": "no `Domain`",
    "samesite": "no `SameSite`",
    "partitioned": "no `Partitioned`",
    "expires": "no `Expires`",
    "priority": "no `Priority`",
}

#: The requests of which the last one is what a table speaks of.
REQUESTS = {
    "resave": ("/write", "/read"),
    "save_uninitialized": ("/",),
    "rolling": ("/write", "/read"),
    "unset": ("/write", "/end"),
}

#: What else has to be so for what a table speaks of.
GIVEN = {
    ("rolling", "express-session"): {"cookie.maxAge": 60_000},
    ("proxy", "express-session"): {"cookie.secure": True},
    ("proxy", "Flask"): {"SESSION_COOKIE_SECURE": True},
    ("proxy", "Flask-Session"): {"SESSION_COOKIE_SECURE": True},
    ("proxy", "Django"): {"SESSION_COOKIE_SECURE": True},
    ("proxy", "Starlette"): {"https_only": True},
}
OVER_HTTPS_TO_THE_PROXY = {"X-Forwarded-Proto": "https"}

#: What may stand in a cookie's value.
VALUES = {
    "<id>": r"[\w-]{32,43}",
    "<data>": r"eyJ[\w-]+=*",  # {"… in base64
    "<time>": r"[\w-]{6}",
    "<signature>": r"[\w%-]{27,}",
}

#: Option, framework and cell of each claim in words that a test holds.
SAID: set[tuple[str, str, str]] = set()


def says(option, cell, *frameworks):
    """The test holds this cell of these frameworks' rows."""
    SAID.update((option, framework, cell) for framework in frameworks)
    return pytest.mark.parametrize("framework", frameworks)


def is_code(cell):
    return cell.count("`") == 2 and cell[0] == cell[-1] == "`"


def code(cell):
    return cell.strip("`")


def with_a_setting(option):
    """The test is for each framework that has a setting for the option."""
    facts = [fact for fact in FACTS[option] if is_code(fact.setting)]
    return pytest.mark.parametrize("fact", facts, ids=lambda fact: fact.framework)


def value(cell):
    """The value that a cell spells, in Python or in JavaScript."""
    return eval(code(cell), {"timedelta": timedelta, "null": None, "undefined": None, "true": True, "false": False})


def answer(framework, settings=None, *requests, origin=HTTP, headers=None):
    """What the last of these requests brings; without any, the first change of a session."""
    client = Client(framework, settings)
    return [client.get(path, origin, headers) for path in requests or ("/write",)][-1]


def sends(option, answer):
    """What a table says of this answer's header."""
    if not answer.cookies:
        return "no `Set-Cookie`"
    (line,) = answer.cookies
    pair, *attributes = re.sub(r"(?i)(expires)=[^;]*", r"\1=…", line).split("; ")
    name, _, value = pair.partition("=")
    if option in ("genid", "store"):
        if value.startswith("eyJ"):  # {"… in base64
            return {"genid": "no id", "store": "the data"}[option]
        sid = value.removeprefix("s%3A").partition(".")[0]
        return {"genid": f"an id of {len(sid)} characters", "store": "an id"}[option]
    if option in ATTRIBUTES:
        attributes = [item for item in attributes if item.partition("=")[0].lower() in ATTRIBUTES[option]]
        if option == "unset":
            attributes.insert(0, pair)
        return "; ".join(f"`{attribute}`" for attribute in attributes) or WITHOUT[option]
    return f"`{name}=…`"


def really(express, options, **headers):
    """What the real express-session makes of these options: a session's first change. For where the port is no help."""
    express.start({"secret": SECRET, "resave": False, "saveUninitialized": False, **options})
    return express.send(now=0, path="/", headers=headers, tls=False, actions=[["set", "n", 1]])


def lasts(answer, lifetime):
    """Whether the cookie's lifetime, in seconds, is this one. A date in a header has whole seconds."""
    (line,) = answer.cookies
    found = dict(re.findall(r"(expires|max-age)=([^;]*)", line.lower()))
    if lifetime is None or not found:
        return lifetime is None and not found
    if "expires" in found:
        at = parsedate_to_datetime(found["expires"]).timestamp()
        if not answer.began + lifetime - 1 <= at <= answer.ended + lifetime:
            return False
    return found.get("max-age") in (None, str(lifetime))


def survives(framework, settings, new_settings):
    """Whether a session that was written with some settings is read with others, from the same store."""
    stores = {
        "express-session": {"store": MemoryStore()},
        "Flask-Session": {"SESSION_CACHELIB": SimpleCache()},
    }
    store = stores.get(framework, {})
    before, after = Client(framework, store | settings), Client(framework, store | new_settings)
    before.get("/write")
    after.cookies = before.cookies
    return after.get("/read").text == "1"


# All tables.


@pytest.mark.parametrize("option", FACTS)
def test_every_table_speaks_of_all_frameworks(option):
    assert [fact.framework for fact in FACTS[option]] == list(FRAMEWORKS)
    assert len(elsewhere(option).rows) == len(FRAMEWORKS)


def test_a_column_without_a_word_is_left_out():
    assert elsewhere("name").head == ("framework", "setting", "default", "header by default")
    assert len(elsewhere("secret").head) == len(Fact._fields)


@pytest.mark.parametrize("option", FACTS)
def test_a_table_fits_a_laptop_screen(option):
    assert max(len(line) for line in repr(elsewhere(option)).splitlines()) <= 160


def test_every_claim_in_words_is_held_by_a_test():
    claims = {
        (option, fact.framework, cell)
        for option, facts in FACTS.items()
        for fact in facts
        for cell in (fact.setting, fact.default, fact.note)
        if cell and not is_code(cell)
    }
    assert claims == SAID


@pytest.mark.parametrize(
    ("option", "fact"),
    [(option, fact) for option, facts in FACTS.items() if option != "secret" for fact in facts],
    ids=lambda value: getattr(value, "framework", value),
)
def test_what_the_default_sends(option, fact):
    given, requests = GIVEN.get((option, fact.framework)), REQUESTS.get(option, ())
    if (option, fact.framework) == ("rolling", "Flask"):
        requests = ("/permanent", "/read")  # only such a session has a lifetime
    headers = OVER_HTTPS_TO_THE_PROXY if option == "proxy" else None
    assert sends(option, answer(fact.framework, given, *requests, headers=headers)) == fact.header_by_default


#: All that these frameworks have, by name.
KNOWN_SETTINGS = {
    "Flask": """
        PERMANENT_SESSION_LIFETIME SESSION_COOKIE_DOMAIN SESSION_COOKIE_HTTPONLY SESSION_COOKIE_NAME
        SESSION_COOKIE_PARTITIONED SESSION_COOKIE_PATH SESSION_COOKIE_SAMESITE SESSION_COOKIE_SECURE
        SESSION_REFRESH_EACH_REQUEST
    """,
    "Flask-Session": """
        SESSION_CACHELIB SESSION_CLEANUP_N_REQUESTS SESSION_DYNAMODB SESSION_DYNAMODB_TABLE SESSION_FILE_DIR
        SESSION_FILE_MODE SESSION_FILE_THRESHOLD SESSION_ID_LENGTH SESSION_KEY_PREFIX SESSION_MEMCACHED
        SESSION_MONGODB SESSION_MONGODB_COLLECT SESSION_MONGODB_DB SESSION_PERMANENT SESSION_REDIS
        SESSION_SERIALIZATION_FORMAT SESSION_SQLALCHEMY SESSION_SQLALCHEMY_BIND_KEY
        SESSION_SQLALCHEMY_SCHEMA SESSION_SQLALCHEMY_SEQUENCE SESSION_SQLALCHEMY_TABLE SESSION_TYPE
        SESSION_USE_SIGNER
    """,
    "Django": """
        CSRF_USE_SESSIONS SESSION_CACHE_ALIAS SESSION_COOKIE_AGE SESSION_COOKIE_DOMAIN
        SESSION_COOKIE_HTTPONLY SESSION_COOKIE_NAME SESSION_COOKIE_PATH SESSION_COOKIE_SAMESITE
        SESSION_COOKIE_SECURE SESSION_ENGINE SESSION_EXPIRE_AT_BROWSER_CLOSE SESSION_FILE_PATH
        SESSION_SAVE_EVERY_REQUEST SESSION_SERIALIZER
    """,
    "Starlette": "app domain https_only max_age partitioned path same_site secret_key session_cookie",
}


@pytest.mark.parametrize("framework", KNOWN_SETTINGS)
def test_there_are_no_other_settings(framework):
    """A row that says "none" stays true: a setting that is not listed here is new."""
    found = {
        "Flask": [name for name in Flask("app").config if "SESSION" in name],
        "Flask-Session": [name for name in dir(FlaskSessionDefaults) if "SESSION" in name],
        "Django": [name for name in dir(global_settings) if "SESSION" in name],
        "Starlette": inspect.signature(SessionMiddleware).parameters,
    }
    assert sorted(found[framework]) == KNOWN_SETTINGS[framework].split()


# name


@with_a_setting("name")
def test_name(fact):
    assert fact.header_by_default == f"`{value(fact.default)}=…`"
    assert sends("name", answer(fact.framework, {code(fact.setting): "mycookie"})) == "`mycookie=…`"


# secret


@pytest.mark.parametrize("fact", FACTS["secret"], ids=lambda fact: fact.framework)
def test_secret_in_the_cookie(fact):
    (line,) = answer(fact.framework).cookies
    pattern = re.escape(code(fact.header_by_default))
    for part, values in VALUES.items():
        pattern = pattern.replace(part, values)
    assert re.fullmatch(pattern, line.partition("=")[2].partition(";")[0])


@with_a_setting("secret")
def test_secret(fact):
    secret = code(fact.setting)
    assert survives(fact.framework, {secret: "old"}, {secret: "old"})
    assert not survives(fact.framework, {secret: "old"}, {secret: "new"})


@says("secret", "none: required", "express-session", "Starlette")
def test_secret_is_required(framework):
    make = {"express-session": SessionOptions, "Starlette": lambda: SessionMiddleware(app=None)}
    with pytest.raises((OptionError, TypeError), match="secret"):
        make[framework]()


@says("secret", "`None`: writing fails", "Flask")
def test_secret_is_none(framework):
    assert Flask("app").config["SECRET_KEY"] is None
    assert answer(framework, {"SECRET_KEY": None}, "/read").text == "0"
    with pytest.raises(RuntimeError, match="no secret key"):
        answer(framework, {"SECRET_KEY": None})


@says("secret", "`''`: writing fails", "Django")
def test_secret_is_empty(framework):
    assert global_settings.SECRET_KEY == ""
    assert answer(framework, {"SECRET_KEY": ""}, "/read").text == "0"
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        answer(framework, {"SECRET_KEY": ""})


@says("secret", "a list: the first signs, all verify", "express-session")
def test_secret_as_a_list(framework):
    assert survives(framework, {"secret": "old"}, {"secret": ["new", "old"]})
    assert survives(framework, {"secret": ["new", "old"]}, {"secret": "new"})
    assert not survives(framework, {"secret": ["new", "old"]}, {"secret": "old"})


@says("secret", "`SECRET_KEY_FALLBACKS`: a list; a str is read letter by letter", "Flask")
def test_secret_with_fallbacks(framework):
    assert survives(framework, {"SECRET_KEY": "old"}, {"SECRET_KEY_FALLBACKS": ["old"]})
    assert not survives(framework, {"SECRET_KEY": "old"}, {"SECRET_KEY_FALLBACKS": "old"})
    # And a key of one letter is one that anybody guesses.
    assert survives(framework, {"SECRET_KEY": "o"}, {"SECRET_KEY_FALLBACKS": "old"})


@says("secret", "none: the id is not signed", "Flask-Session")
def test_secret_is_not_needed(framework):
    store = SimpleCache()
    client = Client(framework, {"SECRET_KEY": None, "SESSION_CACHELIB": store})
    client.get("/write")
    assert store.get("session:" + client.cookies["session"])["n"] == 1


@says("secret", "`SESSION_USE_SIGNER`: deprecated, ignores the fallbacks", "Flask-Session")
@pytest.mark.filterwarnings("ignore:The 'use_signer' option is deprecated")
def test_secret_with_a_signer(framework):
    old = {"SESSION_USE_SIGNER": True, "SECRET_KEY": "old"}
    with pytest.warns(DeprecationWarning, match="use_signer"):
        Client(framework, old)
    assert survives(framework, old, old)
    assert not survives(framework, old, {**old, "SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": ["old"]})


@says("secret", "signs the row in the database, not the cookie", "Django")
def test_secret_signs_the_row(framework):
    from django.contrib.sessions.models import Session  # needs a Django that has started

    client = Client(framework)
    client.get("/write")
    row = Session.objects.get(pk=client.cookies["sessionid"])
    assert signing.loads(row.session_data, SECRET, salt="django.contrib.sessions.SessionStore") == {"n": 1}
    assert survives(framework, {"SECRET_KEY": "old"}, {"SECRET_KEY_FALLBACKS": ["old"]})


@says("secret", 'one only; `None` signs with the word "None"', "Starlette")
def test_secret_is_one(framework):
    assert not survives(framework, {"secret_key": "old"}, {"secret_key": ["new", "old"]})
    assert survives(framework, {"secret_key": None}, {"secret_key": "None"})


# max_age


@with_a_setting("max_age")
def test_max_age(fact):
    default = value(fact.default)
    lifetime = default.total_seconds() if isinstance(default, timedelta) else default
    request = "/permanent" if fact.framework == "Flask" else "/write"
    assert lasts(answer(fact.framework, None, request), lifetime)
    assert lasts(answer(fact.framework, {code(fact.setting): default}, request), lifetime)
    hour = 3_600_000 if fact.framework == "express-session" else 3600
    assert lasts(answer(fact.framework, {code(fact.setting): hour}, request), 3600)


@says("max_age", "milliseconds: `3600` is 3.6 s", "express-session")
def test_max_age_in_milliseconds(framework):
    assert lasts(answer(framework, {"cookie.maxAge": 3600}), 3.6)


@says("max_age", "seconds or timedelta; sent if `session.permanent`", "Flask")
def test_max_age_of_a_permanent_session(framework):
    for lifetime in (3600, timedelta(hours=1)):
        settings = {"PERMANENT_SESSION_LIFETIME": lifetime}
        assert lasts(answer(framework, settings, "/permanent"), 3600)
        assert lasts(answer(framework, settings, "/write"), None)


@says("max_age", "the same, but `SESSION_PERMANENT` is `True`", "Flask-Session")
def test_max_age_where_sessions_are_permanent(framework):
    for lifetime in (3600, timedelta(hours=1)):
        settings = {"PERMANENT_SESSION_LIFETIME": lifetime}
        assert lasts(answer(framework, settings), 3600)
        assert lasts(answer(framework, {**settings, "SESSION_PERMANENT": True}), 3600)
        assert lasts(answer(framework, {**settings, "SESSION_PERMANENT": False}), None)


@says("max_age", "seconds; a timedelta is an error", "Django")
def test_max_age_is_a_number(framework):
    assert lasts(answer(framework, {"SESSION_COOKIE_AGE": 3600}), 3600)
    with pytest.raises(TypeError, match="timedelta"):
        answer(framework, {"SESSION_COOKIE_AGE": timedelta(hours=1)})


@says("max_age", "seconds; a timedelta is sent as `Max-Age=1:00:00`", "Starlette")
def test_max_age_is_written_as_it_is(framework):
    assert lasts(answer(framework, {"max_age": 3600}), 3600)
    assert sends("max_age", answer(framework, {"max_age": timedelta(hours=1)})) == "`Max-Age=1:00:00`"


# secure


@with_a_setting("secure")
def test_secure(fact):
    secure = code(fact.setting)
    for settings in ({}, {secure: value(fact.default)}):
        assert sends("secure", answer(fact.framework, settings, origin=HTTPS)) == WITHOUT["secure"]
    assert sends("secure", answer(fact.framework, {secure: True}, origin=HTTPS)).lower() == "`secure`"


@says("secure", "`true` over http: no header, yet a row in the store; `'auto'` suits both", "express-session")
def test_secure_over_http_is_held_back(framework):
    client = Client(framework, {"cookie.secure": True})
    assert client.get("/write").cookies == []
    assert client.writes == 1
    assert sends("secure", answer(framework, {"cookie.secure": "auto"}, origin=HTTP)) == WITHOUT["secure"]
    assert sends("secure", answer(framework, {"cookie.secure": "auto"}, origin=HTTPS)) == "`Secure`"


@says("secure", "`True` over http: sent all the same", "Flask", "Flask-Session", "Django", "Starlette")
def test_secure_over_http_is_sent(framework):
    (setting,) = (code(fact.setting) for fact in FACTS["secure"] if fact.framework == framework)
    assert sends("secure", answer(framework, {setting: True}, origin=HTTP)).lower() == "`secure`"


# httponly


@with_a_setting("httponly")
def test_httponly(fact):
    httponly = code(fact.setting)
    assert sends("httponly", answer(fact.framework, {httponly: value(fact.default)})) == fact.header_by_default
    assert sends("httponly", answer(fact.framework, {httponly: False})) == WITHOUT["httponly"]


@says("httponly", "none: always on", "Starlette")
def test_httponly_cannot_be_turned_off(framework):
    others = {"same_site": "none", "https_only": True, "domain": "localhost", "partitioned": True}
    assert sends("httponly", answer(framework, others)) == "`httponly`"


# resave


def writes(framework, settings, *requests):
    """How often the last of these requests writes the store."""
    client = Client(framework, settings)
    for path in requests:
        before = client.writes
        client.get(path)
    return client.writes - before


@with_a_setting("resave")
@pytest.mark.parametrize("path", ["/", "/read"])
def test_resave(fact, path):
    setting, default = code(fact.setting), value(fact.default)
    assert writes(fact.framework, None, "/write", path) == default
    assert writes(fact.framework, {setting: default}, "/write", path) == default
    assert writes(fact.framework, {setting: not default}, "/write", path) == (not default)


@says("resave", "deprecated default; writes the store on every request", "express-session")
def test_resave_is_deprecated(framework):
    with pytest.warns(DeprecationWarning, match="undefined resave option"):
        SessionOptions.from_express({"secret": SECRET, "saveUninitialized": False})
    assert writes(framework, None, "/write", "/", "/") == 1


@says("resave", "writes the store on every request", "Flask-Session")
def test_resave_writes_always(framework):
    assert writes(framework, None, "/write", "/", "/") == 1


@says("resave", "none: the cookie is the store", "Flask", "Starlette")
def test_resave_without_a_store(framework):
    # Another app, with nothing in common but the secret.
    assert survives(framework, {}, {})
    for path in ("/", "/read"):
        assert answer(framework, None, "/write", path).cookies == []


@says("resave", "a permanent session is sent on every request", "Flask")
def test_resave_of_a_permanent_session(framework):
    for path in ("/", "/read"):
        assert sends("resave", answer(framework, None, "/permanent", path)) == "`session=…`"


@says("resave", "`True` sends the cookie again too", "Django")
def test_resave_sends_the_cookie(framework):
    for path in ("/", "/read"):
        again = answer(framework, {"SESSION_SAVE_EVERY_REQUEST": True}, "/write", path)
        assert sends("resave", again) == "`sessionid=…`"


# save_uninitialized


@with_a_setting("save_uninitialized")
def test_save_uninitialized(fact):
    setting, default = code(fact.setting), value(fact.default)
    for settings in ({}, {setting: default}, {setting: not default}):
        client, wanted = Client(fact.framework, settings), settings.get(setting, default)
        assert bool(client.get("/").cookies) is wanted
        assert client.writes == wanted


@says("save_uninitialized", "deprecated default; a row for every visitor", "express-session")
def test_save_uninitialized_is_deprecated(framework):
    with pytest.warns(DeprecationWarning, match="undefined saveUninitialized option"):
        SessionOptions.from_express({"secret": SECRET, "resave": False})
    assert writes(framework, None, "/") == 1


@says("save_uninitialized", "none: never", "Flask", "Flask-Session", "Django", "Starlette")
@pytest.mark.parametrize("path", ["/", "/read"])
def test_save_uninitialized_never(framework, path):
    client = Client(framework)
    assert client.get(path).cookies == []
    assert client.writes == 0


@says("save_uninitialized", "but `session.permanent = True` is a change", "Flask")
def test_save_uninitialized_but_permanent(framework):
    assert sends("save_uninitialized", answer(framework, None, "/permanent")) == "`session=…`"


@says("save_uninitialized", "`session.permanent = True` alone sends a deletion", "Flask-Session")
def test_save_uninitialized_though_permanent(framework):
    client = Client(framework)
    (line,) = client.get("/permanent").cookies
    assert line.startswith("session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0;")
    assert client.writes == 0


@says("save_uninitialized", "not even with `SESSION_SAVE_EVERY_REQUEST`", "Django")
def test_save_uninitialized_though_saved_always(framework):
    client = Client(framework, {"SESSION_SAVE_EVERY_REQUEST": True})
    assert client.get("/").cookies == client.get("/read").cookies == []
    assert client.writes == 0


# path


@with_a_setting("path")
def test_path(fact):
    path = code(fact.setting)
    assert sends("path", answer(fact.framework, {path: value(fact.default)})) == fact.header_by_default
    assert sends("path", answer(fact.framework, {path: "/write"})).lower() == "`path=/write`"


@says("path", "no session where the path does not begin so; `/app` takes in `/apple`", "express-session")
def test_path_decides_where_there_is_a_session(framework):
    assert answer(framework, {"cookie.path": "/wri"}, "/write", "/write").text == "2"
    client = Client(framework, {"cookie.path": "/write"})
    client.get("/write")
    assert client.get("/read").text == "0"
    assert client.get("/write").text == "2"


@says("path", "`None` is `APPLICATION_ROOT`; where the app is mounted has no say", "Flask", "Flask-Session")
def test_path_is_where_the_app_says_it_is_mounted(framework):
    assert sends("path", answer(framework, origin=HTTP + "/app")) == "`Path=/`"
    assert sends("path", answer(framework, {"APPLICATION_ROOT": "/app"})) == "`Path=/app`"


@says("path", "where the app is mounted has no say", "Django")
def test_path_where_the_app_is_mounted(framework):
    assert sends("path", answer(framework, origin=HTTP + "/app")) == "`Path=/`"


@says("path", "`None` is sent as `path=None`", "Starlette")
def test_path_is_none(framework):
    assert sends("path", answer(framework, {"path": None})) == "`path=None`"


# domain


@with_a_setting("domain")
def test_domain(fact):
    domain = code(fact.setting)
    assert sends("domain", answer(fact.framework, {domain: value(fact.default)})) == WITHOUT["domain"]
    assert sends("domain", answer(fact.framework, {domain: "shop.example"})).lower() == "`domain=shop.example`"


@says("domain", "with a scheme or a port: no cookie, and no error", "express-session")
@pytest.mark.parametrize("domain", ["https://shop.example", "shop.example:5000"])
def test_domain_that_express_session_cannot_send(framework, express, domain):
    found = really(express, {"cookie": {"domain": domain}})
    assert (found["status"], found["set_cookie"]) == (200, [])


@says("domain", "cut at the first colon: `https://shop.example` is sent as `https`", "Flask", "Flask-Session")
def test_domain_is_cut(framework):
    for given, sent in {"https://shop.example": "https", "shop.example:5000": "shop.example"}.items():
        assert sends("domain", answer(framework, {"SESSION_COOKIE_DOMAIN": given})) == f"`Domain={sent}`"


@says("domain", "sent as it is, scheme and port too", "Django", "Starlette")
def test_domain_is_sent_as_it_is(framework):
    (setting,) = (code(fact.setting) for fact in FACTS["domain"] if fact.framework == framework)
    given = "https://shop.example:5000"
    assert sends("domain", answer(framework, {setting: given})).lower() == f"`domain={given}`"


# samesite


@with_a_setting("samesite")
def test_samesite(fact):
    samesite = code(fact.setting)
    assert sends("samesite", answer(fact.framework, {samesite: value(fact.default)})) == fact.header_by_default
    for word in ("Lax", "Strict", "None"):
        assert sends("samesite", answer(fact.framework, {samesite: word})).lower() == f"`samesite={word.lower()}`"


@says("samesite", "`true` is `Strict`; `'auto'` is `Lax` over http, `None` over https", "express-session")
def test_samesite_by_the_connection(framework):
    assert sends("samesite", answer(framework, {"cookie.sameSite": True})) == "`SameSite=Strict`"
    for origin, word in {HTTP: "Lax", HTTPS: "None"}.items():
        found = answer(framework, {"cookie.sameSite": "auto"}, origin=origin)
        assert sends("samesite", found) == f"`SameSite={word}`"


@says("samesite", "`None` sends none, `'None'` sends `None`", "Flask", "Django")
def test_samesite_is_none(framework):
    for given, sent in {None: WITHOUT["samesite"], "None": "`SameSite=None`"}.items():
        assert sends("samesite", answer(framework, {"SESSION_COOKIE_SAMESITE": given})) == sent


@says("samesite", "`None` sends none, `'None'` sends `None`; a deletion goes without", "Flask-Session")
def test_samesite_of_a_deletion(framework):
    test_samesite_is_none(framework)
    settings = {"SESSION_COOKIE_SAMESITE": "Strict"}
    ended = answer(framework, settings, "/write", "/end")
    assert ended.cookies[0].startswith("session=;")
    assert sends("samesite", ended) == WITHOUT["samesite"]
    assert sends("samesite", answer("Flask", settings, "/write", "/end")) == "`SameSite=Strict`"


@says("samesite", "sent as it is, misspelt too; `None` is an error", "Starlette")
def test_samesite_is_sent_as_it_is(framework):
    assert sends("samesite", answer(framework, {"same_site": "laxx"})) == "`samesite=laxx`"
    with pytest.raises(TypeError, match="NoneType"):
        answer(framework, {"same_site": None})


# partitioned


@with_a_setting("partitioned")
def test_partitioned(fact):
    partitioned = code(fact.setting)
    assert sends("partitioned", answer(fact.framework, {partitioned: value(fact.default)})) == WITHOUT["partitioned"]
    assert sends("partitioned", answer(fact.framework, {partitioned: True})).lower() == "`partitioned`"


@says("partitioned", "does not bring `Secure`", "express-session", "Starlette")
def test_partitioned_without_secure(framework):
    (setting,) = (code(fact.setting) for fact in FACTS["partitioned"] if fact.framework == framework)
    assert sends("secure", answer(framework, {setting: True})) == WITHOUT["secure"]


@says("partitioned", "brings `Secure`", "Flask")
def test_partitioned_with_secure(framework):
    assert sends("secure", answer(framework, {"SESSION_COOKIE_PARTITIONED": True})) == "`Secure`"


@says("partitioned", "none: `SESSION_COOKIE_PARTITIONED` does nothing", "Flask-Session")
def test_partitioned_does_nothing(framework):
    assert sends("partitioned", answer(framework, {"SESSION_COOKIE_PARTITIONED": True})) == WITHOUT["partitioned"]


@says("partitioned", "none", "Django")
def test_partitioned_is_not_to_be_had(framework):
    assert "PARTITIONED" not in KNOWN_SETTINGS[framework]
    assert "partitioned" not in inspect.signature(HttpResponse.set_cookie).parameters


# rolling


@with_a_setting("rolling")
def test_rolling(fact):
    setting, default = code(fact.setting), value(fact.default)
    requests = ("/permanent", "/read") if fact.framework == "Flask" else ("/write", "/read")
    given = GIVEN.get(("rolling", fact.framework), {})
    for wanted in (default, not default):
        assert bool(answer(fact.framework, {**given, setting: wanted}, *requests).cookies) is wanted


@says("rolling", "`true`: with every answer, the cookie of a browser session too", "express-session")
def test_rolling_of_a_browser_session(framework):
    for path in ("/", "/read"):
        again = answer(framework, {"rolling": True}, "/write", path)
        assert sends("rolling", again) == "`connect.sid=…`"
        assert lasts(again, None)


@says("rolling", "only where `session.permanent` is `True`", "Flask")
def test_rolling_of_a_permanent_session(framework):
    assert answer(framework, {"SESSION_REFRESH_EACH_REQUEST": True}, "/write", "/read").cookies == []


@says("rolling", "writes the store on every request", "Flask-Session")
def test_rolling_writes_the_store(framework):
    assert writes(framework, None, "/write", "/", "/") == 1


@says("rolling", "`True` writes the store on every request", "Django")
def test_rolling_writes_the_store_where_it_is_on(framework):
    assert writes(framework, {"SESSION_SAVE_EVERY_REQUEST": True}, "/write", "/", "/") == 1


@says("rolling", "none: only a change sends it", "Starlette")
def test_rolling_is_not_to_be_had(framework):
    for path in ("/", "/read"):
        assert answer(framework, None, "/write", path).cookies == []
    assert answer(framework, None, "/write", "/write").cookies


# expires

LATER = datetime(2100, 1, 1, tzinfo=timezone.utc)


def expiry(answer):
    """The date in the header."""
    (line,) = answer.cookies
    return parsedate_to_datetime(re.search("(?i)expires=([^;]*)", line)[1])


@with_a_setting("expires")
def test_expires(fact):
    expires = code(fact.setting)
    assert sends("expires", answer(fact.framework, {expires: value(fact.default)})) == WITHOUT["expires"]
    assert LATER <= expiry(answer(fact.framework, {expires: LATER})) <= LATER + timedelta(minutes=1)


@says("expires", "becomes a lifetime, which every request starts again", "express-session")
def test_expires_becomes_a_lifetime(framework, express):
    hour, minute = 3_600_000, 60_000
    express.start(
        {"secret": SECRET, "resave": False, "saveUninitialized": False, "cookie": {"expires": "1970-01-01T01:00Z"}}
    )
    sent = {"path": "/", "tls": False, "actions": [["push", 1]]}
    (line,) = express.send(now=0, headers={}, **sent)["set_cookie"]
    (again,) = express.send(now=minute, headers={"Cookie": line.partition(";")[0]}, **sent)["set_cookie"]
    assert "Expires=Thu, 01 Jan 1970 01:00:00 GMT" in line
    assert "Expires=Thu, 01 Jan 1970 01:01:00 GMT" in again
    (stored,) = express.send(now=minute, headers={}, **{**sent, "actions": []})["store"].values()
    assert stored["cookie"]["originalMaxAge"] == hour


class Until2100(SecureCookieSessionInterface):
    def get_expiration_time(self, app, session):
        return LATER


@says("expires", "none: override `get_expiration_time`", "Flask", "Flask-Session")
def test_expires_is_overridden(framework):
    app = Flask("app")
    app.config.update(SECRET_KEY=SECRET, SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache())
    if framework == "Flask":
        app.session_interface = Until2100()
    else:
        FlaskSession(app)
        app.session_interface.get_expiration_time = lambda app, session: LATER
    app.add_url_rule("/", view_func=lambda: session.update(n=1) or "")
    assert "Expires=Fri, 01 Jan 2100 00:00:00 GMT" in app.test_client().get("/").headers["Set-Cookie"]


@says("expires", "the store takes no notice", "Flask-Session")
def test_expires_and_the_store(framework):
    kept = []

    class Noting(SimpleCache):
        def set(self, key, value, timeout=None):
            kept.append(timeout)
            return super().set(key, value, timeout)

    app = Flask("app")
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=Noting(), PERMANENT_SESSION_LIFETIME=60)
    FlaskSession(app)
    app.session_interface.get_expiration_time = lambda app, session: LATER
    app.add_url_rule("/", view_func=lambda: session.update(n=1) or "")
    app.test_client().get("/")
    assert kept == [60]


@says("expires", "none: `session.set_expiry(…)` in a view", "Django")
def test_expires_is_set_in_a_view(framework):
    assert abs(expiry(answer(framework, None, "/until-2100")) - LATER) <= timedelta(seconds=1)


@says("expires", "stays the same date", "Django")
def test_expires_stays(framework):
    assert abs(expiry(answer(framework, None, "/until-2100", "/write")) - LATER) <= timedelta(seconds=1)


@says("expires", "none: `Max-Age` only", "Starlette")
def test_expires_is_never_sent(framework):
    assert sends("max_age", answer(framework)) == "`Max-Age=1209600`"


# priority


@with_a_setting("priority")
def test_priority(fact):
    priority = code(fact.setting)
    assert sends("priority", answer(fact.framework, {priority: value(fact.default)})) == WITHOUT["priority"]
    for word in ("Low", "Medium", "High"):
        assert sends("priority", answer(fact.framework, {priority: word.lower()})) == f"`Priority={word}`"


@says("priority", "none", "Flask", "Flask-Session", "Django", "Starlette")
def test_priority_is_not_to_be_had(framework):
    assert "priority" not in KNOWN_SETTINGS[framework].lower()


@says("priority", "not low, medium or high: no cookie, and no error", "express-session")
def test_priority_that_there_is_not(framework, express):
    found = really(express, {"cookie": {"priority": "urgent"}})
    assert (found["status"], found["set_cookie"]) == (200, [])


# genid


@says("genid", "24 random bytes", "express-session")
def test_genid_by_default(framework, express):
    found = [sid for _ in range(2) for sid in really(express, {})["store"]]
    assert len(set(found)) == 2
    assert all(len(urlsafe_b64decode(sid)) == 24 for sid in found)


@says("genid", "what is no string: no cookie, and no error", "express-session")
def test_genid_that_returns_a_number(framework, express):
    found = really(express, {"genid": "number"})
    assert (found["status"], found["set_cookie"]) == (200, [])


@says("genid", "none: there is no id", "Flask", "Starlette")
def test_genid_without_ids(framework):
    # The data and the time are all there is: two visitors who did the same at the same time have the same cookie.
    (line,) = answer(framework).cookies
    data = line.partition("=")[2].partition(".")[0]
    assert json.loads(urlsafe_b64decode(data + "==")) == {"n": 1}


def test_genid():
    settings = {"genid": lambda request: "one-of-our-own"}
    client = Client("express-session", settings)
    client.get("/write")
    assert client.cookies["connect.sid"].startswith("s%3Aone-of-our-own.")


@says("genid", "in bytes", "Flask-Session")
def test_genid_in_bytes(framework):
    for settings, characters in (({}, 43), ({"SESSION_ID_LENGTH": 32}, 43), ({"SESSION_ID_LENGTH": 24}, 32)):
        assert sends("genid", answer(framework, settings)) == f"an id of {characters} characters"


@says("genid", "none", "Django")
def test_genid_cannot_be_set(framework):
    assert "ID" not in re.split("[ _\n]+", KNOWN_SETTINGS[framework])


@says("genid", "of a–z and 0–9; override `_get_new_session_key`", "Django")
def test_genid_is_overridden(framework, monkeypatch):
    client = Client(framework)
    client.get("/write")
    assert re.fullmatch("[a-z0-9]{32}", client.cookies["sessionid"])

    from django.contrib.sessions.backends.db import SessionStore  # needs a Django that has started

    monkeypatch.setattr(SessionStore, "_get_new_session_key", lambda self: "one-of-our-own")
    client = Client(framework)
    client.get("/write")
    assert client.cookies["sessionid"] == "one-of-our-own"


# store


@says("store", "in memory", "express-session")
def test_store_by_default(framework):
    options = SessionOptions.from_express({"secret": SECRET, "resave": False, "saveUninitialized": False})
    assert isinstance(ExpressSessionInterface(options).store, MemoryStore)


@says("store", "in production, a warning", "express-session")
@pytest.mark.parametrize(("environment", "warns"), [("production", True), ("development", False)])
def test_store_in_production(framework, express, environment, warns):
    script = "require('express-session')({ secret: 's', resave: false, saveUninitialized: false })"
    run = subprocess.run(
        ["node", "-e", script],
        cwd=FOLDER,  # where it is installed
        env={**os.environ, "NODE_ENV": environment},
        capture_output=True,
        check=True,
        text=True,
    )
    assert ("MemoryStore is not" in run.stderr) is warns


@says("store", "none: the cookie is the store", "Flask", "Starlette")
def test_store_is_the_cookie(framework):
    assert survives(framework, {}, {})  # another app, with nothing in common but the secret


@says("store", "above 4093 bytes a warning, and sent all the same", "Flask")
def test_store_that_is_too_small(framework):
    app = Flask("app")
    app.secret_key = SECRET
    app.add_url_rule("/<int:size>", view_func=lambda size: session.update(text=token_urlsafe(size)) or "")
    assert len(app.test_client().get("/2000").headers["Set-Cookie"]) <= 4093
    with pytest.warns(UserWarning, match="cookie is too large"):
        response = app.test_client().get("/4000")
    assert len(response.headers["Set-Cookie"]) > 4093


@says("store", "none: required", "Flask-Session")
def test_store_is_required(framework):
    with pytest.raises(ValueError, match="Unrecognized value for SESSION_TYPE"):
        FlaskSession(Flask("app"))


@says("store", "such as `cachelib`, `redis` or `sqlalchemy`", "Flask-Session")
def test_store_of_flask_session(framework):
    assert all(find_spec(f"flask_session.{name}") for name in ("cachelib", "redis", "sqlalchemy"))
    assert answer(framework, {"SESSION_TYPE": "cachelib"}, "/write", "/read").text == "1"


@says("store", "with `signed_cookies` the cookie is the store", "Django")
def test_store_of_django(framework):
    (default,) = (value(fact.default) for fact in FACTS["store"] if fact.framework == framework)
    assert default == global_settings.SESSION_ENGINE
    settings = {"SESSION_ENGINE": default.replace("db", "signed_cookies")}
    client = Client(framework, settings)
    client.get("/write")
    assert client.writes == 0
    assert client.get("/read").text == "1"


@says("store", "no warning, however large", "Starlette")
def test_store_of_any_size(framework):
    async def write(request):
        request.session["text"] = "x" * 100_000
        return PlainTextResponse("")

    app = SessionMiddleware(Starlette(routes=[Route("/", write)]), secret_key=SECRET)
    assert len(StarletteClient(app).get("/").headers["Set-Cookie"]) > 100_000  # and a warning would be an error here


# proxy


@says("proxy", "`true` believes the first of several; otherwise, as `trust proxy` says", "express-session")
def test_proxy_that_is_believed(framework, express):
    secure = {"cookie": {"secure": True}}
    for forwarded, is_sent in {"https": True, "https, http": True, "http, https": False}.items():
        headers = {"X-Forwarded-Proto": forwarded}
        assert bool(really(express, {**secure, "proxy": True}, **headers)["set_cookie"]) is is_sent
        assert not really(express, secure, **headers)["set_cookie"]
        assert bool(really(express, {**secure, "trustProxy": True}, **headers)["set_cookie"]) is is_sent
        assert not really(express, {**secure, "trustProxy": True, "proxy": False}, **headers)["set_cookie"]


def test_proxy_of_the_port():
    (fact,) = (fact for fact in FACTS["proxy"] if fact.framework == "express-session")
    assert SessionOptions(secret="s").proxy is value(fact.default)
    sent = answer(fact.framework, {"cookie.secure": True, "proxy": True}, headers=OVER_HTTPS_TO_THE_PROXY)
    assert sends("proxy", sent) == "`Secure`"


@says("proxy", "none: `ProxyFix(…, x_proto=1)`", "Flask", "Flask-Session")
def test_proxy_is_put_in_front(framework):
    assert not behind_a_proxy(0, "https")
    assert behind_a_proxy(1, "https")


@says("proxy", "believes the last of several, with `2` the last but one", "Flask", "Flask-Session")
def test_proxy_counts_from_the_right(framework):
    assert not behind_a_proxy(1, "https, http")
    assert behind_a_proxy(1, "http, https")
    assert behind_a_proxy(2, "https, http")
    assert not behind_a_proxy(2, "https")


def behind_a_proxy(x_proto, forwarded):
    """Whether a Flask app takes this header for HTTPS; with Flask-Session, it is a Flask app as well."""
    app = Flask("app")
    app.add_url_rule("/", view_func=lambda: str(request.is_secure))
    app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=x_proto)
    return app.test_client().get("/", headers={"X-Forwarded-Proto": forwarded}).text == "True"


@says("proxy", "names the header and its value; believes the first of several", "Django")
def test_proxy_of_django(framework):
    assert global_settings.SECURE_PROXY_SSL_HEADER is None
    for setting, expected in ((None, [False, False]), (("HTTP_X_FORWARDED_PROTO", "https"), [True, False])):
        with override_settings(SECURE_PROXY_SSL_HEADER=setting):
            requests = (
                RequestFactory().get("/", headers={"X-Forwarded-Proto": forwarded})
                for forwarded in ("https, http", "http, https")
            )
            assert [request.is_secure() for request in requests] == expected


@says("proxy", "none: the server decides", "Starlette")
def test_proxy_of_starlette(framework):
    async def scheme(request):
        return PlainTextResponse(request.url.scheme)

    client = StarletteClient(Starlette(routes=[Route("/", scheme)]))
    assert client.get("/", headers=OVER_HTTPS_TO_THE_PROXY).text == "http"


# unset


@with_a_setting("unset")
def test_unset(fact):
    setting, default = code(fact.setting), value(fact.default)
    for settings in ({}, {setting: default}):
        assert ends(fact.framework, settings) == "the row stays"
    assert ends(fact.framework, {setting: "destroy"}) == "the row is gone"


def ends(framework, settings):
    """What of a session that a view has let go: a request that sends the old cookie again finds out."""
    client = Client(framework, settings)
    client.get("/write")
    old = dict(client.cookies)
    client.get("/end")
    client.cookies = old
    return "the row stays" if client.get("/read").text == "1" else "the row is gone"


@says("unset", "`'destroy'` removes the row; the client keeps its cookie", "express-session")
def test_unset_leaves_the_cookie(framework):
    for settings in ({"unset": "keep"}, {"unset": "destroy"}):
        assert answer(framework, settings, "/write", "/end").cookies == []


@says("unset", "none: `session.clear()`", "Flask", "Flask-Session", "Starlette")
def test_unset_is_to_clear(framework):
    assert answer(framework, None, "/write", "/end", "/read").text == "0"


@says("unset", "none: `session.flush()`", "Django")
def test_unset_is_to_flush(framework):
    assert answer(framework, None, "/write", "/end", "/read").text == "0"


@says("unset", "a copy of the cookie is good still", "Flask", "Starlette")
def test_unset_and_a_copy(framework):
    assert ends(framework, {}) == "the row stays"


@says("unset", "removes the row", "Django")
def test_unset_removes_the_row(framework):
    assert ends(framework, {}) == "the row is gone"


@says("unset", "removes the row; the deletion lacks `Secure`", "Flask-Session")
def test_unset_removes_the_row_and_lacks_secure(framework):
    assert ends(framework, {}) == "the row is gone"
    ended = answer(framework, {"SESSION_COOKIE_SECURE": True}, "/write", "/end", origin=HTTPS)
    assert sends("secure", ended) == WITHOUT["secure"]
