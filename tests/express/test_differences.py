"""What the port does differently from express-session on purpose: all of it, and nothing else."""

from __future__ import annotations

from typing import NamedTuple
from unittest.mock import patch

import pytest

from demo_app.session import CookieOptions, OptionError, SessionCookie, StoredSession, clock
from tests.express.play import START, parse_set_cookie


class Difference(NamedTuple):
    number: int
    title: str
    sentence: str


#: Each has a test below that begins with its number.
DIFFERENCES = [
    Difference(
        1,
        "Wrong options are errors",
        "What express-session takes in silence and then breaks on, such as an unknown `priority` or a "
        "missing secret, is an error that names the option, the value and the rule, when options are built.",
    ),
    Difference(
        2,
        "`'auto'` works everywhere",
        "It is also resolved where `cookie` is a function; express-session then sends no cookie.",
    ),
    Difference(
        3,
        "`Vary: Cookie`",
        "A response that depends on the session says so, and no cache gives it to somebody else.",
    ),
    Difference(
        4,
        "Logged out is logged out",
        "A request that ends after another one has destroyed the session does not bring it back.",
    ),
    Difference(
        5,
        "Expired sessions leave the memory store",
        "They go by themselves; in express-session's they stay until somebody asks for them.",
    ),
]

RECOMMENDED = {"secret": "keyboard cat", "resave": False, "saveUninitialized": False}
COUNT = ["push", 1]


def send(server, *actions, now=START, path="/", tls=False, **headers):
    return server.send(now=now, path=path, headers=headers, tls=tls, actions=[*actions])


@pytest.mark.parametrize(
    ("option", "wrong", "status"),
    [
        ("secret", {"secret": ""}, 500),
        ("name", {"name": "my cookie"}, 200),
        ("cookie.priority", {"cookie": {"priority": "urgent"}}, 200),
        ("cookie.sameSite", {"cookie": {"sameSite": "laxx"}}, 200),
        ("cookie.domain", {"cookie": {"domain": "https://example.com"}}, 200),
        ("cookie.path", {"cookie": {"path": "/a;b"}}, 200),
    ],
)
def test_1_wrong_options_are_errors(express, flask, option, wrong, status):
    options = {**RECOMMENDED, **wrong}
    express.start(options)
    answer = send(express, COUNT, path="/a;b")
    assert answer["status"] == status
    assert answer["set_cookie"] == []

    with pytest.raises(OptionError) as caught:
        flask.start(options)
    assert caught.value.option == option


def test_1_a_lifetime_that_is_text_is_an_error(flask):
    # express-session never answers the request.
    with pytest.raises(OptionError, match=r"cookie\.maxAge is '60000' \(str\): it is a number of milliseconds"):
        flask.start({**RECOMMENDED, "cookie": {"maxAge": "60000"}})


def test_1_an_id_that_is_no_text_is_an_error(express, flask):
    for server in (express, flask):
        server.start({**RECOMMENDED, "genid": "number"})
    answer = send(express, COUNT)
    assert (answer["status"], answer["set_cookie"], answer["store"]) == (200, [], {})

    assert send(flask, COUNT)["status"] == 500


@pytest.mark.parametrize(
    ("tls", "expected"), [(False, {"SameSite": "Lax"}), (True, {"Secure": True, "SameSite": "None"})]
)
def test_2_auto_works_where_cookie_is_a_function(express, flask, tls, expected):
    auto = {"secure": "auto", "sameSite": "auto"}
    for server in (express, flask):
        server.start({**RECOMMENDED, "cookie": {"choose": [auto, auto]}})
    assert send(express, COUNT, tls=tls)["set_cookie"] == []

    [header] = send(flask, COUNT, tls=tls)["set_cookie"]
    cookie = parse_set_cookie(header)
    assert {key: cookie[key] for key in ("Secure", "SameSite") if key in cookie} == expected


@pytest.mark.parametrize(("actions", "vary"), [([], None), ([["read"]], "Cookie"), ([COUNT], "Cookie")])
def test_3_vary_cookie(express, flask, actions, vary):
    for server in (express, flask):
        server.start(RECOMMENDED)
    assert send(express, *actions)["vary"] is None

    assert send(flask, *actions)["vary"] == vary


def test_4_logged_out_is_logged_out(express, flask):
    left = {}
    for server in (express, flask):
        server.start({**RECOMMENDED, "cookie": {"maxAge": 60_000}})
        [header] = send(server, COUNT)["set_cookie"]
        answer = send(server, ["destroyElsewhere"], COUNT, Cookie=header.partition(";")[0])
        left[server] = len(answer["store"]), len(answer["set_cookie"])
    assert left == {express: (1, 1), flask: (0, 0)}


def test_5_expired_sessions_leave_the_memory_store(express, flask):
    express.start({**RECOMMENDED, "cookie": {"maxAge": 1000}})
    for _ in range(10):
        send(express, COUNT)
    assert len(send(express, now=START + 1000)["store"]) == 10

    flask.start(RECOMMENDED)
    with patch.object(clock, "now", lambda: START):
        for number in range(10):
            flask.store.set(str(number), StoredSession(SessionCookie(CookieOptions(max_age=1)), "{}"))
    with patch.object(clock, "now", lambda: START + 1000):
        for _ in range(10):
            flask.store.set("another", StoredSession(SessionCookie(CookieOptions()), "{}"))
    assert [*flask.store._sessions] == ["another"]


def test_every_difference_has_a_test():
    tested = {int(name.split("_")[1]) for name in globals() if name.startswith("test_") and name[5].isdigit()}
    assert tested == {difference.number for difference in DIFFERENCES}
