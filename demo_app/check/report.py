"""What was found, for people and for what they work with: text, JSON, JUnit's XML, GitHub's annotations.

Names and values are an app's, and may be hostile: no sign of control is printed, and no line is a command to GitHub's
runner.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from xml.etree import ElementTree

from ..cookies import SetCookie
from ..cookies.command import printable
from ..cookies.table import Table
from .asking import Answer
from .changes import Change, Compared, refusal
from .step import Step

_RELATIONS = {
    "new": "new",
    "same": "the one that the client has",
    "again": "one from before",
    "kept": "the one that the client has, since none is set",
}


def sentence(change: Change) -> str:
    """A change in one line, such as ``shop: SameSite is None, was Lax``."""
    recorded, now = change.recorded, change.now
    if change.what == "outcome":
        return now or ""
    if not change.cookie:
        what = {"asks for a password": "the page asks for a password:", "location": "it leads to"}.get(
            change.what, f"{change.what} is"
        )
        nothing = "no" if change.what == "asks for a password" else "nothing"
        return f"{what} {now or nothing}, was {recorded or nothing}"
    if change.what == "set":
        if now is None:
            return f"{change.cookie} is not set any more"
        return f"{change.cookie} is set, and was not: {now}"
    if change.what == "id":
        return f"{change.cookie}: the value is {_RELATIONS[now or 'new']}, was {_RELATIONS[recorded or 'new']}"
    if now is None:
        return f"{change.cookie}: {change.what} is gone" + (f", was {recorded}" if recorded != "yes" else "")
    if recorded is None:
        return f"{change.cookie}: {change.what} is new" + (f": {now}" if now != "yes" else "")
    return f"{change.cookie}: {change.what} is {now or '(empty)'}, was {recorded or '(empty)'}"


def place(answer: Answer) -> str:
    """Which answer it is, such as ``"POST /login over HTTPS"``."""
    return f"{Step(answer.step).request} over {answer.scheme.upper()}"


def places(answers: Sequence[Answer]) -> str:
    """Where a change was found: the steps, each with its schemes."""
    schemes: dict[str, list[str]] = defaultdict(list)
    for answer in answers:
        schemes[Step(answer.step).request].append(answer.scheme.upper())
    return "; ".join(f"{step} ({', '.join(dict.fromkeys(found))})" for step, found in schemes.items())


def refusals(answers: Sequence[Answer]) -> Iterator[str]:
    """Which of these cookies a browser would not store, and why."""
    for answer in answers:
        for line in answer.set_cookie:
            if because := refusal(line, answer.scheme):
                cookie = f"{SetCookie(line).name} over {answer.scheme.upper()}"
                yield f"A browser does not store {cookie}: {because}"


def text(compared: Compared, baseline: str, again: str, everything: bool = False) -> str:
    """What has changed and nothing else.

    :param again: The command that records it, for the last line.
    :param everything: Every finding, whether it has changed or not.
    """
    lines = []
    if everything:
        for findings in compared.findings:
            answer = findings[0].answer
            rows = [
                tuple(map(one_line, (found.verdict, found.cookie, found.what, found.recorded or "", found.now or "")))
                for found in findings
                if found.what != "outcome" or found.now
            ]
            lines += [one_line(place(answer)), ""]
            lines += [repr(Table(("", "cookie", "what", "recorded", "now"), rows)), ""]
    for change in compared.changes:
        lines += [f"{change.verdict:7}  {one_line(sentence(change))}", f"         {one_line(places(change.answers))}"]
    if compared.changes:
        lines += [""]
        lines += [one_line(one) for one in dict.fromkeys(refusals([one.answer for one in compared.asked]))]
    if compared.consequences:
        answers = {id(found.answer) for found in compared.consequences}
        lines += [
            f"{len(compared.consequences)} more differences, in {len(answers)} later answers, may follow from that: "
            "--all shows them."
        ]
    total = sum(found.what != "outcome" for findings in compared.findings for found in findings)
    if compared.changes:
        number = len(compared.changes)
        lines += [
            f"{number} change{'s' if number > 1 else ''} since {baseline} was recorded.",
        ]
        if all(change.what != "outcome" for change in compared.changes):  # nobody intends a log-in that fails
            lines += [f"If that is intended: {again}"]
    else:
        lines += [f"All {total} findings are as recorded in {baseline}."]
    return harmless("\n".join(lines))


def as_json(compared: Compared, baseline: str) -> str:
    """All changes, for programs."""
    changes = [
        {
            "verdict": change.verdict,
            "cookie": change.cookie,
            "what": change.what,
            "recorded": change.recorded,
            "now": change.now,
            "text": sentence(change),
            "answers": [{"step": answer.step, "scheme": answer.scheme} for answer in change.answers],
        }
        for change in compared.changes
    ]
    return json.dumps({"baseline": baseline, "changes": changes, "consequences": len(compared.consequences)}, indent=2)


def as_junit(compared: Compared, baseline: str) -> str:
    """A test for each answer, with the changes that begin there as its failure."""
    suite = ElementTree.Element("testsuite", name="session cookies", tests=str(len(compared.findings)))
    failures = 0
    for findings in compared.findings:
        answer = findings[0].answer
        case = ElementTree.SubElement(suite, "testcase", classname=one_line(baseline), name=one_line(place(answer)))
        found = [one_line(sentence(change)) for change in compared.changes if answer in change.answers]
        if found:
            failures += 1
            ElementTree.SubElement(case, "failure", message=found[0]).text = "\n".join(found)
    suite.set("failures", str(failures))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def as_github(compared: Compared, baseline: str) -> str:
    """An annotation for each change, at the baseline's file."""
    return "\n".join(
        f"::error file={_property(baseline)},title={_property('Session cookie')}::"
        + _data(f"{sentence(change)} — {places(change.answers)}")
        for change in compared.changes
    )


#: The formats for programs, by name.
FORMATS: dict[str, Callable[[Compared, str], str]] = {"json": as_json, "junit": as_junit, "github": as_github}


def harmless(text: str) -> str:
    """Text without what GitHub's runner would obey: ``::`` where a line begins, and ``##[`` anywhere."""
    return re.sub(r"(?m)^(\s*)(?=::)", r"\1| ", text.replace("##[", "## ["))


def one_line(text: str) -> str:
    return printable(text).replace("\n", r"\n")


def _data(text: str) -> str:
    """Text that cannot end an annotation and begin another."""
    return harmless(one_line(text)).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
