"""Exercises of lesson 00."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...serving import serve
from ...session import MemoryStore, SessionOptions
from ..exercises import Exercise, Wrong


def _check_second_visitor(answer: Callable[[str], object]) -> str:
    store = MemoryStore()
    with serve(SessionOptions(secret="exercise", store=store)) as server:
        first = requests.Session()
        for _ in range(3):
            first.get(f"{server.url}/api/visits")
        found = answer(server.url)
        if isinstance(found, requests.Response):
            raise Wrong("The function returned the whole response. Return the number in it: response.json()['visits'].")
        count = first.get(f"{server.url}/api/peek").json()["visits"]
        if count != 3:
            raise Wrong(f"The first visitor's count went from 3 to {count}: your function used that visitor's cookie.")
        if found == 1 and len(store) == 1:
            raise Wrong("The function returned 1 without asking the server.")
        if found == 1:
            return "A client without a cookie is a new visitor, and its count starts at 1."
        if isinstance(found, int) and found > 1:
            raise Wrong(f"The function returned {found}. It sent its cookie back on a later request: send one request.")
        raise Wrong(f"The function returned {found!r}. The count is in the answer's JSON, under 'visits'.")


second_visitor = Exercise(
    _check_second_visitor,
    hints=(
        "A visitor is whoever holds a cookie. A new requests.Session() holds none.",
        "requests.Session().get(…) returns the response; its .json() is a dict.",
        'requests.Session().get(f"{url}/api/visits").json()["visits"]',
    ),
)
