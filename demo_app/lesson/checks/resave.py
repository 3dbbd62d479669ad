"""Exercises of lesson 06."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import requests
from flask import Flask, session

from ...serving import serve
from ...session import ExpressSessionInterface, MemoryStore, SessionOptions, TracedStore
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import returned

_METHODS = ("get", "set", "touch", "destroy")
_NAMES = ", ".join(_METHODS)


def _check_calls_of_a_read(answer: Callable[[], object]) -> str:
    store = TracedStore(MemoryStore())
    with serve(SessionOptions(secret="exercise", resave=False, store=store)) as server:
        client = requests.Session()
        client.get(f"{server.url}/api/visits")
        store.take()
        client.get(f"{server.url}/api/peek")
    really = [call.method for call in store.take()]
    given = answer()
    if not isinstance(given, (list, tuple)):
        raise Wrong(f'{returned(given)} It has to return a list of names, such as ["set"].')
    if list(given) != really:
        raise Wrong(f"{returned(given)} {_difference(given, really)}")
    return f"The store was called: {', '.join(really)}."


def _difference(given: Sequence[object], really: Sequence[str]) -> str:
    for name in given:
        if not isinstance(name, str):
            return f"A name is a str, and {shown(name)} is none."
        if name not in _METHODS:
            words = re.findall(r"\w+", name.lower())
            if len(words) > 1 and {*words} <= {*_METHODS}:
                return f"{name!r} is one str: each name is a str of its own, with a comma between them."
            spelling = f"It is written {words[0]!r}." if words and words[0] in _METHODS else f"They are {_NAMES}."
            return f"No call of a store is named {shown(name)}. {spelling}"
    for name in given:
        if name not in really:
            return f"There was no call of {name!r}."
    if sorted(map(str, given)) == sorted(really):
        return "These are the calls, in another order."
    if len(given) > len(really):
        return f"There were {len(really)} calls, each name once."
    return f"{len(really)} calls were made, and {len(given)} {'is' if len(given) == 1 else 'are'} named."


calls_of_a_read = Exercise(
    _check_calls_of_a_read,
    hints=(
        "The request begins by loading the session.",
        "It ends by moving the expiry date, without writing the data. Look at the cell with resave=False above.",
    ),
)


def _check_add_slowly(answer: Callable[[str, Callable[[], object]], object]) -> str:
    _try(answer, "bread", other="milk", before=["milk"])
    _try(answer, "tea", other="eggs", before=[])
    return "The cart holds what both requests put in: milk, milk, bread."


def _try(answer: Callable[[str, Callable[[], object]], object], item: str, other: str, before: list[str]) -> None:
    """Let the function add an item; while it waits, another request adds another one."""
    shop = Flask("shop")
    shop.testing = True  # what a view raises comes out at the client
    shop.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise"))
    customer = shop.test_client()
    waited = 0
    at_its_end: list[str] = []

    def wait() -> None:
        # The other request runs while this one waits, in the same thread: the stop button reaches both.
        nonlocal waited
        waited += 1
        tab = shop.test_client()
        cookie = customer.get_cookie("connect.sid")
        assert cookie is not None
        tab.set_cookie("connect.sid", cookie.decoded_value)
        tab.post("/quick")

    @shop.post("/begin")
    def begin() -> dict[str, object]:
        session["user"] = "ada"
        if before:
            session["cart"] = before
        return {}

    @shop.post("/slow")
    def slow() -> dict[str, object]:
        answer(item, wait)
        cart = session.get("cart", [])
        if not isinstance(cart, list):
            hint = " A list's append() changes the list, and returns None." if cart is None else ""
            raise Wrong(f"The cart is {shown(cart)} in the end, and no list.{hint}")
        at_its_end.extend(cart)
        return {}

    @shop.post("/quick")
    def quick() -> dict[str, object]:
        session["cart"] = [*session.get("cart", []), other]
        return {}

    @shop.get("/cart")
    def cart() -> dict[str, object]:
        return {"cart": session.get("cart", [])}

    customer.post("/begin")
    customer.post("/slow")
    found = customer.get("/cart").get_json()["cart"]
    if waited != 1:
        raise Wrong(f"wait() was called {waited} times. It is called once, as in the function that was given.")
    if sorted(map(str, found)) != sorted([*before, other, item]):
        held = ", ".join(map(str, found)) or "nothing"
        raise Wrong(f"The cart holds: {held}. {_missing(found, at_its_end, item, other, before)}")


def _missing(found: list[str], at_its_end: list[str], item: str, other: str, before: list[str]) -> str:
    if found.count(item) > 1:
        return f"The {item} is in it {found.count(item)} times."
    if item not in found:
        if item not in at_its_end and found.count(other) == before.count(other) + 1:
            return f"The {item} is missing. What a request puts in before session.reload() is dropped by it."
        return f"The {item} is missing."
    if found.count(other) == before.count(other):
        return f"The {other} that came while the slow request waited has been overwritten."
    return f"It should hold: {', '.join([*before, other, item])}."


add_slowly = Exercise(
    _check_add_slowly,
    hints=(
        "The slow request still has the cart from before it waited.",
        "session.reload() replaces what the request has by what the store has now.",
        "Reload after waiting, and before the cart is read and written.",
    ),
)
