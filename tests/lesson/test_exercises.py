"""Every exercise with its blank, its printed solution, and wrong answers."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from demo_app.lesson import Exercise
from demo_app.lesson.checks import httponly, max_age, name, resave, save_uninitialized, secret, secure, start, together

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
        ("def f(url): return 1", "wrong", "without asking the server"),
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
    (secret, "is_genuine"): [
        ("def f(value, secret): return True", "wrong", "For another id under the same signature the function returned True"),
        ("def f(value, secret): return False", "wrong", "For a genuine value the function returned False"),
        ("def f(value, secret): return len(value.rsplit('.', 1)[1]) == 43", "wrong", "For another id"),
        ("def f(value, secret): return sign(value, secret.encode()) == value", "wrong", "For a genuine value"),
        ("def f(value, secret): return sign('an-id', secret) == value", "raised", "TypeError"),
    ],
    (secret, "rotate"): [
        ('def f(store): return SessionOptions(secret="this year\'s secret", store=store)', "wrong", "old secret is no longer accepted"),
        ('def f(store): return SessionOptions(secret=["last year\'s secret", "this year\'s secret"], store=store)',
         "wrong", "signed with the old secret"),
        ('def f(store): return SessionOptions(secret=["this year\'s secret", "last year\'s secret"])', "wrong", "no longer accepted"),
        ("def f(store): return SessionOptions(secret=[], store=store)", "raised", "empty list"),
        ("def f(store): return ['a', 'b']", "wrong", "has to return SessionOptions"),
    ],
    (max_age, "half_an_hour"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=30))", "wrong", "seconds, not minutes"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=1000 * 60 * 30))", "wrong", "not milliseconds"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age='1800'))", "raised", "is '1800' (str)"),
        ("def f(): return SessionOptions(secret='s')", "wrong", "no Expires"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=timedelta(hours=30)))", "wrong", "1 day, 6:00:00"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=0))", "wrong", "shorter than a request"),
    ],
    (max_age, "idle_timeout"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=900))", "wrong", "carried no new date"),
        ("def f(): return SessionOptions(secret='s', rolling=True)", "wrong", "no Expires"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=15), rolling=True)", "wrong", "not minutes"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(max_age=900, rolling=True))", "raised", "rolling"),
        ("def f(): return SessionOptions(secret='s', resave=True, cookie=CookieOptions(max_age=900))", "wrong", "no new date"),
        ("def f(): return SessionOptions(secret='s', rolling=True, cookie=CookieOptions(max_age=900, secure=True))", "wrong", "plain HTTP"),
    ],
    (secure, "both_worlds"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True))", "wrong", "over plain HTTP"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=False))", "wrong", "has no Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure='Auto'))", "raised", "is 'Auto' (str)"),
        ("def f(): return SessionOptions(secret='s', proxy=True, cookie=CookieOptions(secure=True))", "wrong", "over plain HTTP"),
    ],
    (secure, "behind_a_proxy"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True))", "wrong", "did not stick"),
        ("def f(): return SessionOptions(secret='s', proxy=True)", "wrong", "has no Secure"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure='auto'))", "wrong", "has no Secure"),
        ("def f(): return SessionOptions(secret='s', proxy=True, cookie=CookieOptions(secure='auto'))", "wrong", "without Secure"),
        ("def f(): return SessionOptions(secret='s', proxy=False, cookie=CookieOptions(secure=True))", "wrong", "did not stick"),
    ],
    (httponly, "only_the_colours"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly=False))", "wrong", "can read the session id"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httponly='yes'))", "raised", "is 'yes' (str)"),
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(httpOnly=True))", "raised", "Did you mean 'httponly'"),
    ],
    (httponly, "safe_entry"): [
        ("def f(entry): return f'<li>{entry}</li>'", "wrong", "the page has the tag <img>"),
        ("def f(entry): return escape(entry)", "wrong", "stands between <li> and </li>"),
        ("def f(entry): return '<li>' + entry.replace('<', '') + '</li>'", "wrong", "something that was written is not shown"),
        ("def f(entry): return '<li>' + entry.replace('<script>', '') + '</li>'", "wrong", "the page has the tag <img>"),
        ("def f(entry): return '<li>' + entry.replace('<', '&lt;') + '</li>'", "wrong", "a visitor reads '<b>'"),
    ],
    (resave, "calls_of_a_read"): [
        ("def f(): return ['get']", "wrong", "comes last"),
        ("def f(): return ['touch']", "wrong", "comes first"),
        ("def f(): return ['get', 'set']", "wrong", "no call of 'set': the request changed nothing"),
        ("def f(): return 'get'", "wrong", "has to return a list"),
        ("def f(): return None", "wrong", "called differently"),
    ],
    (resave, "add_slowly"): [
        ("def f(item, wait):\n cart = session.get('cart', [])\n wait()\n session['cart'] = cart + [item]", "wrong", "overwritten"),
        ("def f(item, wait):\n session.reload()\n cart = session['cart']\n wait()\n session['cart'] = cart + [item]", "wrong", "overwritten"),
        ("def f(item, wait):\n wait()\n session['cart'] = session['cart'] + [item]\n session.reload()", "wrong", "bread is missing"),
        ("def f(item, wait):\n session.reload(item)", "raised", "TypeError"),
    ],
    (save_uninitialized, "from_the_first_request"): [
        ("def f(): return SessionOptions(secret='s', save_uninitialized=False)", "wrong", "got no cookie"),
        ("def f(): return SessionOptions(secret='s', rolling=True)", "wrong", "got no cookie"),
        ("def f(): return SessionOptions(secret='s', saveUninitialized=True)", "raised", "Did you mean 'save_uninitialized'"),
    ],
    (save_uninitialized, "show_cart"): [
        ("def f(): return session.setdefault('cart', [])", "wrong", "put something into it"),
        ("def f(): return session['cart']", "raised", "KeyError"),
        ("def f(): return session.get('cart')", "wrong", "returned None"),
        ("def f(): return []", "wrong", "for one with tea []"),
    ],
    (together, "this_header"): [
        ("def f(): return SessionOptions(secret='s', cookie=CookieOptions(secure=True, samesite='Strict'))", "wrong", "'connect.sid'"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Lax'))",
         "wrong", "SameSite=Lax. Look at SameSite"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(samesite='Strict'))", "wrong", "Look at Secure"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', cookie=CookieOptions(secure=True, samesite='Strict', max_age=60))",
         "wrong", "has Expires, which"),
        ("def f(): return SessionOptions(secret='s', name='__Host-shop', genid=1)", "raised", "genid is 1"),
    ],
    (together, "production"): [
        ("def f(environment, store): return SessionOptions(name='shop', secret='s', store=store)", "wrong", "not the one from the environment"),
        ("def f(environment, store): return SessionOptions(name='shop', secret=environment['SESSION_SECRET'])", "wrong", "do not use the store"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store)", "wrong", "Sessions last None"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=environment['SESSION_MINUTES']))", "raised", "is '30' (str)"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30)))", "wrong", "name: the default name"),
        ("def f(environment, store): return SessionOptions(name='shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='Lax'))", "wrong", "name: a neighbouring host"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='None'))", "wrong", "every other site"),
        ("def f(environment, store): return SessionOptions(name='__Host-shop', secret=environment['SESSION_SECRET'], store=store, "
         "rolling=True, cookie=CookieOptions(max_age=timedelta(minutes=30), secure=True, samesite='Lax'))", "wrong", "no absolute end"),
        ("def f(environment, store): return SessionOptions(secret=environment['SESSION_SECRET'], store=store, "
         "cookie=lambda request: CookieOptions(max_age=timedelta(minutes=30)))", "wrong", "are a function of the request"),
    ],
}  # fmt: skip
EXERCISES = [pytest.param(getattr(module, attribute), id=attribute) for module, attribute in WRONG]


def run(code: str) -> object:
    """Run a learner's code and return the last thing it defined."""
    names: dict[str, object] = {}
    exec(
        "import requests\nfrom datetime import timedelta\nfrom html import escape\nfrom flask import session\n"
        "from demo_app import *\nfrom demo_app.session import sign",
        names,
    )
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
    few = [attribute for (_, attribute), answers in WRONG.items() if len(answers) < 3]
    assert not few, (
        f"{', '.join(few)}: write three wrong answers or more into WRONG, in tests/lesson/test_exercises.py."
    )
    known = {attribute for _, attribute in WRONG}
    made = {key for module, _ in WRONG for key, value in vars(module).items() if isinstance(value, Exercise)}
    checked = {found for source in cells("code") for found in re.findall(r"^(\w+)\.check\(", source, re.MULTILINE)}
    assert checked <= known, (
        f"{', '.join(checked - known)}: in a notebook, and without wrong answers. "
        "Write them into WRONG, in tests/lesson/test_exercises.py."
    )
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
