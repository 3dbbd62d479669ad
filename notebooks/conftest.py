"""Which cells run where, and how pytest reports one whose output has changed.

It names the attributes that differ, then shows the lines as ``diff -u`` does.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from html import unescape

import pytest

from demo_app.cookies import SetCookie

# Of those that the lessons use: <id> and the like stand for what differs from run to run.
_TAG = re.compile(
    r"</?(?:table|thead|tbody|tr|th|td|pre|code|p|b|br|a|iframe|script)\b[^>]*>"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        cell = getattr(item, "cell", None)  # one of nbval's
        if (
            os.name == "nt"
            and cell is not None
            and "not-on-windows" in cell.metadata.get("tags", ())
        ):
            item.add_marker(
                pytest.mark.skip(reason="Windows lets nobody delete a file that is open")
            )


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    # nbval compares stored == present, and pytest would cut what the two lines have in
    # common: the header's name.
    if op != "==" or not isinstance(left, str) or not isinstance(right, str):
        return None
    stored, now = _readable(left), _readable(right)
    if stored == now:  # what has changed is the markup
        stored, now = left.splitlines(), right.splitlines()
    diff = [
        *difflib.unified_diff(
            stored,
            now,
            "stored in the notebook",
            "what the cell gives now",
            n=1,
            lineterm="",
        )
    ]
    return [
        "the output has changed (- stored, + now)",
        *_changed_attributes(diff),
        *diff,
    ]


def _readable(output: str) -> list[str]:
    """The lines of an output; of HTML, what a reader sees: a row of a table on a line."""
    if not output.startswith("<"):
        return output.splitlines()
    output = re.sub(r"</t[dh]>\s*(?=<t[dh])", " | ", output)
    output = re.sub(r"(<tr>)\s+|\s+(?=</tr>)", r"\1", output)
    return unescape(_TAG.sub("", output)).splitlines()


def _changed_attributes(diff: list[str]) -> Iterator[str]:
    """What has become of each ``Set-Cookie`` line, in words."""
    stored, now = (
        [
            SetCookie(line.split("Set-Cookie: ")[1])
            for line in diff
            if line.startswith(sign) and "Set-Cookie: " in line
        ]
        for sign in "-+"
    )
    for before, after in zip(stored, now, strict=False):
        was, is_ = (
            {cookie.name: cookie.value, **cookie.attributes} for cookie in (before, after)
        )
        cookie = before.name
        for name in dict.fromkeys((*was, *is_)):
            if name not in is_:
                yield f"Set-Cookie of {cookie}: {name} is gone"
            elif name not in was:
                yield f"Set-Cookie of {cookie}: {name} is new"
            elif was[name] != is_[name]:
                yield f"Set-Cookie of {cookie}: {name} was {was[name]} and is {is_[name]}"
