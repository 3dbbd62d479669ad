"""Exercises of lesson 06."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import requests
from flask import Flask, session

from ...serving import serve
from ...session import ExpressSessionInterface, MemoryStore, SessionOptions, TracedStore
from ..exercises import Exercise, Wrong


def _check_calls_of_a_read(answer: Callable[[], object]) -> str:
    store = TracedStore(MemoryStore())
    with serve(SessionOptions(secret="exercise", resave=False, store=store)) as server:
        client = requests.Session()
        client.get(f"{server.url}/api/visits")
        store.take()
        client.get(f"{server.url}/api/peek")
    really = [call.method for call in store.take()]
    given = answer()
    if isinstance(given, str):
        raise Wrong(f'The function returned the str {given!r}. It has to return a list, such as ["get"].')
    if not isinstance(given, (list, tuple)) or list(given) != really:
        hint = ""
        if isinstance(given, (list, tuple)):
            wrong = [name for name in given if name not in really]
            missing = [name for name in really if name not in given]
            if wrong:
                hint = f" There was no call of {wrong[0]!r}: the request changed nothing."
            elif missing:
                hint = f" One call is missing: it comes {'first' if missing[0] == really[0] else 'last'}."
        raise Wrong(f"The function returned {given!r}. The store was called differently.{hint}")
    return f"The store was called: {', '.join(really)}."


calls_of_a_read = Exercise(
    _check_calls_of_a_read,
    hints=(
        "The request begins by loading the session.",
        "It ends by moving the expiry date, without writing the data. Look at the cell with resave=False above.",
    ),
)


def _check_add_slowly(answer: Callable[[str, Callable[[], object]], object]) -> str:
    shop = Flask("shop")
    shop.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise"))
    loaded, go_on = Event(), Event()
    failed: list[Exception] = []

    def wait() -> None:
        loaded.set()
        go_on.wait(10)

    @shop.get("/slow")
    def slow() -> dict[str, object]:
        try:
            answer("bread", wait)
        except Exception as error:
            failed.append(error)
        finally:
            loaded.set()  # also where the learner's function does not wait
        return {}

    @shop.get("/quick")
    def quick() -> dict[str, object]:
        session["cart"] = [*session.get("cart", []), "milk"]
        return {}

    @shop.get("/cart")
    def cart() -> dict[str, object]:
        return {"cart": session.get("cart", [])}

    with serve(shop) as server:
        client = requests.Session()
        client.get(f"{server.url}/quick")
        asking = Thread(target=requests.get, args=[f"{server.url}/slow"], kwargs={"cookies": client.cookies})
        asking.start()
        loaded.wait(10)
        requests.get(f"{server.url}/quick", cookies=client.cookies)
        go_on.set()
        asking.join()
        found = client.get(f"{server.url}/cart").json()["cart"]
    if failed:
        raise failed[0]
    if found == ["milk", "milk", "bread"]:
        return "The cart holds what both requests put in: milk, milk, bread."
    what = ", ".join(found)
    if "bread" not in found:
        raise Wrong(
            f"The cart holds: {what}. The bread is missing: what was written before the reload is dropped by it."
        )
    raise Wrong(f"The cart holds: {what}. The milk that came while the slow request waited has been overwritten.")


add_slowly = Exercise(
    _check_add_slowly,
    hints=(
        "The slow request still has the cart from before it waited.",
        "session.reload() replaces what the request has by what the store has now.",
        "Reload after waiting, and before the cart is read and written.",
    ),
)
