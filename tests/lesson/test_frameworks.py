"""Every row of the tables "Elsewhere" against the framework itself.

A cell that is code is used: the setting is set, the default given for it, the header compared. One in words
is repeated by the test that holds it (:func:`says`), so that neither changes without the other.
"""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from cachelib import SimpleCache
from django.conf import global_settings
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from flask import Flask
from flask_session.defaults import Defaults as FlaskSessionDefaults
from starlette.middleware.sessions import SessionMiddleware

from demo_app import MemoryStore, SessionOptions
from demo_app.lesson import elsewhere
from demo_app.lesson.frameworks import FACTS, Fact
from demo_app.session import OptionError

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
}

#: What a table says of a header without these.
WITHOUT = {
    "max_age": "no `Expires`, no `Max-Age`",
    "secure": "no `Secure`",
    "httponly": "no `HttpOnly`",
    "path": "no `Path`",
    "domain": "no `Domain`",
    "samesite": "no `SameSite`",
}

#: The requests of which the last one is what a table speaks of.
REQUESTS = {"resave": ("/write", "/read"), "save_uninitialized": ("/",)}

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


def answer(framework, settings=None, *requests, origin=HTTP):
    """What the last of these requests brings; without any, the first change of a session."""
    client = Client(framework, settings)
    return [client.get(path, origin) for path in requests or ("/write",)][-1]


def sends(option, answer):
    """What a table says of this answer's header."""
    if not answer.cookies:
        return "no `Set-Cookie`"
    (line,) = answer.cookies
    pair, *attributes = re.sub(r"(?i)(expires)=[^;]*", r"\1=…", line).split("; ")
    if option in ATTRIBUTES:
        attributes = [item for item in attributes if item.partition("=")[0].lower() in ATTRIBUTES[option]]
        return "; ".join(f"`{attribute}`" for attribute in attributes) or WITHOUT[option]
    return f"`{pair.partition('=')[0]}=…`"


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
    assert sends(option, answer(fact.framework, None, *REQUESTS.get(option, ()))) == fact.header_by_default


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
    express.start({"secret": SECRET, "resave": False, "saveUninitialized": False, "cookie": {"domain": domain}})
    found = express.send(now=0, path="/", headers={}, tls=False, actions=[["set", "n", 1]])
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
