"""Flask and express-session can share a secret and a store: one goes on with what the other began."""

from __future__ import annotations

import pytest

from tests.express.play import START, parse_set_cookie

COUNT = ["push", 1]


@pytest.fixture(params=["express", "flask"])
def first(request):
    """The server that begins the session."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def second(first, express, flask):
    """The other one."""
    return flask if first is express else express


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"secret": ["new", "old"]},
        {"genid": "awkward"},
        {"genid": "accented"},
        {"cookie": {"maxAge": 60_000}},
        {"cookie": {"maxAge": 1_500.7}, "rolling": True},
        # Without rolling, Node sends it again with each change: its false is not null there, and as little a date.
        {"cookie": {"maxAge": False}, "rolling": 1, "resave": 1},
        {"cookie": {"expires": "2024-01-01T00:00:01.001Z"}, "resave": True},
        {"cookie": {"path": None, "httpOnly": False}, "rolling": True},
        {"cookie": {"path": "", "domain": "", "sameSite": "", "secure": None}, "rolling": True},
        {"cookie": {"secure": True, "sameSite": True, "partitioned": True, "domain": "Example.com"}},
        {"cookie": {"secure": "auto", "sameSite": "auto", "priority": "HIGH", "path": "/app"}},
        {"cookie": {"maxAge": 34_560_000_001}, "saveUninitialized": True},  # 400 days and a bit
    ],
)
def test_the_other_server_goes_on_as_the_first_would_have(first, second, options):
    options = {"secret": "keyboard cat", "resave": False, "saveUninitialized": False, **options}

    def send(server, after, action, **headers):
        return server.send(now=START + after, path="/app", headers=headers, tls=True, actions=[action])

    def cookies(answer):
        return [parse_set_cookie(header) for header in answer["set_cookie"]]

    first.start(options)
    begun = send(first, 0, COUNT)
    [header] = begun["set_cookie"]
    cookie = header.partition(";")[0]
    second.start(options, sessions=begun["store"])

    for after, action in [(250, ["read"]), (500, COUNT), (750, ["nest", "dark"])]:
        expected, found = (send(server, after, action, Cookie=cookie) for server in (first, second))
        assert found["saw"] == expected["saw"]
        assert cookies(found) == cookies(expected)
    assert found["saw"][0]["data"] == {"cart": [1, 1], "profile": {"theme": "dark"}}
