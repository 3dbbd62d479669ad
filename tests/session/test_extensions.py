"""Extensions that live in the session: the real Flask-Login and the real Flask-WTF, also while the store is away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask, flash, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

from demo_app.session import CookieOptions, ExpressSessionInterface, MemoryStore, SessionOptions, StoreUnavailable


class Ada(UserMixin):
    id = "ada"


class Store(MemoryStore):
    """Can be taken away."""

    away = False

    def __getattribute__(self, name):
        if name in ("get", "set", "update", "touch", "destroy") and self.away:
            return self._refuse
        return super().__getattribute__(name)

    def _refuse(self, *args):
        raise StoreUnavailable("away")


class Site:
    def __init__(self, protection="basic", csrf=False, **options):
        self.store = Store()
        self.app = Flask(__name__)
        self.app.secret_key = "signs the cookie of Flask-Login and the token of Flask-WTF"
        self.app.session_interface = ExpressSessionInterface(SessionOptions(secret="s", store=self.store, **options))
        manager = LoginManager(self.app)
        manager.session_protection = protection
        manager.user_loader(lambda user_id: Ada() if user_id == "ada" else None)
        if csrf:
            CSRFProtect(self.app)
        self.app.add_url_rule("/login", "login", lambda: str(login_user(Ada(), remember=True)), methods=["GET", "POST"])
        self.app.add_url_rule("/logout", "logout", lambda: str(logout_user()))
        self.app.add_url_rule("/who", "who", lambda: current_user.get_id() or "nobody")
        self.app.add_url_rule("/form", "form", lambda: generate_csrf())
        self.app.add_url_rule("/post", "post", lambda: "posted", methods=["POST"])
        self.app.add_url_rule("/plain", "plain", lambda: "plain")
        self.client = self.app.test_client()

    def get(self, path, status=200, **headers):
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == status
        return answer.text


def test_a_log_in_lasts_and_ends():
    site = Site()
    site.get("/login")
    assert site.get("/who") == "ada"
    site.get("/logout")
    assert site.get("/who") == "nobody"


@pytest.mark.parametrize("lifetime", [None, timedelta(hours=1)])
def test_strong_protection_stays_strong(lifetime):
    """Flask-Login takes a permanent session for one that needs the basic protection only."""
    site = Site("strong", cookie=CookieOptions(max_age=lifetime))
    site.get("/login", **{"User-Agent": "Ada's browser"})
    assert site.get("/who", **{"User-Agent": "Ada's browser"}) == "ada"
    assert site.get("/who", **{"User-Agent": "the thief's"}) == "nobody"
    assert site.get("/who", **{"User-Agent": "Ada's browser"}) == "nobody"


def test_while_the_store_is_away_reading_goes_on_and_what_is_to_be_kept_is_refused(caplog):
    site = Site()
    site.get("/login")
    site.store.away = True
    assert site.get("/plain") == "plain"
    # Flask-Login knows her by its own cookie, and wants to note that in the session.
    site.get("/who", status=503)
    site.get("/login", status=503)
    site.get("/logout", status=503)
    assert len(caplog.messages) == 1
    site.store.away = False
    assert site.get("/who") == "ada"
    assert len(caplog.messages) == 2


def test_whoever_is_not_remembered_is_nobody_while_the_store_is_away():
    site = Site()
    site.get("/login")
    site.client.delete_cookie("remember_token")
    site.store.away = True
    assert site.get("/who") == "nobody"
    site.store.away = False
    assert site.get("/who") == "ada"


def test_a_new_visitor_is_refused_a_log_in_too():
    site = Site()
    site.store.away = True
    assert site.get("/who") == "nobody"
    site.get("/login", status=503)


def test_a_form_of_flask_wtf_works_and_is_refused_while_the_store_is_away():
    site = Site(csrf=True)
    token = site.get("/form")
    assert re.fullmatch(r"[\w.-]+", token)

    def post():
        return site.client.post("/post", headers={"X-CSRFToken": token}).status_code

    assert post() == 200
    site.store.away = True
    assert post() == 400  # no session, so no token to compare with
    site.get("/form", status=503)  # a token that cannot be kept is not handed out
    site.store.away = False
    assert post() == 200


def test_a_log_out_as_readme_says_also_forgets_who_is_remembered():
    site = Site()

    def log_out():
        session.regenerate()
        logout_user()
        flash("good-bye")
        return "out"

    site.app.add_url_rule("/out", "out", log_out)
    site.get("/login")
    before = site.store.all().keys()
    site.get("/out")
    assert site.get("/who") == "nobody"
    assert before.isdisjoint(site.store.all())


def test_a_log_in_as_readme_says_keeps_the_user():
    site = Site()

    def log_in():
        kept = dict(session)
        session.regenerate()
        session.update(kept)
        return str(login_user(Ada()))

    site.app.add_url_rule("/in", "in", log_in)
    site.app.add_url_rule("/cart", "cart", lambda: session.update(cart=1) or session.sid)
    site.app.add_url_rule("/look", "look", lambda: f"{session.sid} {session.get('cart')} {current_user.get_id()}")
    before = site.get("/cart")
    site.get("/in")
    after, *rest = site.get("/look").split()
    assert after != before
    assert rest == ["1", "ada"]
