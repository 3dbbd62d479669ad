"""What will change when ``package.json`` moves on from express-session 1.19.0."""

from __future__ import annotations

import pytest

from tests.express.play import START

INSTRUCTIONS = (
    "express-session compares the cookie's path by whole segments now. Let _is_below in demo_app/session/interface.py "
    "do the same (RFC 6265bis, section 5.1.4: equal, or below it behind a slash), rename the case by hand that says "
    "'prefix', record the cases (python -m tests.express.record), and remove this file."
)


@pytest.mark.parametrize("path", ["/application", "/app.html", "/app%2Fx", "/app-login?next=/app"])
def test_a_path_that_only_begins_like_the_cookies_has_a_session_until_1_19_1(express, flask, path):
    """Merged upstream (expressjs/session, pull request 1114), and to be in 1.19.1: then such a path has none."""
    for server in (express, flask):
        server.start(
            {"secret": "keyboard cat", "resave": False, "saveUninitialized": False, "cookie": {"path": "/app"}}
        )
        answer = server.send(now=START, path=path, headers={}, tls=False, actions=[["push", 1]])
        assert len(answer["set_cookie"]) == 1, INSTRUCTIONS


@pytest.mark.parametrize(
    ("cookie_path", "path", "number"),
    [
        ("/app", "/app", 1),
        ("/app", "/app/", 1),
        ("/app", "/app/x", 1),
        ("/app/", "/app/x", 1),
        ("/app/", "/app", 0),
        ("/app", "/x/app", 0),
    ],
)
def test_what_is_compared_by_segments_already_stays(express, flask, cookie_path, path, number):
    for server in (express, flask):
        server.start(
            {"secret": "keyboard cat", "resave": False, "saveUninitialized": False, "cookie": {"path": cookie_path}}
        )
        answer = server.send(now=START, path=path, headers={}, tls=False, actions=[["push", 1]])
        assert len(answer["set_cookie"]) == number
