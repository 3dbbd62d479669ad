"""The check logs in as a browser does, and tells when it could not."""

from __future__ import annotations

import json

import pytest
from flask import Flask, request

from demo_app.check.asking import ask
from demo_app.check.baseline import load
from demo_app.check.command import main
from demo_app.check.page import Page
from demo_app.check.step import Step

from . import app_with_flask
from .apps import LOGIN, answering, answers, changes, guarded, record

APP = "tests.check.app_with_flask:tried"


@pytest.fixture
def try_app(monkeypatch, tmp_path):
    """Record the steps of an app with the command; the exit status."""

    def try_it(app, *steps):
        monkeypatch.setattr(app_with_flask, "tried", app, raising=False)
        given = [part for step in steps for part in ("--step", step)]
        return main([APP, "--baseline", str(tmp_path / "baseline"), "--record", *given])

    return try_it


class TestLoggingIn:
    def test_hidden_fields_referer_and_origin_are_sent(self):
        found = answers(guarded(), LOGIN)
        assert [(one.status, one.location) for one in found] == [(200, ""), (303, "/"), (200, "")] * 2

    def test_a_cookie_for_another_host_is_named_as_the_reason(self, try_app, capsys):
        app = guarded()
        add = "; Domain=shop.example"
        app.after_request(
            lambda answer: (
                answer.headers.update({"Set-Cookie": answer.headers["Set-Cookie"] + add}) or answer
                if "Set-Cookie" in answer.headers
                else answer
            )
        )
        assert try_app(app, *LOGIN) == 2
        assert "A cookie has Domain=shop.example, and another host cannot set it: add --host shop.example." in (
            capsys.readouterr().err
        )

    def test_a_form_may_have_nothing_but_hidden_fields(self):
        found = answers(guarded(), [*LOGIN, "POST /logout", "GET /"])
        assert [(one.status, one.location) for one in found[3:5]] == [(303, "/login"), (303, "/login")]
        assert found[3].set_cookie == ("sid=<deleted>; Path=/",)

    def test_a_log_in_without_its_page_is_no_baseline(self, try_app, tmp_path, capsys):
        assert try_app(guarded(), *LOGIN[1:]) == 2
        assert capsys.readouterr().err == (
            "Nothing is recorded. Step 1, POST /login over HTTP: it was answered with 403. It says: Refused The "
            "token is missing.\nIf it is meant to be so, write 'expect 403' behind the step.\n"
        )
        assert not (tmp_path / "baseline").exists()

    @pytest.mark.parametrize("back", ["/login", None])
    def test_a_wrong_password_is_no_baseline(self, try_app, capsys, back):
        assert try_app(guarded(back=back), "GET /login", "POST /login user=ada&password=wrong") == 2
        assert "Step 2, POST /login over HTTP: the log-in failed" in capsys.readouterr().err

    @pytest.mark.parametrize("back", ["/login", None, "/"])
    def test_a_wrong_password_is_never_as_recorded(self, tmp_path, monkeypatch, back):
        monkeypatch.setenv("SHOP_PASSWORD", "lovelace")
        app = guarded(back=back)
        record(app, ["GET /login", "POST /login user=ada&password=$SHOP_PASSWORD", "GET /"], tmp_path / "baseline")
        assert changes(app, tmp_path / "baseline") == []
        monkeypatch.setenv("SHOP_PASSWORD", "wrong")
        assert changes(app, tmp_path / "baseline") != []

    def test_one_that_is_expected_can_be_recorded(self, try_app, tmp_path):
        assert try_app(guarded(), "GET /login", "POST /login user=ada&password=wrong expect 303 /login") == 0
        assert load(tmp_path / "baseline").answers[1].status == 303

    @pytest.mark.parametrize(
        ("step", "trouble"),
        [
            ("GET / expect 200", "status 200 is expected, and it is 303."),
            ("GET / expect 303 /home", "it is expected to lead to /home, and leads to /login"),
            ('GET /login expect "Welcome back"', "it is expected to contain 'Welcome back', and does not."),
            ("GET /nowhere", "it was answered with 404. It says: 404 Not Found"),
        ],
    )
    def test_what_is_expected_and_is_not_so(self, try_app, capsys, step, trouble):
        assert try_app(guarded(), step) == 2
        assert trouble in capsys.readouterr().err

    def test_a_status_of_an_error_may_be_expected(self):
        assert [one.trouble for one in ask(guarded(), ["GET /nowhere expect 404"])] == ["", ""]


def mirror():
    """An app that answers with what it was sent, as JSON."""
    app = Flask("mirror")

    @app.route("/", methods=["GET", "POST"])
    def answer():
        sent = {name: request.headers.get(name) for name in ("Authorization", "X-Token", "Referer", "Origin", "Accept")}
        return {"body": request.get_data(as_text=True), "type": request.content_type, **sent}, {"X-CSRF": "abc123"}

    return app


class TestSteps:
    @pytest.mark.parametrize(
        ("step", "sent"),
        [
            ("GET / with X-Token: a b", {"X-Token": "a b"}),
            ("GET / with Authorization: Bearer $T", {"Authorization": "Bearer secret"}),
            ("GET / with Authorization: Basic ada:$T", {"Authorization": "Basic YWRhOnNlY3JldA=="}),
            ("POST / with Origin: https://evil.example", {"Origin": "https://evil.example"}),
            ('POST / {"a": "with X: 1"} with X-Token: b', {"body": '{"a": "with X: 1"}', "X-Token": "b"}),
            ("POST / [1, 2]", {"body": "[1, 2]", "type": "application/json"}),
            ("POST / a=1+2&b=", {"body": "a=1+2&b=", "type": "application/x-www-form-urlencoded"}),
        ],
    )
    def test_what_is_sent(self, monkeypatch, step, sent):
        monkeypatch.setenv("T", "secret")
        seen = {}
        app = mirror()
        app.after_request(lambda response: seen.update(json.loads(response.get_data())) or response)
        ask(app, [step])
        assert {name: seen[name] for name in sent} == sent

    def test_what_an_answer_says_can_be_taken(self):
        seen = []
        app = mirror()
        app.after_request(lambda response: seen.append(json.loads(response.get_data())["X-Token"]) or response)
        ask(app, [r"GET / take CSRF X-CSRF: (\w+)", "POST / with X-Token: $CSRF"])
        assert seen == [None, "abc123"] * 2

    def test_a_short_value_that_was_taken_hides_no_letters(self):
        found = answers(answering(["session=1; Path=/s"], [("X-A", "s")]), ["GET / take A X-A: (s)"])
        assert found[0].set_cookie == ("session=<value> (new); Path=/s",)

    def test_what_is_not_there_cannot_be_taken(self, try_app, capsys):
        assert try_app(mirror(), "GET / take CSRF token=([0-9]+)") == 2
        assert "CSRF cannot be taken: nothing in the answer (200) matches token=([0-9]+)." in capsys.readouterr().err

    @pytest.mark.parametrize(
        "step",
        [
            "GET / hello=1 and more",
            "GET / with Header",
            "GET / expect 700",
            "GET / as",
            "GET / take A (",
            "GET / x expect",
        ],
    )
    def test_what_is_none_of_a_step_is_told(self, try_app, step):
        assert try_app(mirror(), step) == 2

    @pytest.mark.parametrize(
        ("step", "exposed"),
        [
            ("GET / with Authorization: Bearer abc", ["Authorization"]),
            ("GET / with Authorization: Bearer $T", []),
            ("GET / with X-Api-Key: abc", ["X-Api-Key"]),
            ("GET / with Cookie: a=1", ["Cookie"]),
        ],
    )
    def test_a_credential_that_is_written_out_is_noticed(self, step, exposed):
        assert Step(step).exposed == exposed

    def test_a_header_cannot_have_two_lines(self, monkeypatch, try_app, capsys):
        monkeypatch.setenv("T", "a\r\nX-Evil: 1")
        assert try_app(mirror(), "GET / with X-Token: $T") == 2
        assert "whose value no header can have" in capsys.readouterr().err


class TestPages:
    def test_the_form_that_leads_there_is_filled_in(self):
        page = Page(
            "http://a/account/",
            "<form action=/search><input type=hidden name=s value=1></form>"
            "<form action='login?next=/'><input type=hidden name=t value='&amp;2'>"
            "<input type=hidden name=u value=3></form>",
        )
        assert page.hidden("/account/login", {"u"}) == {"t": "&2"}
        assert page.hidden("/search", set()) == {"s": "1"}

    def test_where_a_script_sends_it_the_fields_decide(self):
        page = Page("http://a/", "<form><input name=user><input type=hidden name=t value=1></form>")
        assert page.hidden("/api/login", {"user"}) == {"t": "1"}
        assert page.hidden("/api/login", {"other"}) == {}

    @pytest.mark.parametrize(
        "text", ["<![foo", "<form action='http://[x'>", "<" * 100_000, "<input type=hidden name=a>"]
    )
    def test_no_page_is_too_odd(self, text):
        assert Page("http://a/", text).hidden("/", {"a"}) == {}
