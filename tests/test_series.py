"""A lesson is announced in one place, and each of the others says what it lacks. (The guide's are in test_teaching.)"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from demo_app import CookieOptions, MemoryStore, SessionOptions
from demo_app.lesson import audit
from demo_app.lesson.series import SERIES
from demo_app.teach.announce import announced

ROOT = Path(__file__).parents[1]
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}

WRITTEN = [lesson for lesson in SERIES if lesson.name in NOTEBOOKS]


def test_every_notebook_is_in_the_series():
    unknown = [name for name in NOTEBOOKS if name not in {lesson.name for lesson in SERIES}]
    assert not unknown, f"Add Lesson({unknown[0]!r}, …) to SERIES in demo_app/lesson/series.py."


def test_every_lesson_has_its_notebook():
    missing = [lesson.name for lesson in SERIES if lesson.name not in NOTEBOOKS]
    assert not missing, (
        f"Write notebooks/{missing[0]}.ipynb, or take {missing[0]!r} out of SERIES in demo_app/lesson/series.py."
    )


def test_the_series_is_in_reading_order():
    numbers = [lesson.number for lesson in SERIES]
    assert numbers == [f"{place:02}" for place in range(len(SERIES))], (
        "In demo_app/lesson/series.py the names begin with 00, 01, 02 and so on, without a gap."
    )


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.name)
def test_a_notebook_is_called_as_in_the_series(lesson):
    title = nbformat.read(NOTEBOOKS[lesson.name], as_version=4).cells[0].source.partition("\n")[0]
    wanted = f"# {lesson.heading}" + (f": {lesson.option}" if "`" in lesson.option else "")
    assert title == wanted, (
        f"notebooks/{lesson.name}.ipynb begins with {title!r}, and demo_app/lesson/series.py makes that {wanted!r}: "
        "change one of them."
    )


def test_readme_and_the_links_between_lessons_are_made_from_the_series():
    old = [path.name for path, text in announced() if path.read_text(encoding="utf-8") != text]
    assert not old, f"{', '.join(old)}: run python -m demo_app.teach.announce"


def test_each_weakness_is_explained_in_one_lesson():
    explained = [option for lesson in SERIES for option in lesson.explains]
    assert len(set(explained)) == len(explained), "An option stands in the 'explains' of one lesson only."


@pytest.mark.parametrize(
    "options",
    [
        {"rolling": True, "resave": True, "save_uninitialized": True, "proxy": True, "store": MemoryStore()},
        {"genid": lambda request: "a", "cookie": CookieOptions(httponly=False, domain="example.com", partitioned=True)},
        {"cookie": lambda request: CookieOptions()},
    ],
)
def test_every_option_that_the_audit_names_has_a_lesson(options):
    # A KeyError here names an option: add it to the 'explains' of a lesson in demo_app/lesson/series.py.
    assert all(
        row[3] in {lesson.number for lesson in SERIES} for row in audit(SessionOptions(secret="s", **options)).rows
    )
