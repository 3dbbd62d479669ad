"""Exercises of lesson 19."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import flask
from flask import Flask, Response
from flask.testing import FlaskClient

from ...session import ExpressSessionInterface, MemoryStore, Session, SessionOptions
from ..exercises import Exercise, Wrong
from ..mistakes import shown

session = cast(Session, flask.session)


def _shop(store: MemoryStore, leave: Callable[[], Response]) -> Flask:
    """An app with a session of Ada's, and the learner's way to leave it."""
    app = Flask(__name__)
    app.session_interface = ExpressSessionInterface(SessionOptions(name="sid", secret="s", store=store))
    app.testing = True  # what the learner's code raises, it raises in the check

    @app.get("/begin")
    def begin() -> str:
        session.update(user="ada", cart=["milk", "tea"])
        return ""

    @app.get("/look")
    def look() -> dict[str, Any]:
        return dict(session)

    app.get("/leave")(leave)
    return app


def _sid(client: FlaskClient) -> str | None:
    cookie = client.get_cookie("sid")
    return None if cookie is None else cookie.value


def _copy_of(client: FlaskClient) -> FlaskClient:
    """Another client, who has got hold of the cookie."""
    thief = client.application.test_client()
    value = _sid(client)
    assert value is not None
    thief.set_cookie("sid", value)
    return thief


def _check_log_out(answer: Callable[[Session, Response], object]) -> str:
    for colour in (None, "blue"):
        store = MemoryStore()

        def leave() -> Response:
            response = Response("You are logged out.")
            answer(session, response)
            return response

        client = _shop(store, leave).test_client()
        client.get("/begin")
        if colour:
            client.set_cookie("colour", colour)
        thief = _copy_of(client)
        left_with = client.get("/leave")
        if found := thief.get("/look").get_json():
            raise Wrong(f"A copy of the cookie, taken before, still opens the session: {shown(found)}.")
        if store.all():
            left = next(iter(store.all().values())).data
            raise Wrong(f"There is still a session in the store, with the data {left}.")
        if "Clear-Site-Data" in left_with.headers:
            raise Wrong(
                "Clear-Site-Data asks a browser to drop all that it has of this site, over HTTPS. Other clients do not "
                "know it, and this one has its cookie still."
            )
        if (value := _sid(client)) is not None:
            raise Wrong(
                "The session is over, and the client has its cookie still: "
                + ("with an empty value." if not value else "the answer does not delete it.")
            )
        if colour and client.get_cookie("colour") is None:
            raise Wrong("The visitor's colour, another cookie, is gone as well.")
    return "The store is empty, a copy of the cookie opens nothing, and the client has none any more."


log_out = Exercise(
    _check_log_out,
    hints=(
        "Which of the four ways removes the row, whatever the option says?",
        "session.destroy() ends it for everybody who has the cookie.",
        'The client is told by response.delete_cookie("sid").',
    ),
)


def _check_keep_the_cart(answer: Callable[[Session], object]) -> str:
    store = MemoryStore()

    def leave() -> Response:
        answer(session)
        return Response()

    for _ in range(2):
        client = _shop(store, leave).test_client()
        client.get("/begin")
        thief = _copy_of(client)
        client.get("/leave")
        found: dict[str, Any] = client.get("/look").get_json()
        if "user" in found:
            raise Wrong(f"The visitor's session is {shown(found)} afterwards: somebody is logged in still.")
        if found.get("cart") != ["milk", "tea"]:
            raise Wrong(f"The visitor's session is {shown(found)} afterwards, and had the cart ['milk', 'tea'] before.")
        if stolen := thief.get("/look").get_json():
            raise Wrong(f"A copy of the cookie, taken before, opens a session: {shown(stolen)}.")
    return "Nobody is logged in, the cart is there, and a copy of the old cookie opens nothing."


keep_the_cart = Exercise(
    _check_keep_the_cart,
    hints=(
        "A copy of the cookie is worth nothing when the id is a new one.",
        "session.regenerate() gives a new id and an empty session. What is to stay has to be taken out before.",
        'cart = session.get("cart", []), then regenerate, then put it back.',
    ),
)
