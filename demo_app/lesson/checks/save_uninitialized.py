"""Exercises of lesson 07."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask, session
from flask.testing import FlaskClient

from ...session import ExpressSessionInterface, MemoryStore, SessionOptions, TracedStore
from ..exercises import Exercise, Wrong
from ..trying import returned


def _check_agree(answer: Callable[[], object]) -> str:
    store = MemoryStore()
    site = _app(store)

    @site.get("/page")
    def page() -> dict[str, object]:
        return {"agreed": any(session.values())}

    @site.post("/agree")
    def agree() -> dict[str, object]:
        answer()
        return {}

    ids: set[str] = set()
    for _ in range(2):
        visitor = site.test_client()
        for _ in range(2):
            _send(visitor, "/page")
        if len(store) != len(ids):
            raise Wrong("A visitor who only looked at a page has a session in the store.")
        _send(visitor, "/agree", "POST")
        if visitor.get_cookie("connect.sid") is None:
            raise Wrong("The visitor agreed and got no cookie: nothing was in the session when the request ended.")
        if not _send(visitor, "/page")["agreed"]:
            raise Wrong("The visitor agreed, and at the next page nothing in the session says so.")
        ids = {*store.all()}
    if len(ids) != 2:
        raise Wrong(f"Two visitors agreed, and the store has {len(ids)} sessions.")
    return "Whoever only looks leaves nothing; whoever agrees has an id, each one of their own."


agree = Exercise(
    _check_agree,
    hints=(
        "save_uninitialized is False: when does a visitor get a cookie?",
        "With the first thing that is put into the session. What could the site want to remember here?",
        'session["agreed"] = …',
    ),
)


def _check_show_cart(answer: Callable[[], object]) -> str:
    store = TracedStore(MemoryStore())
    shop = _app(store)
    shown_carts: list[object] = []

    @shop.get("/cart")
    def cart() -> dict[str, object]:
        shown_carts.append(answer())
        return {}

    @shop.post("/add/<item>")
    def add(item: str) -> dict[str, object]:
        session["cart"] = [*session.get("cart", []), item]
        return {}

    def look(customer: FlaskClient, cart: Sequence[str]) -> None:
        _send(customer, "/cart")
        if shown_carts[-1] != cart:
            raise Wrong(f"{returned(shown_carts[-1])} The cart held {cart!r}.")

    look(shop.test_client(), [])
    if len(store):
        raise Wrong("A visitor looked at an empty cart, and has a session in the store: something was put into it.")
    customer = shop.test_client()
    for number, items in enumerate((["tea"], ["tea", "bread"]), start=1):
        _send(customer, f"/add/{items[-1]}", "POST")
        store.take()
        look(customer, items)
        if any(call.method not in ("get", "touch") for call in store.take()):
            raise Wrong(f"A customer looked at a cart of {number}, and the session was written to the store.")
        look(customer, items)
    return "Looking at an empty cart leaves no trace; a cart with tea is shown."


show_cart = Exercise(
    _check_show_cart,
    hints=(
        "setdefault reads the cart, and writes an empty one if there is none.",
        "A dict can be read without writing to it.",
        'session.get("cart", …)',
    ),
)


def _app(store: MemoryStore | TracedStore) -> Flask:
    """An app whose views run in the thread that asks, so that the stop button reaches them."""
    app = Flask("shop")
    app.testing = True  # what a view raises comes out at the client
    app.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise", store=store))
    return app


def _send(client: FlaskClient, path: str, method: str = "GET") -> dict[str, object]:
    answer: dict[str, object] = client.open(path, method=method).get_json()
    return answer
