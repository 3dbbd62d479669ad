"""What has changed between two texts of an output: in words where a cookie has, and as ``diff -u`` shows it."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import pairwise

from ..cookies import SetCookie

#: The picture of a diagram, in its HTML. Coordinates say nothing: its events stand beside it as text.
DRAWING = re.compile(r'(?<=src="data:image/svg\+xml,)[^"]*')

# Of those that the lessons use: <id> and the like stand for what differs from run to run.
_TAG = re.compile(r"</?(?:table|thead|tbody|tr|th|td|pre|code|p|b|br|a|iframe|script|img|details|summary)\b[^>]*>")


def differences(stored: str, now: str) -> list[str]:
    """The lines that tell what has changed: a sentence for each attribute, then the lines themselves."""
    before, after = _readable(stored), _readable(now)
    if before == after and DRAWING.sub("", stored) == DRAWING.sub("", now):
        return ["the drawing has changed"]
    if before == after:  # what has changed is the markup
        before, after = stored.splitlines(), now.splitlines()
    diff = list(
        difflib.unified_diff(before, after, "stored in the notebook", "what the cell gives now", n=1, lineterm="")
    )
    return [*_repeated(before, after), *_changed_attributes(diff), *diff]


def _readable(output: str) -> list[str]:
    """The lines of an output; of HTML, what a reader sees: a row of a table on a line."""
    if not output.startswith("<"):
        return output.splitlines()
    output = re.sub(r"</t[dh]>\s*(?=<t[dh])", " | ", output)
    output = re.sub(r"(<tr>)\s+|\s+(?=</tr>)", r"\1", output)
    return [line for line in unescape(_TAG.sub("", output)).splitlines() if line.strip()]


def _cookie(line: str) -> SetCookie | None:
    before, mark, value = line.partition("Set-Cookie: ")
    return SetCookie(value) if mark else None


def _repeated(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The cookies that a line sets and the next one, too, which was not so."""

    def found(lines: Sequence[str]) -> Counter[str]:
        cookies = map(_cookie, lines)
        return Counter(one.name for one, next_ in pairwise(cookies) if one and next_ and one.name == next_.name)

    for name in found(after) - found(before):
        yield f"Set-Cookie of {name}: the cookie is sent twice"


def _changed_attributes(diff: Sequence[str]) -> Iterator[str]:
    """What has become of each ``Set-Cookie`` line, in words."""
    stored, now = ([cookie for line in diff if line.startswith(sign) and (cookie := _cookie(line))] for sign in "-+")
    for before, after in zip(stored, now, strict=False):
        was, is_ = ({cookie.name: cookie.value, **cookie.attributes} for cookie in (before, after))
        whose = f"Set-Cookie of {before.name}:"
        if was == is_ and list(was) != list(is_):
            yield f"{whose} the same attributes, in another order"
        for name in dict.fromkeys((*was, *is_)):
            if name not in is_:
                yield f"{whose} {name} is gone"
            elif name not in was:
                yield f"{whose} {name} is new"
            elif was[name] != is_[name]:
                yield f"{whose} {name} was {was[name]} and is {is_[name]}"
