"""The check of other people's apps: two of them as they are, and what becomes of each change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask, make_response, request

from demo_app import CookieOptions, SessionOptions, create_app
from demo_app.check import CheckError, differences
from demo_app.check.app import find
from demo_app.check.baseline import load
from demo_app.check.command import main
from demo_app.check.step import Step, variables

from . import app_with_flask, app_with_flask_session
from .apps import answering, answers, changes, record

FOLDER = Path(__file__).parent
FLASK, FLASK_SESSION = FOLDER / "app_with_flask.json", FOLDER / "app_with_flask_session.json"


@pytest.fixture
def flask_app(monkeypatch):
    """The app with Flask's own session, whose settings may be changed."""
    monkeypatch.setattr(app_with_flask.app, "config", app_with_flask.app.config.copy())
    return app_with_flask.app


class TestTheExamples:
    def test_they_are_as_they_were_recorded(self):
        assert differences(app_with_flask.app, FLASK) == []
        assert differences(app_with_flask_session.create_app(), FLASK_SESSION) == []

    def test_the_baseline_says_what_each_sends(self):
        lines = {(answer.step, answer.scheme): answer.set_cookie for answer in load(FLASK).answers}
        assert lines["POST /login user=ada", "http"] == (
            "shop=<data>.<time>.<signature> (new); Path=/; HttpOnly; SameSite=Lax",
        )
        assert lines["POST /login user=ada&remember=1", "https"] == (
            "shop=<data>.<time>.<signature> (again); Path=/; Expires=<31 days>; HttpOnly; SameSite=Lax",
        )
        assert lines["POST /logout", "http"] == ("shop=<deleted>; Path=/; HttpOnly; SameSite=Lax",)

    @pytest.mark.parametrize(
        ("setting", "value", "expected"),
        [
            ("SESSION_COOKIE_SECURE", True, ("shop", "Secure", None, "yes")),
            ("SESSION_COOKIE_HTTPONLY", False, ("shop", "HttpOnly", "yes", None)),
            ("SESSION_COOKIE_SAMESITE", "Strict", ("shop", "SameSite", "Lax", "Strict")),
            ("SESSION_COOKIE_PATH", "/shop", ("shop", "Path", "/", "/shop")),
            ("PERMANENT_SESSION_LIFETIME", 3600, ("shop", "Expires", "<31 days>", "<1:00:00>")),
            ("SESSION_COOKIE_NAME", "store", ("shop", "set", "shop=<deleted>; Path=/; HttpOnly; SameSite=Lax", None)),
            (
                "SESSION_REFRESH_EACH_REQUEST",
                False,
                (
                    "shop",
                    "set",
                    "shop=<data>.<time>.<signature>; Path=/; Expires=<31 days>; HttpOnly; SameSite=Lax",
                    None,
                ),
            ),
        ],
    )
    def test_each_change_of_a_setting_is_found(self, flask_app, setting, value, expected):
        flask_app.config[setting] = value
        assert expected in changes(flask_app, FLASK)

    def test_another_status_is_found(self, flask_app, monkeypatch):
        monkeypatch.setitem(flask_app.view_functions, "start", lambda: ("", 202))
        assert ("", "status", "200", "202") in changes(flask_app, FLASK)

    def test_another_kind_of_session_is_found(self, tmp_path):
        def app(session_name):
            return create_app(SessionOptions(name=session_name, secret="s", cookie=CookieOptions(max_age=60)))

        record(app("shop"), ["GET /api/visits"], tmp_path / "baseline")
        assert changes(app("shop"), tmp_path / "baseline") == []
        assert load(tmp_path / "baseline").answers[0].set_cookie == (
            "shop=s%3A<id>.<signature> (new); Path=/; Expires=<0:01:00>; HttpOnly",
        )


class TestAsking:
    def test_a_client_keeps_its_cookies_within_a_scheme(self):
        found = answers(create_app(SessionOptions(secret="s")), ["GET /api/visits"] * 2)
        assert [bool(answer.set_cookie) for answer in found] == [True, False, True, False]

    def test_a_step_may_have_a_form_or_json(self):
        app = create_app(SessionOptions(secret="s"))
        login = 'POST /api/login {"username": "ada", "password": "lovelace"}'
        found = answers(app, [login, "GET /api/me", "POST /api/login user=ada"])
        assert [answer.status for answer in found] == [200, 200, 415] * 2

    def test_secure_cookies_come_back_over_https_alone(self, flask_app):
        flask_app.config["SESSION_COOKIE_SECURE"] = True
        steps = ["POST /login user=ada&remember=1", "GET /"]
        assert [len(answer.set_cookie) for answer in answers(flask_app, steps)] == [1, 0, 1, 1]

    def test_two_cookies_of_one_name_are_two(self, tmp_path):
        record(answering(["a=1; Path=/", "a=2; Path=/shop"]), ["GET /"], tmp_path / "baseline")
        found = changes(answering(["a=3; Path=/"]), tmp_path / "baseline")
        assert {finding[:2] for finding in found} == {("a'", "set")}

    @pytest.mark.parametrize("step", ["/", "get /", "GET", "GET account", ""])
    def test_what_is_no_request_is_refused(self, step):
        with pytest.raises(CheckError, match="is no request: it is a method and a path"):
            Step(step)

    def test_a_body_that_is_no_json_is_refused(self):
        with pytest.raises(CheckError, match="has a body that is not valid JSON"):
            Step("POST / {user: ada}")


def filled(step):
    """What a step sends, with the variables of the environment."""
    return Step(step).filled(variables([Step(step)]))


def echoing():
    """An app that repeats what it was sent, in the body of its answer and all over its cookies."""
    app = Flask("echoing")

    @app.post("/login/<path:place>")
    def login(place):
        sent = request.get_json() if request.is_json else request.form
        response = make_response({"place": place, "sent": sent, "query": request.args})
        word = sent["word"]
        utf8 = word.encode().decode("latin-1")  # how a server's UTF-8 stands in a header
        line = f"cart_{word}={word}; Path=/{quote(word)}; Domain={word}; {word}; Of={utf8}"
        response.headers.add("Set-Cookie", line)
        return response

    return app


class TestVariables:
    """What is kept from other people is in the environment, and in no file."""

    WORDS = ("hunter2", "p&q=1 +%/", 'say "ü"\\', "$PATH")

    @pytest.mark.parametrize("word", WORDS)
    @pytest.mark.parametrize("body", ["word=$SHOP_WORD", "word=${SHOP_WORD}", '{"word": "$SHOP_WORD"}'])
    def test_the_app_gets_the_value_whatever_is_in_it(self, monkeypatch, body, word):
        monkeypatch.setenv("SHOP_WORD", word)
        sent = filled(f"POST /login/$SHOP_WORD?again=$SHOP_WORD {body}")
        kind = "application/x-www-form-urlencoded" if sent.form else "application/json"
        client = echoing().test_client(use_cookies=False)
        answer = client.open(sent.path, method=sent.method, data=sent.body, content_type=kind).get_json()
        assert answer == {"place": word, "sent": {"word": word}, "query": {"again": word}}

    def test_in_a_path_everything_is_encoded(self, monkeypatch):
        monkeypatch.setenv("SHOP_WORD", "a/b?c#d%e m.n")
        assert filled("GET /reset/$SHOP_WORD").path == "/reset/a%2Fb%3Fc%23d%25e%20m.n"

    def test_two_dollars_are_one(self, monkeypatch):
        monkeypatch.setenv("SHOP_WORD", "x")
        assert filled("POST /$$ a=$$SHOP_WORD$SHOP_WORD${SHOP_WORD}$$").body == "a=$SHOP_WORDxx$"
        sent = filled('POST / {"$SHOP_WORD": [{"b": "$$$SHOP_WORD"}, 1, null, true]}').body
        assert json.loads(sent) == {"x": [{"b": "$x"}, 1, None, True]}

    @pytest.mark.parametrize("word", ["hunter2", "p&q 1+%/", "Hunter2.example", "müller"])
    @pytest.mark.parametrize("body", ["word=$SHOP_WORD", '{"word": "$SHOP_WORD"}'])
    def test_no_file_has_the_value_even_if_the_app_repeats_it(self, tmp_path, monkeypatch, capsys, body, word):
        monkeypatch.setattr(app_with_flask, "echoing", echoing, raising=False)
        monkeypatch.setenv("SHOP_WORD", word)
        baseline = tmp_path / "baseline"
        command = ["tests.check.app_with_flask:echoing()", "--baseline", str(baseline)]
        assert main([*command, "--record", "--step", f"POST /login/$SHOP_WORD {body}"]) == 0
        recorded = baseline.read_text()
        assert "POST /login/$SHOP_WORD" in recorded
        assert "cart_$SHOP_WORD=<value>" in recorded
        forms = (word, word.encode().decode("latin-1"), quote(word), quote(word, safe=""))
        assert not [form for form in forms if form.lower() in recorded.lower()]
        monkeypatch.setenv("SHOP_WORD", "another")
        assert main(command) == 0
        assert word not in capsys.readouterr().out

    def test_a_later_answer_does_not_have_it_either(self, monkeypatch):
        monkeypatch.setenv("SHOP_WORD", "hunter2")
        app = answering(["a=1; Path=/hunter2"])
        found = answers(app, ["GET /?$SHOP_WORD", "GET /"])
        assert {line.partition("; ")[2] for answer in found for line in answer.set_cookie} == {"Path=/$SHOP_WORD"}
        assert len(found) == 4

    def test_a_value_that_begins_with_another_is_hidden_as_a_whole(self, monkeypatch):
        monkeypatch.setenv("SHOP_USER", "ada")
        monkeypatch.setenv("SHOP_WORD", "ada-lovelace")
        app = answering(["a=1; Path=/ada/ada-lovelace"])
        found = answers(app, ["GET /?$SHOP_USER&$SHOP_WORD"])[0]
        assert found.set_cookie == ("a=<value> (new); Path=/$SHOP_USER/$SHOP_WORD",)

    @pytest.mark.parametrize(
        ("value", "repeated"), [("p\u0131n", "PIN"), ("\u017fecret", "secret"), ("5\u03bcm", "5\xb5M")]
    )
    def test_a_value_is_hidden_in_letters_that_are_the_same_but_for_their_case(self, monkeypatch, value, repeated):
        monkeypatch.setenv("SHOP_WORD", value)
        app = answering([f"a=1; Path=/{repeated}"])
        assert answers(app, ["GET /?$SHOP_WORD"])[0].set_cookie == ("a=<value> (new); Path=/$SHOP_WORD",)

    def test_the_words_of_the_standards_stay(self, monkeypatch):
        monkeypatch.setenv("SHOP_WORD", "max")
        app = answering(["a=max; Max-Age=60; SameSite=Lax; Path=/max"])
        found = answers(app, ["GET /?$SHOP_WORD"])[0]
        assert found.set_cookie == ("a=<value> (new); Path=/$SHOP_WORD; Max-Age=60; SameSite=Lax",)

    @pytest.mark.parametrize(
        ("value", "step", "message"),
        [
            (None, "POST / password=$SHOP_WORD", "needs $SHOP_WORD, which is not set in the environment. Set it, or"),
            ("", "POST / password=${SHOP_WORD}", "needs $SHOP_WORD, which is empty in the environment. Set it, or"),
            ("x", "POST / price=5$", "has a $ without a name"),
            ("x", "GET /a?b=${SHOP_WORD", "has a $ without a name"),
            ("x", 'POST / {"a": ["$-"]}', "has a $ without a name"),
        ],
    )
    def test_what_cannot_be_filled_in_is_told(self, tmp_path, monkeypatch, capsys, value, step, message):
        monkeypatch.delenv("SHOP_WORD", raising=False)
        if value is not None:
            monkeypatch.setenv("SHOP_WORD", value)
        baseline = tmp_path / "baseline"
        assert main(["tests.check.app_with_flask:app", "--baseline", str(baseline), "--record", "--step", step]) == 2
        assert message in capsys.readouterr().err
        assert not baseline.exists()

    @pytest.mark.parametrize(
        ("step", "fields"),
        [
            ("POST / user=ada&password=lovelace", ["password"]),
            ("POST / user=ada&userPwd=lovelace&api_key=1&otp=123456", ["userPwd", "api_key", "otp"]),
            ('POST / {"user": {"Passwd": "lovelace", "pin": 1234}, "all": [{"client_secret": "x"}]}',
             ["Passwd", "pin", "client_secret"]),
            ("GET /?access_token=abc", ["access_token"]),
            ("POST / password=$SHOP_WORD&token=${SHOP_WORD}", []),
            ('POST / {"password": "$SHOP_WORD", "remember_token": true}', []),
            ("POST / password=&user=ada&compass=north&spin=1", []),
            ("POST / hello", []),
            ("GET /", []),
        ],
    )  # fmt: skip
    def test_a_password_that_is_written_out_is_noticed(self, monkeypatch, step, fields):
        monkeypatch.setenv("SHOP_WORD", "hunter2")
        assert Step(step).exposed == fields

    def test_record_says_how_to_write_it(self, tmp_path, capsys):
        command = ["tests.check.app_with_flask:app", "--baseline", str(tmp_path / "baseline"), "--record"]
        main([*command, "--step", "GET /", "--step", "POST /login user=ada&password=lovelace"])
        printed = capsys.readouterr().out
        assert f"The password of step 2 can be read in {tmp_path / 'baseline'}. Put it into a variable" in printed
        assert "lovelace" not in printed


class TestFinding:
    @pytest.mark.parametrize(
        "place", ["tests.check.app_with_flask:app", "tests.check.app_with_flask_session:create_app()"]
    )
    def test_an_app_and_what_makes_one(self, place):
        assert isinstance(find(place), Flask)

    @pytest.mark.parametrize(
        ("place", "message"),
        [
            ("shop", "An app is a module and a name, such as my_package:app."),
            ("no_such.module:app", "No module named 'no_such'. Start the command in the folder that no_such.module is"),
            ("tests.check.app_with_flask:ap", "has no 'ap'. Did you mean tests.check.app_with_flask:app?"),
            ("tests.check.app_with_flask_session:create_app", "If it is a function that makes one, write"),
            ("tests.check.app_with_flask:__name__", "is no WSGI app and no ASGI app."),
            ("tests.check.app_with_flask", "names no app"),
            (":app", "names no app"),
            ("https://", "is no address of an app"),
            ("http://ada:lovelace@shop.example", "is no address of an app"),
            ("http://shop.example/account", "Paths are in the steps"),
        ],
    )
    def test_what_is_not_there_is_told(self, place, message):
        with pytest.raises(CheckError) as caught:
            find(place)
        assert message in str(caught.value)

    def test_an_app_that_lacks_a_package_is_not_looked_for_elsewhere(self, tmp_path, monkeypatch):
        (tmp_path / "lacking.py").write_text("import something_else")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(CheckError) as caught:
            find("lacking:app")
        assert str(caught.value) == "lacking cannot be imported: No module named 'something_else'."


class TestTheCommand:
    APP = "tests.check.app_with_flask:app"

    def test_it_records_compares_and_finds(self, tmp_path, capsys, flask_app):
        baseline = str(tmp_path / "shop.json")
        assert main([self.APP, "--baseline", baseline, "--record", "--step", "POST /login user=ada"]) == 0
        assert capsys.readouterr().out.startswith(f"2 answers recorded in {baseline}.\n")
        assert main([self.APP, "--baseline", baseline]) == 0
        assert capsys.readouterr().out == f"All 18 findings are as recorded in {baseline}.\n"
        flask_app.config["SESSION_COOKIE_SAMESITE"] = "None"
        assert main([self.APP, "--baseline", baseline]) == 1
        printed = capsys.readouterr().out
        assert printed.splitlines()[:2] == [
            "CHANGED  shop: SameSite is None, was Lax",
            "         POST /login (HTTP, HTTPS)",
        ]
        assert "A browser does not store shop over HTTPS: SameSite=None needs Secure." in printed
        assert f"1 change since {baseline} was recorded." in printed
        assert printed.endswith(f"python3 -m demo_app.check {self.APP} --baseline {baseline} --record\n")

    def test_it_records_the_same_steps_again(self, tmp_path, flask_app):
        baseline = tmp_path / "shop.json"
        main([self.APP, "--baseline", str(baseline), "--record", "--step", "POST /login user=ada", "--step", "GET /"])
        flask_app.config["SESSION_COOKIE_SECURE"] = True
        main([self.APP, "--baseline", str(baseline), "--record"])
        assert load(baseline).steps == ["POST /login user=ada", "GET /"]
        assert differences(flask_app, baseline) == []

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "There is no session-cookie.json. Record it: add --record, and a --step for each request."),
            ("{", "session-cookie.json is no baseline"),
            ('{"settings": {}, "answers": []}', "session-cookie.json is no baseline: it has no answers"),
            ('{"settings": {"speed": 1}, "answers": [1]}', "session-cookie.json is no baseline"),
            ("[" * 100_000, "session-cookie.json is no baseline"),
            (
                '[{"step": "GET /", "scheme": "http", "status": 200, "set_cookie": []}]',
                "was recorded by an earlier version of this check, which noted less. Record it anew: "
                "--record --step 'GET /'",
            ),
        ],
    )
    def test_without_a_baseline_it_says_so(self, tmp_path, monkeypatch, capsys, content, message):
        monkeypatch.chdir(tmp_path)
        if content is not None:
            Path("session-cookie.json").write_text(content)
        assert main([self.APP]) == 2
        assert message in capsys.readouterr().err

    def test_what_does_not_go_together_is_refused(self, capsys):
        assert main([self.APP, "--step", "GET /"]) == 2
        assert "--step goes with --record" in capsys.readouterr().err
        assert main([self.APP, "--record", "--all"]) == 2
        assert main([self.APP, "--format", "json", "--explain"]) == 2

    def test_it_finds_an_app_in_the_current_folder(self, tmp_path):
        (tmp_path / "shop.py").write_text((FOLDER / "app_with_flask.py").read_text())
        done = run_in(tmp_path, "shop:app", "--record")
        assert (done.returncode, done.stderr) == (0, "")
        assert load(tmp_path / "session-cookie.json").steps == ["GET /"]

    def test_it_names_a_package_that_is_missing(self, tmp_path):
        (tmp_path / "shop.py").write_text((FOLDER / "app_with_flask.py").read_text())
        (tmp_path / "trustme.py").write_text("raise ModuleNotFoundError(\"No module named 'trustme'\", name='trustme')")
        done = run_in(tmp_path, "shop:app", "--record")
        assert done.returncode == 2
        assert done.stderr.startswith("No module named 'trustme'. ")
        assert done.stderr.endswith("pip install publicsuffixlist requests trustme\n")


def run_in(folder, *arguments):
    """Run the command as a team does."""
    command = [sys.executable, "-m", "demo_app.check", *arguments]
    path = os.pathsep.join((str(folder), str(FOLDER.parents[1])))
    return subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
