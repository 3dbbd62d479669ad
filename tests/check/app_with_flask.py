"""An app with Flask's own session, to be checked: ``python3 -m demo_app.check tests.check.app_with_flask:app``."""

from flask import Flask, redirect, request, session

app = Flask(__name__)
app.config.update(
    SECRET_KEY="from the environment, in real life",
    SESSION_COOKIE_NAME="shop",
    SESSION_COOKIE_SAMESITE="Lax",
)


@app.get("/")
def start():
    return f"Hello {session.get('user', 'stranger')}"


@app.post("/login")
def login():
    session["user"] = request.form["user"]
    session.permanent = "remember" in request.form
    return redirect("/", 303)


@app.post("/logout")
def logout():
    session.clear()
    return redirect("/", 303)
