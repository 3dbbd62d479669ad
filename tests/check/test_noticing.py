"""What the check notices, and what it takes for the same."""

from __future__ import annotations

import base64
import json
import time
from email.utils import formatdate

import pytest

from demo_app.check.app import CheckError
from demo_app.check.asking import Settings, ask
from demo_app.check.baseline import load
from demo_app.check.command import main
from demo_app.check.value import form, identity

from .apps import LOGIN, answering, answers, changes, guarded, record

RANDOM = "3f2a9c5e8b1d4f60a7c2e9d8b3f1a6c4"


def line_of(cookie, headers=()):
    """How a line is recorded, without its name and value."""
    (line,) = answers(answering([f"a=1; {cookie}"], headers), ["GET /"])[0].set_cookie
    return line.partition("=")[2].removeprefix("<value> (new)").removeprefix("; ")


class TestValues:
    def test_an_id_that_is_not_renewed_at_login(self, tmp_path):
        record(guarded(), LOGIN, tmp_path / "baseline")
        assert changes(guarded(), tmp_path / "baseline") == []
        assert changes(guarded(renews=False), tmp_path / "baseline") == [("sid", "id", "new", "same")]

    def test_an_id_that_is_not_renewed_and_not_set(self, tmp_path):
        record(guarded(), LOGIN, tmp_path / "baseline")
        assert changes(guarded(renews=False, repeats=False), tmp_path / "baseline") == [("sid", "id", "new", "kept")]

    def test_an_id_that_everybody_has(self, tmp_path):
        def app(ids):
            return answering(lambda number: [f"a={ids[number % len(ids)]}"])

        steps = ["GET / as ada", "GET / as bob"]
        record(app([RANDOM[n:] + RANDOM[:n] for n in range(4)]), steps, tmp_path / "baseline")
        assert changes(app([RANDOM]), tmp_path / "baseline") == [("a", "id", "new", "again")]

    def test_the_same_data_signed_again_is_the_same(self):
        def sign(time):
            return [f"a=eyJ1c2VyIjoiYWRhIn0.{time}.{'x' * 27}"]

        found = answers(answering(lambda number: sign("aaaaa" + "bcde"[number])), ["GET /", "GET /"])
        assert [one.set_cookie[0].partition(" ")[2] for one in found] == ["(new)", "(same)", "(again)", "(same)"]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("", ""),
            ('""', ""),
            ("1", "<value>"),
            (RANDOM, "<32 hex>"),
            ("q" + RANDOM, "<33 a-z 0-9>"),
            ("Q-" + RANDOM, "<34 letters, digits, - _>"),
            ("123e4567-e89b-12d3-a456-426614174000", "<uuid>"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl", "<jwt>"),
            ("a b; c", "<value>"),
        ],
    )
    def test_a_form(self, value, expected):
        assert form(value) == expected

    def test_a_shorter_id_is_noticed(self, tmp_path):
        record(answering([f"a={RANDOM}"]), ["GET /"], tmp_path / "baseline")
        assert changes(answering([f"a={RANDOM[:20]}"]), tmp_path / "baseline") == [
            ("a", "value", "<32 hex>", "<20 hex>")
        ]

    def test_a_value_is_in_no_file(self, tmp_path):
        record(answering([f"a={RANDOM}", "b=short", "c=x y"]), ["GET /"], tmp_path / "baseline")
        written = (tmp_path / "baseline").read_text()
        assert not [value for value in (RANDOM, "short", "x y") if value in written]

    def test_a_token_is_the_same_whenever_it_was_made(self):
        def token(**claims):
            head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({"a": 1}, claims))
            return f"{head.rstrip('=')}.{body.rstrip('=')}.c2ln"

        assert identity(token(sub="ada", iat=1, exp=9)) == identity(token(sub="ada", iat=2, exp=10))
        assert identity(token(sub="ada", iat=1)) != identity(token(sub="bob", iat=1))

    def test_what_comes_by_chance_can_be_left_out(self, tmp_path):
        app = answering(lambda number: ["a=1"] + [f"_ga_{number}=1"] * (number % 2))
        record(app, ["GET /"], tmp_path / "baseline", Settings(schemes=("http",), ignore=("_ga*",)))
        assert [changes(app, tmp_path / "baseline") for _ in range(3)] == [[], [], []]

    def test_a_pattern_stands_for_a_form(self, tmp_path):
        settings = Settings(patterns=(("a", r"[ab]\d"),))
        record(answering(["a=a1"]), ["GET /"], tmp_path / "baseline", settings)
        assert changes(answering(["a=b7"]), tmp_path / "baseline") == []
        assert changes(answering(["a=c7"]), tmp_path / "baseline") == [
            ("a", "value", r"<as [ab]\d>", r"<NOT as [ab]\d>")
        ]


class TestDates:
    @pytest.mark.parametrize(
        ("date", "recorded"),
        [
            ("Fri, 31 Dec 9999 23:59:59 GMT", "<9999-12-31 23:59:59>"),
            ("Tue, 19-Jan-2038 03:14:07 GMT", "<2038-01-19 03:14:07>"),
            ("0", "<no date>"),
            ("", "<no date>"),
            ("soon", "<no date>"),
        ],
    )
    def test_what_does_not_move_is_as_it_is(self, date, recorded):
        assert line_of(f"Expires={date}") == f"Expires={recorded}"

    @pytest.mark.parametrize(
        ("seconds", "recorded"),
        [(3600, "1:00:00"), (90, "0:01:30"), (31 * 86400, "31 days"), (86400 + 1800, "1 day 0:30:00")],
    )
    def test_what_moves_is_told_from_now(self, seconds, recorded):
        assert line_of(f"Expires={formatdate(time.time() + seconds, usegmt=True)}") == f"Expires=<{recorded}>"

    @pytest.mark.parametrize(
        "attribute",
        [
            "Max-Age=0",
            "max-age=-1",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "expires=Thu, 01-Jan-1970 00:00:01 GMT",
            "Expires=Thu, 01 Jan 1970 00:00:00",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0",
        ],
    )
    def test_all_deletions_are_one(self, tmp_path, attribute):
        record(answering(["a=; Path=/; Max-Age=0"]), ["GET /"], tmp_path / "baseline")
        assert changes(answering([f'a=""; {attribute}; Path=/']), tmp_path / "baseline") == []

    @pytest.mark.parametrize(("seconds", "found"), [(3597, False), (3603, False), (3500, True), (60, True)])
    def test_a_few_seconds_are_no_difference(self, tmp_path, seconds, found):
        record(answering(["a=1; Max-Age=3600"]), ["GET /"], tmp_path / "baseline")
        expected = [("a", "Max-Age", "3600", str(seconds))] if found else []
        assert changes(answering([f"a=1; Max-Age={seconds}"]), tmp_path / "baseline") == expected

    def test_ten_years_have_two_or_three_leap_days(self, tmp_path):
        def app(days):
            return answering(lambda _: [f"a=1; Expires={formatdate(time.time() + days * 86400, usegmt=True)}"])

        record(app(3652), ["GET /"], tmp_path / "baseline")
        assert changes(app(3653), tmp_path / "baseline") == []
        assert changes(app(3600), tmp_path / "baseline") == [("a", "Expires", "<3652 days>", "<3600 days>")]

    @pytest.mark.parametrize("date", ["Wed, 25 Nov 2026 13:00:00 GMT", "soon", ""])
    def test_another_date_header_or_two_are_no_trouble(self, date):
        headers = [("Date", date), ("Date", "Wed, 25 Nov 2026 13:00:00 GMT")]
        assert line_of("Max-Age=60", headers) == "Max-Age=60"

    def test_attributes_may_be_written_in_any_way(self, tmp_path):
        record(answering(["a=1; Path=/; HttpOnly; SameSite=Lax; Domain=app.example"]), ["GET /"], tmp_path / "baseline")
        other = ["a=1; SAMESITE=lax; domain=.App.example; httponly=; path=/"]
        assert changes(answering(other), tmp_path / "baseline") == []


class TestAnswers:
    def test_where_an_answer_leads(self, tmp_path):
        record(guarded(), LOGIN, tmp_path / "baseline")
        app = guarded()
        app.view_functions["start"] = lambda: ("", 303, {"Location": "https://elsewhere.example/"})
        assert ("", "location", None, "https://elsewhere.example/") in changes(app, tmp_path / "baseline")

    @pytest.mark.parametrize(
        ("location", "recorded"),
        [
            ("http://127.0.0.1:{port}/home?a=1", "/home?a=1"),
            ("/login?next=http://127.0.0.1:{port}/a", "/login?next=<here>/a"),
            ("/login?next=http%3A%2F%2F127.0.0.1%3A{port}%2Fa", "/login?next=<here>%2Fa"),
            ("//elsewhere.example/", "http://elsewhere.example/"),
            (f"/cb?state={RANDOM}&a=1", "/cb?state=<32 hex>&a=1"),
            (f"/orders/{RANDOM}/", "/orders/<32 hex>/"),
            ("/how-to-bake-an-apple-pie", "/how-to-bake-an-apple-pie"),
        ],
    )
    def test_a_location_is_the_same_in_every_run(self, location, recorded):
        from flask import request

        app = answering([])

        @app.get("/go")
        def go():
            return "", 302, {"Location": location.format(port=request.host.rpartition(":")[2])}

        assert answers(app, ["GET /go"], Settings(schemes=("http",)))[0].location == recorded

    def test_an_id_in_an_address_is_in_no_file(self, tmp_path):
        app = answering([f"sid={RANDOM[:12]}Q"], [("Location", f"/a;sid={RANDOM[:12]}Q?b=1")])
        record(app, ["GET /"], tmp_path / "baseline")
        assert load(tmp_path / "baseline").answers[0].location == "/a;sid=<sid>?b=1"
        assert RANDOM[:12] not in (tmp_path / "baseline").read_text()

    def test_who_may_keep_an_answer_with_a_cookie(self, tmp_path):
        headers = [("Vary", "Cookie, Accept"), ("Cache-Control", "private, no-store")]
        record(answering(["a=1"], headers), ["GET /"], tmp_path / "baseline")
        same = [("Vary", "Accept"), ("Vary", "cookie"), ("Cache-Control", "no-store,private")]
        assert changes(answering(["a=1"], same), tmp_path / "baseline") == []
        assert changes(answering(["a=1"]), tmp_path / "baseline") == [
            ("", "Vary", "accept, cookie", "(none)"),
            ("", "Cache-Control", "no-store, private", "(none)"),
        ]

    def test_a_page_that_asks_for_a_password(self, tmp_path):
        app = answering([])
        record(app, ["GET /"], tmp_path / "baseline")
        app.view_functions["answer"] = lambda: "<input type=password>"
        assert changes(app, tmp_path / "baseline") == [("", "asks for a password", None, "yes")]

    def test_one_scheme_alone(self, tmp_path):
        baseline = tmp_path / "baseline"
        command = ["tests.check.app_with_flask:app", "--baseline", str(baseline)]
        assert main([*command, "--record", "--scheme", "https"]) == 0
        assert [answer.scheme for answer in load(baseline).answers] == ["https"]
        assert main(command) == 0

    def test_several_clients_each_have_their_cookies(self):
        from .apps import remembering

        steps = ["GET /be/ada as ada", "GET /be/bob as bob", 'GET / as ada expect "ada"', 'GET / as bob expect "bob"']
        assert not [one.trouble for one in ask(remembering(), steps) if one.trouble]


@pytest.mark.parametrize(
    "lines",
    [
        ["a"],
        ["=a"],
        [""],
        ["a=1; Expires=Fri, 31 Feb 2026 99:99:99 GMT; Max-Age=1e9"],
        ["a=1; Max-Age=" + "9" * 5000],
        ["\x7f=\xff\xfe; Path=\xe9"],
        ["a=1; Domain=[::1"],
        ["cookie: a=1", "Set-Cookie: a=1"],
        ["a=1; Path=//evil.example\\..; ;;;=;=x"],
        [f"a{number}=1" for number in range(90)],
    ],
)
def test_no_line_is_too_odd(tmp_path, capsys, lines):
    record(answering(lines), ["GET /"], tmp_path / "baseline")
    assert changes(answering(lines), tmp_path / "baseline") == []


def test_a_pattern_that_is_none_is_told(tmp_path, capsys):
    command = ["tests.check.app_with_flask:app", "--baseline", str(tmp_path / "b"), "--record", "--pattern"]
    assert [main([*command, pattern]) for pattern in ("a=(", "a", "=x")] == [2, 2, 2]
    assert "is no regular expression" in capsys.readouterr().err
    with pytest.raises(CheckError, match="There is no"):
        load(tmp_path / "b")
