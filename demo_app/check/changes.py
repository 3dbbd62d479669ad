"""What has become of the answers of an app since they were recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..cookies import SetCookie, why
from .app import CheckError
from .asking import Answer, Asked, ask
from .baseline import BASELINE, Baseline, load
from .line import is_same_lifetime
from .step import Step

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: What is found about an answer as a whole.
OF_ANSWERS = ("outcome", "status", "location", "asks for a password", "Vary", "Cache-Control")
_OF_COOKIES = ("Vary", "Cache-Control")
_LIFETIMES = ("Expires", "Max-Age")
_RELATION = re.compile(r"(.*?)(?: \((new|same|again)\))?", re.DOTALL)

# What may lead a client elsewhere than it went when it was recorded.
_LEADING = ("outcome", "status", "location", "asks for a password", "set", "Path", "Domain")
# What says the same as a log-in that failed, or whatever else is the trouble.
_TOLD_BY_OUTCOME = ("status", "location", "asks for a password", "set", "value", "id")


class Finding(NamedTuple):
    """One thing about an answer, as it was and as it is; ``None`` where there is no such thing."""

    answer: Answer
    #: The cookie that it is about; empty for what is about the whole answer.
    cookie: str
    #: Of an answer: one of :data:`OF_ANSWERS`. Of a cookie: ``"set"``, ``"value"``, ``"id"`` (what the value is to
    #: those before it: ``"new"``, the ``"same"`` as the client has, one that was seen ``"again"``, or ``"kept"``, not
    #: set where a new one was), or the name of an attribute.
    what: str
    recorded: str | None
    now: str | None

    @property
    def verdict(self) -> str:
        if self.what == "outcome" and self.now:
            return "FAILED"
        if self.recorded == self.now:
            return "same"
        if self.what in _LIFETIMES and is_same_lifetime(self.recorded or "", self.now or ""):
            return "same"
        return "NEW" if self.recorded is None else "GONE" if self.now is None else "CHANGED"


class Change(NamedTuple):
    """One change, and all the answers that have it."""

    cookie: str
    what: str
    recorded: str | None
    now: str | None
    verdict: str
    answers: list[Answer]


class Compared(NamedTuple):
    """An app held against its baseline."""

    #: What is found about each answer, whether it has changed or not.
    findings: list[list[Finding]]
    #: Where in them something begins to differ.
    changes: list[Change]
    #: What differs because of that, or may: what a client does after an answer that has led it elsewhere.
    consequences: list[Finding]
    asked: list[Asked]


def differences(app: WSGIApplication | str, baseline: str | Path = BASELINE) -> list[Finding]:
    """What is not as it was recorded. In a test::

        def test_the_session_cookie_is_as_it_was():
            assert not differences(app, "session-cookie.json")

    :param app: A WSGI app, or the address of a running one.
    :raises CheckError: if there is no baseline, or something else is in the file.
    """
    return [finding for findings in compare(app, load(baseline)).findings for finding in findings if _differs(finding)]


def compare(app: WSGIApplication | str, baseline: Baseline) -> Compared:
    """Ask the app again, and hold its answers against those recorded.

    :raises CheckError: if none of them is over the scheme of a running app.
    """
    recorded = baseline.answers
    if isinstance(app, str):
        scheme = app.partition(":")[0]
        recorded = [answer for answer in recorded if answer.scheme == scheme]
        if not recorded:
            raise CheckError(f"The baseline has no answer over {scheme.upper()}. Record one of {app} with --record.")
    asked = ask(app, baseline.steps, baseline.settings)
    findings = [[*_findings(old, new)] for old, new in zip(recorded, asked, strict=True)]
    causes, consequences = _causes(findings)
    return Compared(findings, _grouped(causes), consequences, asked)


def _differs(finding: Finding) -> bool:
    return finding.verdict != "same"


def _findings(old: Answer, asked: Asked) -> Iterator[Finding]:
    new = asked.answer
    yield Finding(new, "", "outcome", None, asked.trouble or None)
    before, after = _parts(old), _parts(new)
    cookies = dict.fromkeys(cookie for cookie, _ in (*before, *after))
    for cookie in cookies:
        was, now = (cookie, "set") in before, (cookie, "set") in after
        places = [place for place in dict.fromkeys((*before, *after)) if place[0] == cookie]
        if was and not now and cookie in asked.carried and before.get((cookie, "id")) == "new":
            yield Finding(new, cookie, "id", "new", "kept")
            continue
        if cookie and not (was and now):  # told once, with the whole line, and not for each attribute
            places = [(cookie, "set")]
        for place in places:
            finding = Finding(new, *place, before.get(place), after.get(place))
            is_told = place[1] == "set" and was and now
            is_of_no_cookie = place[1] in _OF_COOKIES and None in (finding.recorded, finding.now)
            if not (is_told or is_of_no_cookie):
                yield finding


def _parts(answer: Answer) -> dict[tuple[str, str], str]:
    """What there is to be found about an answer and about each of its cookies."""
    parts = {("", "status"): str(answer.status)}
    if answer.location:
        parts["", "location"] = answer.location
    if answer.asks_for_password:
        parts["", "asks for a password"] = "yes"
    if answer.set_cookie:
        parts["", "Vary"], parts["", "Cache-Control"] = answer.vary or "(none)", answer.cache_control or "(none)"
    for line in answer.set_cookie:
        cookie = SetCookie(line)
        name = cookie.name or "(no name)"
        while (name, "set") in parts:
            name += "'"  # another cookie of this name, for another path
        value, relation = _RELATION.fullmatch(cookie.value).groups()  # type: ignore[union-attr]  # it always matches
        parts[name, "set"] = line.replace(f" ({relation})", "", 1)  # the same for both schemes
        parts[name, "value"] = value
        if relation:
            parts[name, "id"] = relation
        parts |= {(name, attribute): value or "yes" for attribute, value in cookie.attributes.items()}
    return parts


def _causes(compared: Sequence[Sequence[Finding]]) -> tuple[list[Finding], list[Finding]]:
    """What differs by itself, and what may differ because an answer before it has led its client elsewhere."""
    causes: list[Finding] = []
    later: list[Finding] = []
    led_elsewhere: set[tuple[str, str]] = set()
    for findings in compared:
        answer = findings[0].answer
        client = answer.scheme, Step(answer.step).client
        changed = [finding for finding in findings if _differs(finding)]
        if client in led_elsewhere:
            later += changed
            continue
        if any(finding.what == "outcome" for finding in changed):
            changed = [finding for finding in changed if finding.what not in _TOLD_BY_OUTCOME]
        causes += _without_repetition(changed)
        if any(_leads(finding) for finding in changed):
            led_elsewhere.add(client)
    known = {finding[1:] for finding in causes}
    causes += [finding for finding in later if finding[1:] in known]
    return causes, [finding for finding in later if finding[1:] not in known]


def _without_repetition(changed: Sequence[Finding]) -> Iterator[Finding]:
    """Without Max-Age where Expires says the same: frameworks write both."""
    moved = {finding.cookie: finding for finding in changed if finding.what == "Expires"}
    for finding in changed:
        other = moved.get(finding.cookie)
        if finding.what == "Max-Age" and other and is_same_lifetime(finding.now or "", other.now or ""):
            continue
        yield finding


def _leads(finding: Finding) -> bool:
    if finding.what in _LEADING or "<deleted>" in (finding.recorded, finding.now):
        return True
    if not finding.cookie:
        return False
    lines = [line for line in finding.answer.set_cookie if SetCookie(line).name == finding.cookie.rstrip("'")]
    return any(refusal(line, finding.answer.scheme) for line in lines)


def refusal(line: str, scheme: str) -> str:
    """Why a browser does not store a recorded cookie; empty if it does, or if the line deletes it."""
    if SetCookie(line).value == "<deleted>":
        return ""
    try:
        stored = why(re.sub("; Expires=[^;]*", "", line), f"{scheme}://{host_of(line)}/").stored
    except ValueError as error:  # such as one that begins with the name of another header
        return str(error)
    return "" if stored.answer else f"{stored.because} ({stored.rule})"


def host_of(line: str) -> str:
    """A host that may set the cookie, if one may."""
    domain = SetCookie(line).attributes.get("Domain", "")
    return domain if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) else "app.example"


def _grouped(findings: Sequence[Finding]) -> list[Change]:
    groups: dict[tuple[object, ...], Change] = {}
    for finding in findings:
        answer, *change = finding
        group = groups.setdefault(tuple(change), Change(*finding[1:], finding.verdict, []))
        if answer not in group.answers:
            group.answers.append(answer)
    return list(groups.values())
