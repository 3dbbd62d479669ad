"""Exercises of lesson 07."""

from __future__ import annotations

from collections.abc import Callable

import requests
from flask import Flask, session

from ...cookies.sources import set_cookies
from ...serving import serve
from ...session import ExpressSessionInterface, MemoryStore, SessionOptions
from ..exercises import Exercise, Wrong, returned_options, store_of


def _check_from_the_first_request(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer())) as server:
        answers = [requests.get(f"{server.url}/api/peek") for _ in range(3)]
        stored = len(store_of(server))
    if not all(set_cookies(response) for response in answers):
        raise Wrong("A visitor who only looked got no cookie.")
    if stored != 3:
        raise Wrong(f"Three visitors looked, and the store has {stored} sessions.")
    return "Three visitors looked, and each has a cookie and a session in the store."


from_the_first_request = Exercise(
    _check_from_the_first_request,
    hints=(
        "Which option decides about sessions that nobody has put anything into?",
        "save_uninitialized=…",
    ),
)


def _check_show_cart(answer: Callable[[], object]) -> str:
    store = MemoryStore()
    shop = Flask("shop")
    shop.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise", store=store))
    found: list[object] = []

    @shop.get("/cart")
    def cart() -> dict[str, object]:
        try:
            found.append(answer())
        except Exception as error:
            found.append(error)
        return {}

    @shop.get("/add")
    def add() -> dict[str, object]:
        session["cart"] = ["tea"]
        return {}

    with serve(shop) as server:
        requests.get(f"{server.url}/cart")
        customer = requests.Session()
        customer.get(f"{server.url}/add")
        customer.get(f"{server.url}/cart")
    for result in found:
        if isinstance(result, Exception):
            raise result
    empty, filled = found
    if empty != [] or filled != ["tea"]:
        raise Wrong(f"For an empty cart the function returned {empty!r}, for one with tea {filled!r}.")
    if len(store) != 1:
        raise Wrong(
            "A visitor who looked at an empty cart has a session in the store: your function put something into it."
        )
    return "Looking at an empty cart leaves no trace; a cart with tea is shown."


show_cart = Exercise(
    _check_show_cart,
    hints=(
        "setdefault reads the cart, and writes an empty one if there is none.",
        "A dict can be read without writing to it.",
        'session.get("cart", …)',
    ),
)
