"""Every exercise with its blank, its printed solution, and wrong answers."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from demo_app.lesson import Exercise
from demo_app.lesson.checks import name, start

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

#: For each exercise: wrong answers, the verdict each gets, and what it is told.
WRONG = {
    (start, "second_visitor"): [
        ("def f(url): return requests.get(f'{url}/api/visits')", "wrong", "the whole response"),
        ("def f(url):\n c = requests.Session(); c.get(f'{url}/api/visits')\n return c.get(f'{url}/api/visits').json()['visits']",
         "wrong", "returned 2. It sent its cookie back"),
        ("def f(url): return requests.get(f'{url}/api/visits').json()", "wrong", "in the answer's JSON, under 'visits'"),
        ("def f(url): return requests.get(f'{url}/api/peek').json()['visits']", "wrong", "returned 0"),
        ("def f(url): return requests.get(f'{url}/visits').json()['visits']", "raised", "KeyError"),
        ("f = 1", "wrong", "takes the function itself, and got 1"),
    ],
    (name, "rename"): [
        ("def f(): return SessionOptions(secret='s')", "wrong", "'connect.sid', which is a framework's default"),
        ("def f(): return SessionOptions(name='Shop_Session', secret='s')", "wrong", "Upper and lower case count"),
        ("def f(): return SessionOptions(name='shop session', secret='s')", "raised", "OptionError: name is 'shop session'"),
        ("def f(): return 'shop_session'", "wrong", "has to return SessionOptions"),
        ("def f(): SessionOptions(name='shop_session', secret='s')", "wrong", "returned None"),
    ],
    (name, "two_apps"): [
        ("def f(): return SessionOptions(name='shop_session', secret='s')", "wrong", "the shop answered 401"),
        ("def f(): return SessionOptions(name='shop_session', secret='cookiesaregood')", "wrong", "the shop answered 401"),
        ("def f(): return SessionOptions(name='blog', secret='s', cookie=CookieOptions(path='/blog'))", "raised", "visits"),
        ("def f(): return SessionOptions(name='blog')", "raised", "OptionError: secret is missing"),
        ("def f(): return 'blog'", "wrong", "has to return SessionOptions"),
    ],
}  # fmt: skip
EXERCISES = [pytest.param(getattr(module, attribute), id=attribute) for module, attribute in WRONG]


def run(code: str) -> object:
    """Run a learner's code and return the last thing it defined."""
    names: dict[str, object] = {}
    exec("import requests\nfrom demo_app import *", names)
    given = set(names)
    exec(code, names)
    return [value for key, value in names.items() if key not in given][-1]


def cells(kind: str) -> list[str]:
    return [
        "".join(cell["source"])
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == kind
    ]


def blank(attribute: str) -> str:
    """The function with the blank, from the cell that ends in the exercise's check."""
    (code,) = (source for source in cells("code") if re.search(rf"^{attribute}\.check\(", source, re.MULTILINE))
    (function,) = (node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef))
    return ast.unparse(function)


def solution(attribute: str) -> str:
    """The solution that is printed in the notebook: it defines the function of the blank."""
    signature = blank(attribute).splitlines()[0]
    (found,) = (
        code
        for source in cells("markdown")
        for code in re.findall(r"<summary>Solution</summary>.*?```python\n(.*?)```", source, re.DOTALL)
        if signature in code
    )
    return found


@pytest.mark.parametrize("attribute", [attribute for _, attribute in WRONG])
def test_the_untouched_blank_is_not_tried_yet(attribute):
    module = next(m for m, a in WRONG if a == attribute)
    verdict = getattr(module, attribute).check(run(blank(attribute)))
    assert verdict.kind == "untried"
    assert "____" in verdict.message


@pytest.mark.parametrize("attribute", [attribute for _, attribute in WRONG])
def test_the_printed_solution_is_right(attribute):
    module = next(m for m, a in WRONG if a == attribute)
    verdict = getattr(module, attribute).check(run(solution(attribute)))
    assert verdict.kind == "right", verdict


@pytest.mark.parametrize(
    ("exercise", "code", "kind", "message"),
    [
        pytest.param(getattr(module, attribute), *answer, id=f"{attribute}-{number}")
        for (module, attribute), answers in WRONG.items()
        for number, answer in enumerate(answers)
    ],
)
def test_a_wrong_answer_is_told_what_was_found(exercise, code, kind, message):
    verdict = exercise.check(run(code))
    assert verdict.kind == kind, verdict
    assert message in verdict.message


def test_every_exercise_has_three_wrong_answers_or_more():
    assert all(len(answers) >= 3 for answers in WRONG.values())
    known = {attribute for _, attribute in WRONG}
    made = {key for module, _ in WRONG for key, value in vars(module).items() if isinstance(value, Exercise)}
    checked = {found for source in cells("code") for found in re.findall(r"^(\w+)\.check\(", source, re.MULTILINE)}
    assert known == made == checked


@pytest.mark.parametrize("exercise", EXERCISES)
def test_hints_come_one_after_the_other_and_the_last_one_stays(exercise):
    exercise = Exercise(exercise._check, exercise._hints)
    hints = [str(exercise.hint()) for _ in range(len(exercise._hints) + 1)]
    assert 2 <= len(exercise._hints) <= 3
    assert hints[0].startswith("Hint 1 of")
    assert hints[-1] == hints[-2]


def test_a_verdict_reads_without_colour_and_is_escaped():
    verdict = Exercise(lambda answer: "<ok>", ()).check(lambda: None)
    assert repr(verdict) == "✓ Right. <ok>"
    assert verdict._repr_html_() == "<p><b>✓ Right.</b> &lt;ok&gt;</p>"
