"""What browsers do with each cookie that an app sets, and what the audit finds about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..cookies import SetCookie, why
from ..cookies.dates import read_age, read_date
from ..session import CookieOptions, OptionError, SessionOptions, audit
from .asking import Asked
from .changes import host_of
from .line import deletes
from .report import harmless, one_line, place

# Whatever these say is not in a line.
_OF_THE_SERVER = ("secret", "secrets", "store", "resave", "save_uninitialized", "genid", "rolling", "proxy", "max_size")


def explain(asked: Sequence[Asked]) -> Iterator[str]:
    """For each cookie over each scheme, what Chromium and Firefox do with it, and what the audit finds.

    A cookie whose attributes stay the same is explained once.
    """
    told = set()
    for answer, _, at, _, lines in asked:
        for line, recorded in zip(lines, answer.set_cookie, strict=True):
            attributes = (answer.scheme, line.name, recorded.partition("; ")[2])
            if deletes(line, at) or attributes in told:
                continue
            told.add(attributes)
            yield harmless(one_line(f"{line.name}, set by {place(answer)}"))
            # Without its value, which is nobody's business.
            shown = "; ".join((f"{line.name}=<value>", *(f"{name}={value}" for name, value in line.parts)))
            url = f"{answer.scheme}://{host_of(recorded)}/"
            with suppress(ValueError):  # a line that no browser takes for a cookie's
                told_by_both = repr(why(shown, url, client="both"))
                yield harmless("\n".join(map(one_line, told_by_both.splitlines())))
            yield from (harmless(f"audit: {one_line(found)}") for found in _audited(line, at))
            yield ""


def _audited(line: SetCookie, at: Any) -> Iterator[str]:
    """What the audit says of the options that would make this line."""
    given = line.attributes
    age, date = read_age(given.get("Max-Age", "")), read_date(given.get("Expires", ""))
    try:
        options = SessionOptions(
            name=line.name,
            secret="x" * 64,
            cookie=CookieOptions(
                max_age=age or (date - at if date else None),
                secure="Secure" in given,
                httponly="HttpOnly" in given,
                samesite=given.get("SameSite", "").capitalize() or None,
                path=given.get("Path") or "/",
                domain=given.get("Domain") or None,
                partitioned="Partitioned" in given,
            ),
        )
        findings = audit(options)
    except OptionError as error:
        yield f"no options make this cookie: {error}"
        return
    for found in findings:
        if found.option not in _OF_THE_SERVER:
            yield f"{found.option}: {found.weakness}; {found.remedy}"
