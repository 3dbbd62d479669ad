"""How a difference between a stored output and the present one is reported: line under line, as ``diff -u`` does."""

from __future__ import annotations

import difflib


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    # nbval compares stored == present, and pytest would cut what the two lines have in common: the header's name.
    if op != "==" or not isinstance(left, str) or not isinstance(right, str):
        return None
    lines = difflib.unified_diff(
        left.splitlines(), right.splitlines(), "stored in the notebook", "what the cell gives now", n=1, lineterm=""
    )
    return ["the output has changed (- stored, + now)", *lines]
