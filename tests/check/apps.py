"""Small apps that behave as some real ones do, and what records them."""

from __future__ import annotations

import secrets

from flask import Flask, make_response, redirect, request, session

from demo_app.check.asking import AS_USUAL, ask
from demo_app.check.baseline import Baseline, save
from demo_app.check.changes import differences

LOGIN = ["GET /login", "POST /login user=ada&password=lovelace", "GET /"]


def answers(app, steps, settings=AS_USUAL):
    """What an app answers to steps."""
    return [asked.answer for asked in ask(app, steps, settings)]


def record(app, steps, file, settings=AS_USUAL):
    """Write a baseline, whatever the answers are."""
    save(Baseline(settings, answers(app, steps, settings)), file)


def changes(app, baseline):
    """What differs: cookie, thing, as recorded, as it is now; once for both schemes."""
    return list(dict.fromkeys(found[1:] for found in differences(app, baseline)))


def answering(lines, headers=()):
    """An app that sets these cookies, or what a function makes of the number of the request."""
    app = Flask("answering")
    counted = [0]

    @app.route("/", methods=["GET", "POST"])
    def answer():
        response = make_response("")
        for line in lines(counted[0]) if callable(lines) else lines:
            response.headers.add("Set-Cookie", line)
        counted[0] += 1
        for header in headers:
            response.headers.add(*header)
        return response

    return app


def guarded(renews=True, back="/login", repeats=True):
    """An app with a log-in as most have it: a form with a hidden token, which a session on the server knows.

    :param renews: Whether the log-in takes a new id.
    :param repeats: Whether an id that stays is set again.
    :param back: Where a log-in with a wrong password leads; ``None``: nowhere, the form is shown again.
    """
    app = Flask("guarded")
    sessions = {}

    def begun():
        sid = secrets.token_hex(16)
        sessions[sid] = {"token": secrets.token_urlsafe(24), "user": None}
        return sid

    def answered(response, sid):
        response = make_response(response)
        response.set_cookie("sid", sid, httponly=True, samesite="Lax")
        return response

    @app.get("/login")
    def form():
        sid = request.cookies.get("sid")
        sid = sid if sid in sessions else begun()
        return answered(
            f'<form method=post><input type=hidden name=token value="{sessions[sid]["token"]}">'
            "<input name=user><input name=password type=password></form>",
            sid,
        )

    @app.post("/login")
    def login():
        sid = request.cookies.get("sid")
        known = sessions.get(sid, {"token": object()})
        origin = f"{request.scheme}://{request.host}"
        if request.form.get("token") != known["token"]:
            return "<title>Refused</title>The token is missing.", 403
        if request.headers.get("Origin") != origin or not request.headers.get("Referer", "").startswith(origin):
            return "Another site's form.", 403
        if request.form["password"] != "lovelace":
            return redirect(back, 303) if back else form()
        sid = begun() if renews else sid
        sessions[sid]["user"] = request.form["user"]
        return answered(redirect("/", 303), sid) if renews or repeats else redirect("/", 303)

    @app.post("/logout")
    def log_out():
        known = sessions.get(request.cookies.get("sid"), {"token": object()})
        if request.form.get("token") != known["token"]:
            return "The token is missing.", 403
        del sessions[request.cookies["sid"]]
        response = redirect("/login", 303)
        response.delete_cookie("sid")
        return response

    @app.get("/")
    def start():
        user = sessions.get(request.cookies.get("sid"), {}).get("user")
        if not user:
            return redirect("/login", 303)
        token = sessions[request.cookies["sid"]]["token"]
        return f"Hello {user} <form method=post action=/logout><input type=hidden name=token value={token}></form>"

    return app


def remembering():
    """An app whose log-in is in the session itself, over two clients."""
    app = Flask("remembering")
    app.secret_key = "s"

    @app.get("/be/<name>")
    def be(name):
        session["name"] = name
        return ""

    @app.get("/")
    def start():
        return session.get("name", "nobody")

    return app
