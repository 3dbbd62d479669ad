"""What people and programs read of a comparison."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demo_app.check.baseline import load
from demo_app.check.changes import compare
from demo_app.check.command import main
from demo_app.check.explaining import explain
from demo_app.check.report import as_github, as_json, as_junit, sentence, text
from tests.check import app_with_flask, app_with_login
from tests.check.apps import LOGIN, answering, guarded, record

pytest_plugins = ["demo_app.check.fixture"]

STEPS = ["GET /", "POST /login user=ada&remember=1", "GET /", "POST /logout"]


def compared(app, other, steps, folder):
    """One app held against what another one was recorded as."""
    record(app, steps, folder / "baseline")
    return compare(other, load(folder / "baseline"))


def sentences(compared):
    return [sentence(change) for change in compared.changes]


@pytest.fixture
def flask_app(monkeypatch):
    """The app with Flask's own session, whose settings may be changed."""
    monkeypatch.setattr(app_with_flask.app, "config", app_with_flask.app.config.copy())
    return app_with_flask.app


class TestOneChangeIsToldOnce:
    @pytest.mark.parametrize(
        ("setting", "value", "told"),
        [
            ("SESSION_COOKIE_HTTPONLY", False, ["shop: HttpOnly is gone"]),
            ("SESSION_COOKIE_SAMESITE", "Strict", ["shop: SameSite is Strict, was Lax"]),
            ("SESSION_COOKIE_SAMESITE", "None", ["shop: SameSite is None, was Lax"]),
            ("SESSION_COOKIE_SAMESITE", None, ["shop: SameSite is gone, was Lax"]),
            ("SESSION_COOKIE_PATH", "/shop", ["shop: Path is /shop, was /"]),
            ("SESSION_COOKIE_SECURE", True, ["shop: Secure is new"]),
            ("SESSION_COOKIE_DOMAIN", "elsewhere.example", ["shop: Domain is new: elsewhere.example"]),
            ("PERMANENT_SESSION_LIFETIME", 3600, ["shop: Expires is <1:00:00>, was <31 days>"]),
        ],
    )
    def test_of_a_setting(self, tmp_path, flask_app, setting, value, told):
        record(flask_app, STEPS, tmp_path / "baseline")
        flask_app.config[setting] = value
        assert sentences(compare(flask_app, load(tmp_path / "baseline"))) == told

    def test_of_a_name(self, tmp_path, flask_app):
        record(flask_app, STEPS, tmp_path / "baseline")
        flask_app.config["SESSION_COOKIE_NAME"] = "store"
        assert [one.partition(":")[0] for one in sentences(compare(flask_app, load(tmp_path / "baseline")))][:2] == [
            "shop is not set any more",
            "store is set, and was not",
        ]

    def test_of_two_attributes_for_one_lifetime(self, tmp_path):
        def app(date, age):
            return answering([f"a=1; Expires={date}; Max-Age={age}"])

        found = compared(app("Fri, 31 Dec 9999 00:00:00 GMT", 60), answering(["a=1; Max-Age=90"]), ["GET /"], tmp_path)
        assert sentences(found) == ["a: Expires is gone, was <9999-12-31 00:00:00>", "a: Max-Age is 90, was 60"]

    def test_of_a_log_in_that_fails(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SHOP_PASSWORD", "lovelace")
        steps = ["GET /login", "POST /login user=ada&password=$SHOP_PASSWORD", "GET /"]
        record(guarded(), steps, tmp_path / "baseline")
        monkeypatch.setenv("SHOP_PASSWORD", "wrong")
        found = compare(guarded(), load(tmp_path / "baseline"))
        assert sentences(found) == ["the log-in failed: it leads back to /login"]
        assert {one.what for one in found.consequences} == {"status", "location"}
        assert text(found, "b", "again").startswith("FAILED   the log-in failed: it leads back to /login\n")
        assert "If that is intended" not in text(found, "b", "again")
        assert "4 more differences, in 2 later answers, may follow from that" in text(found, "b", "again")

    def test_what_has_another_cause_is_told_too(self, tmp_path):
        found = compared(
            answering(["a=1; HttpOnly", "b=1; Path=/"]),
            answering(["a=1", "b=1; Path=/b"]),
            ["GET /", "GET /"],
            tmp_path,
        )
        assert sentences(found) == ["a: HttpOnly is gone", "b: Path is /b, was /"]

    def test_an_id_that_is_not_renewed(self, tmp_path):
        found = compared(guarded(), guarded(renews=False), LOGIN, tmp_path)
        assert sentences(found) == ["sid: the value is the one that the client has, was new"]


class TestText:
    def test_the_guide_shows_what_is_printed(self, tmp_path, monkeypatch, capsys):
        guide = (Path(__file__).parents[2] / "docs/regression.md").read_text(encoding="utf-8")
        recorded, compared = ("--record --step", "CHANGED  shop")
        command = next(line for line in guide.splitlines() if recorded in line)
        printed = next(block for block in guide.split("```\n") if block.startswith(compared))
        monkeypatch.setenv("SHOP_PASSWORD", "lovelace")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setitem(sys.modules, "shop", app_with_login)
        assert main(shlex.split(command)[3:]) == 0
        assert main(["shop:app"]) == 0
        capsys.readouterr()
        monkeypatch.setitem(app_with_login.app.config, "SESSION_COOKIE_SAMESITE", "None")
        assert main(["shop:app"]) == 1
        assert capsys.readouterr().out == printed

    def test_what_has_changed_and_nothing_else(self, tmp_path, flask_app):
        record(flask_app, STEPS, tmp_path / "baseline")
        flask_app.config["SESSION_COOKIE_SAMESITE"] = "None"
        found = compare(flask_app, load(tmp_path / "baseline"))
        assert text(found, "shop.json", "again").splitlines() == [
            "CHANGED  shop: SameSite is None, was Lax",
            "         POST /login (HTTP, HTTPS); POST /logout (HTTP, HTTPS)",
            "",
            "A browser does not store shop over HTTP: SameSite=None needs Secure. (RFC 6265bis, 5.7, step 19)",
            "A browser does not store shop over HTTPS: SameSite=None needs Secure. (RFC 6265bis, 5.7, step 19)",
            "2 more differences, in 2 later answers, may follow from that: --all shows them.",
            "1 change since shop.json was recorded.",
            "If that is intended: again",
        ]

    def test_everything_if_asked(self, tmp_path):
        found = compared(answering(["a=1"]), answering(["a=1"]), ["GET /"], tmp_path)
        printed = text(found, "shop.json", "again", everything=True)
        assert ["same", "a", "value", "<value>", "<value>"] in [line.split() for line in printed.splitlines()]
        assert printed.endswith("All 10 findings are as recorded in shop.json.")

    def test_the_hint_names_what_was_used(self, tmp_path, monkeypatch, capsys):
        file = str(tmp_path / "of the shop.json")
        monkeypatch.setattr(app_with_flask, "tried", answering(["a=1"]), raising=False)
        assert main(["tests.check.app_with_flask:tried", "--baseline", file, "--record"]) == 0
        app_with_flask.tried = answering([])
        assert main(["tests.check.app_with_flask:tried", "--baseline", file]) == 1
        assert capsys.readouterr().out.splitlines()[-2:] == [
            f"1 change since {file} was recorded.",
            "If that is intended: python3 -m demo_app.check tests.check.app_with_flask:tried "
            f"--baseline '{file}' --record",
        ]

    def test_explain_says_what_browsers_and_the_audit_say(self, tmp_path):
        found = compared(answering(["a=secret; Path=/"]), answering(["a=secret; Path=/"]), ["GET /"], tmp_path)
        printed = "\n".join(explain(found.asked))
        assert printed.count("a, set by GET / over HTTPS\n") == 1
        assert "question           Chromium  Firefox" in printed
        assert "audit: cookie.httponly: scripts in the page can read the session id; httponly=True" in printed
        assert "secret" not in printed

    def test_explain_of_what_no_options_make(self, tmp_path):
        lines = ["a b=1; SameSite=Sometimes; Max-Age=x; Domain=[", "=1", "x" * 5000 + "=1"]
        found = compared(answering(lines), answering(lines), ["GET /"], tmp_path)
        assert "audit: no options make this cookie" in "\n".join(explain(found.asked))

    def test_the_command_explains(self, tmp_path, capsys):
        command = ["tests.check.app_with_flask:app", "--baseline", str(tmp_path / "b"), "--explain"]
        assert main([*command, "--record", "--step", "POST /login user=ada"]) == 0
        assert main(command) == 0
        assert capsys.readouterr().out.count("audit: cookie.max_age") == 4


class TestForPrograms:
    @pytest.fixture
    def found(self, tmp_path):
        return compared(answering(["a=1; HttpOnly"]), answering(["a=1"]), ["GET /"], tmp_path)

    def test_json(self, found):
        assert json.loads(as_json(found, "shop.json")) == {
            "baseline": "shop.json",
            "changes": [
                {
                    "verdict": "GONE",
                    "cookie": "a",
                    "what": "HttpOnly",
                    "recorded": "yes",
                    "now": None,
                    "text": "a: HttpOnly is gone",
                    "answers": [{"step": "GET /", "scheme": "http"}, {"step": "GET /", "scheme": "https"}],
                }
            ],
            "consequences": 0,
        }

    def test_junit(self, found):
        suite = ElementTree.fromstring(as_junit(found, "shop.json"))
        assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
        assert [case.get("name") for case in suite] == ["GET / over HTTP", "GET / over HTTPS"]
        assert suite[0][0].get("message") == "a: HttpOnly is gone"

    def test_github(self, found):
        assert as_github(found, "a,b.json") == (
            "::error file=a%2Cb.json,title=Session cookie::a: HttpOnly is gone — GET / (HTTP, HTTPS)"
        )

    @pytest.mark.parametrize("format", ["json", "junit", "github"])
    def test_the_command_prints_them(self, tmp_path, capsys, format):
        command = ["tests.check.app_with_flask:app", "--baseline", str(tmp_path / "b")]
        assert main([*command, "--record"]) == 0
        capsys.readouterr()
        assert main([*command, "--format", format]) == 0
        assert capsys.readouterr().out.startswith({"json": "{", "junit": "<?xml", "github": ""}[format])


class TestAHostileApp:
    LINES = (
        "a=1; ::error::x=::warning::y; Path=/%0A::error::z",
        "::add-mask::x=1; Path=::error::",
        "##[error]x=1",
        "b=\x1b[31m; Domain=</failure>\x85::error::]]>&",
    )

    @pytest.fixture
    def found(self, tmp_path):
        location = ("Location", "/\u0085::error::x?a=%0A::error::")
        return compared(answering([]), answering(self.LINES, [location]), ["GET /", "GET /"], tmp_path)

    def test_no_line_is_a_command_of_githubs(self, found, capsys):
        printed = [text(found, "b", "again"), text(found, "b", "again", everything=True), *explain(found.asked)]
        lines = "\n".join(printed).splitlines()
        assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
        assert all(sign.isprintable() for line in lines for sign in line)

    def test_annotations_are_ours_alone(self, found):
        lines = as_github(found, "b").splitlines()
        assert len(lines) == len(found.changes)
        assert "##[" not in "".join(lines)
        assert all(line.startswith("::error file=b,title=Session cookie::") for line in lines)
        assert "%0A" not in as_github(found, "b").replace("%250A", "")

    def test_xml_stays_xml(self, found):
        assert len(ElementTree.fromstring(as_junit(found, "b"))) == 4

    def test_json_stays_json(self, found):
        assert json.loads(as_json(found, "b"))["changes"]


class TestTheFixture:
    def test_it_fails_with_what_the_command_says(self, tmp_path, check_cookies):
        record(answering(["a=1; HttpOnly"]), ["GET /"], tmp_path / "baseline")
        with pytest.raises(pytest.fail.Exception) as caught:
            check_cookies(answering(["a=1"]), tmp_path / "baseline")
        assert str(caught.value).startswith("GONE     a: HttpOnly is gone\n         GET / (HTTP, HTTPS)\n")

    def test_it_passes(self, tmp_path, check_cookies):
        record(answering(["a=1"]), ["GET /"], tmp_path / "baseline")
        check_cookies(answering(["a=1"]), tmp_path / "baseline")
