"""Exercises of lesson 16."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from flask import Request

from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import returned

_BEGINNING, _FEWEST_BITS = "shop.", 64
_SAMPLES = 300


def _check_unguessable(answer: Callable[[Request], object]) -> str:
    request = Request({"REQUEST_METHOD": "GET"})
    random.seed(1)
    ids = [answer(request) for _ in range(_SAMPLES)]
    random.seed(1)
    again = answer(request)
    for made in ids:
        if not isinstance(made, str):
            raise Wrong(f"{returned(made)} An id is a str.")
        if not made.startswith(_BEGINNING):
            raise Wrong(f"The function returned {shown(made)}, which does not begin with {_BEGINNING!r}.")
    rest = [str(made).removeprefix(_BEGINNING) for made in ids]
    if len(set(rest)) < _SAMPLES:
        raise Wrong(f"Of {_SAMPLES} ids only {len(set(rest))} are different, such as {shown(ids[0])}.")
    if again == ids[0]:
        raise Wrong(
            f"The function returned {shown(again)}, and the same again when Python's random generator was set back: "
            "whoever knows its state knows the next ids."
        )
    # At most what the characters can hold that were seen at each place: a place that never changes holds nothing.
    bits = sum(math.log2(len(set(places))) for places in zip(*rest, strict=False))
    if bits < _FEWEST_BITS:
        raise Wrong(
            f"The function returned ids such as {shown(ids[0])} and {shown(ids[1])}. What changes in {_SAMPLES} of "
            f"them holds {bits:.0f} bits at most; {_FEWEST_BITS} are the least."
        )
    return f"{_SAMPLES} ids, all different, such as {ids[0]}. What changes in them can hold {bits:.0f} bits."


unguessable = Exercise(
    _check_unguessable,
    hints=(
        "The module secrets has functions that make text from the system's random source.",
        "secrets.token_urlsafe(…) and secrets.token_hex(…) take the number of random bytes. A byte has 8 bits.",
        "secrets.token_urlsafe(24) has 192 bits.",
    ),
)

_YEAR = 365 * 24 * 3600
_CASES = ((64, 100_000, 10_000), (32, 100_000, 10_000), (192, 1_000_000, 1_000_000), (20, 1, 1))


def _check_years(answer: Callable[[int, int, int], object]) -> str:
    for bits, sessions, guesses in _CASES:
        made, right = answer(bits, sessions, guesses), 2**bits / 2 / sessions / guesses / _YEAR
        if isinstance(made, bool) or not isinstance(made, (int, float)):
            raise Wrong(f"{returned(made)} It has to return a number of years.")
        case = (
            f"For {bits} bits, {sessions:,} sessions and {guesses:,} guesses in a second the function returned {made:g}"
        )
        if math.isclose(made, right, rel_tol=0.01):
            continue
        for factor, what in (
            (2.0, "the time for all ids. On average, half of them are enough."),
            (_YEAR, "the number of seconds. A year has 365 * 24 * 3600 of them."),
            (sessions, "the time until one certain session is hit. There are more, and any of them will do."),
            (guesses, "as many years as with one guess in a second."),
        ):
            if factor != 1 and math.isclose(made, right * factor, rel_tol=0.01):
                raise Wrong(f"{case}: {what}")
        raise Wrong(f"{case}. It takes {right:g} years.")
    return "With 64 bits it takes 292 years, with 32 two seconds, and with 192 longer than there will be anybody."


years_to_guess = Exercise(
    _check_years,
    hints=(
        "There are 2**bits ids. After half of them, one certain session is found, on average.",
        "With more sessions it takes so many times less; so it does with more guesses in a second.",
        "2**bits / 2 / sessions / guesses_in_a_second are seconds.",
    ),
)
