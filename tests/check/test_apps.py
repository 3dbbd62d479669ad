"""Which apps the check can ask: WSGI and ASGI, Django, running ones, and those that patch sockets."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from werkzeug.wrappers import Request, Response

from demo_app.check import CheckError, differences
from demo_app.check.app import as_wsgi, find
from demo_app.check.asking import Settings, ask
from demo_app.check.baseline import load
from demo_app.check.command import main
from demo_app.serving import serve
from tests.check import app_with_flask
from tests.check.apps import answering, answers, record

ROOT = Path(__file__).parents[2]


def run_in(folder, *arguments):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "demo_app.check", *arguments]
    path = os.pathsep.join((str(folder), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])))
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=50
    )


class TestInProcess:
    def test_what_werkzeug_makes_of_a_function_of_a_request(self):
        @Request.application
        def app(request):
            response = Response("")
            response.set_cookie("a", "1")
            return response

        assert answers(as_wsgi(app), ["GET /"])[0].set_cookie == ("a=<value> (new); Path=/",)

    def test_a_method_and_an_object(self):
        class App:
            def answer(self, environ, start_response):
                return answering(["a=1"])(environ, start_response)

            __call__ = answer

        assert as_wsgi(App())
        assert as_wsgi(App().answer)

    def test_an_asgi_app(self):
        pytest.importorskip("a2wsgi")
        from starlette.applications import Starlette
        from starlette.middleware import Middleware
        from starlette.middleware.sessions import SessionMiddleware
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route

        async def start(request):
            request.session["seen"] = request.session.get("seen", 0) + 1
            return PlainTextResponse(str(request.session["seen"]))

        app = Starlette(routes=[Route("/", start)], middleware=[Middleware(SessionMiddleware, secret_key="s")])
        steps = ['GET / expect "1"', 'GET / expect "2"']
        found = ask(as_wsgi(app), steps)
        assert not [one.trouble for one in found if one.trouble]
        assert found[0].answer.set_cookie == (
            "session=<data>.<time>.<signature> (new); Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax",
        )

    @pytest.mark.parametrize("is_object", [False, True])
    def test_an_asgi_app_without_the_adapter_is_told(self, monkeypatch, is_object):
        monkeypatch.setitem(sys.modules, "a2wsgi", None)

        async def app(scope, receive, send):
            raise NotImplementedError

        class App:
            async def __call__(self, scope, receive, send):
                raise NotImplementedError

        with pytest.raises(CheckError, match="is an ASGI app, which needs an adapter: pip install a2wsgi"):
            as_wsgi(App() if is_object else app)

    @pytest.mark.parametrize("app", ["app", 1, None, dict, lambda: None, lambda request: None])
    def test_what_is_none_is_told(self, app):
        with pytest.raises(CheckError, match="is no WSGI app and no ASGI app"):
            as_wsgi(app)

    def test_a_django_project_by_its_settings(self, tmp_path):
        pytest.importorskip("django")
        (tmp_path / "shop_settings.py").write_text(
            textwrap.dedent(
                """
                SECRET_KEY = "s"
                ALLOWED_HOSTS = ["shop.example"]
                ROOT_URLCONF = "shop_urls"
                MIDDLEWARE = [
                    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware"
                ]
                SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
                TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
                """
            )
        )
        (tmp_path / "shop_urls.py").write_text(
            textwrap.dedent(
                """
                from django.http import HttpResponse, HttpResponseRedirect
                from django.template import engines
                from django.urls import path

                def start(request):
                    if request.method == "POST":
                        request.session["user"] = request.POST["user"]
                        return HttpResponseRedirect("/")
                    form = engines["django"].from_string("<form method=post>{% csrf_token %}<input name=user></form>")
                    return HttpResponse(form.render({}, request))

                urlpatterns = [path("", start)]
                """
            )
        )
        steps = ["--step", "GET /", "--step", "POST / user=ada", "--step", "GET /"]
        done = run_in(tmp_path, "shop_settings", "--record", "--host", "shop.example", *steps)
        assert (done.stderr, done.returncode) == ("", 0)
        answer = load(tmp_path / "session-cookie.json").answers[1]
        assert (answer.status, answer.location) == (302, "/")
        assert "sessionid=<data>:<time>:<signature> (new)" in answer.set_cookie[0]
        assert run_in(tmp_path, "shop_settings").returncode == 0

    def test_the_app_is_imported_before_what_it_may_patch(self, tmp_path):
        (tmp_path / "patching.py").write_text(
            "import sys\n"
            "early = [name for name in ('ssl', 'requests', 'urllib3', 'werkzeug') if name in sys.modules]\n"
            "assert not early, early\n"
            "from tests.check.app_with_flask import app\n"
        )
        done = run_in(tmp_path, "patching:app", "--record")
        assert (done.stderr, done.returncode) == ("", 0)

    def test_threads_that_an_app_leaves_behind_are_not_waited_for(self, tmp_path):
        (tmp_path / "busy.py").write_text(
            "import threading\n"
            "threading.Thread(target=threading.Event().wait).start()\n"
            "from tests.check.app_with_flask import app\n"
        )
        done = run_in(tmp_path, "busy:app", "--record")
        assert (done.stderr, done.returncode) == ("", 0)
        assert done.stdout == "2 answers recorded in session-cookie.json.\n"

    def test_the_name_that_an_app_answers_to(self):
        settings = Settings(host="shop.example")
        lines = ["a=1; Domain=shop.example", "b=1; Domain=elsewhere.example"]
        found = answers(answering(lines), ["GET /", "GET /"], settings)
        assert found[1].set_cookie == (
            "a=<value> (same); Domain=shop.example",
            "b=<value> (again); Domain=elsewhere.example",
        )


class TestRunning:
    def test_a_running_app_is_asked_at_its_address(self, tmp_path, capsys):
        baseline = str(tmp_path / "baseline")
        with serve(app_with_flask.app) as server:
            steps = ["--step", "POST /login user=ada", "--step", 'GET / expect "Hello ada"']
            assert main([server.url, "--baseline", baseline, "--record", *steps]) == 0
            assert [answer.scheme for answer in load(baseline).answers] == ["http", "http"]
            assert main([server.url + "/", "--baseline", baseline]) == 0
            assert differences(server.url, baseline) == []
        assert differences(app_with_flask.app, baseline) == []

    def test_of_a_baseline_over_both_schemes_one_is_compared(self, tmp_path):
        record(app_with_flask.app, ["POST /login user=ada"], tmp_path / "baseline")
        with serve(app_with_flask.app) as server:
            assert differences(server.url, tmp_path / "baseline") == []

    def test_a_scheme_that_was_not_recorded_is_told(self, tmp_path):
        record(app_with_flask.app, ["GET /"], tmp_path / "baseline", Settings(schemes=("https",)))
        with pytest.raises(CheckError, match="The baseline has no answer over HTTP"):
            differences("http://127.0.0.1:9", tmp_path / "baseline")

    def test_nobody_there_is_told(self, tmp_path, capsys):
        with serve(app_with_flask.app) as server:
            url = server.url
        assert main([url, "--baseline", str(tmp_path / "b"), "--record"]) == 2
        assert f"GET {url} was not answered: " in capsys.readouterr().err

    def test_a_certificate_that_nobody_knows_is_told(self, tmp_path, capsys):
        with serve(app_with_flask.app, https=True) as server:
            assert main([server.url, "--baseline", str(tmp_path / "b"), "--record"]) == 2
        assert "certificate verify failed" in capsys.readouterr().err

    def test_no_redirect_is_followed(self):
        asked = threading.Event()

        @Request.application
        def elsewhere(request):
            asked.set()
            return Response("")

        @Request.application
        def app(request):
            response = Response("", 302, {"Location": other.at("elsewhere.localhost") + "/"})
            response.set_cookie("a", "secret")
            return response

        with serve(elsewhere) as other, serve(app) as server:
            found = answers(server.url, ["GET / with Authorization: Basic ada:lovelace", "GET /"])
        assert [one.location for one in found] == [other.at("elsewhere.localhost") + "/"] * 2
        assert not asked.is_set()

    def test_no_password_of_another_file_is_sent(self, tmp_path, monkeypatch):
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password lovelace\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        sent = []

        @Request.application
        def app(request):
            sent.append(request.headers.get("Authorization"))
            return Response("")

        with serve(app) as server:
            answers(server.url, ["GET /"])
        assert sent == [None]

    def test_an_answer_that_never_ends_ends(self):
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/html; charset=no-such"), ("Set-Cookie", "a=1")])
            while True:
                yield b"<input type=password>" * 1000

        assert answers(app, ["GET /"])[0].asks_for_password


def test_an_address_stays_as_it_is():
    assert find("https://staging.example:8443/") == "https://staging.example:8443"
