"""The teacher's guide says what the lessons say: minutes, exercises, headings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from demo_app.lesson.series import PARTS, SERIES

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
# test_series names the lessons that are announced and not written.
WRITTEN = [lesson.name for lesson in SERIES if (ROOT / "notebooks" / f"{lesson.name}.ipynb").exists()]
ASKED_FOR = ("**The one idea:**", "**Watch for:**", "| they ask | answer |", "**Short of time?**")
#: What a timetable is for: its heading, and how many minutes it may take.
TIMETABLES = {"90 minutes": 90, "Half a day": 4 * 60, "A day": 7 * 60, "A second day": 7 * 60}
#: The day on which there is time for all lessons of a part of the series.
DAYS = {"The article's options": "A day", "The other options": "A second day"}

#: The minutes of a prediction by show of hands, beyond those of the reading.
HANDS = 0.5

#: The seconds that reading a lesson takes. It is a rule of thumb, so a lesson may say up to three minutes more or less.
WORD, CODE_LINE, OUTPUT_LINE, CELL_TO_RUN, PREDICTION = 60 / 200, 3, 1.5, 5, 20


class Notebook(NamedTuple):
    heading: str
    reading: int
    exercises: list[int]
    headings: list[str]
    predictions: int


def read(name: str) -> Notebook:
    path = ROOT / "notebooks" / f"{name}.ipynb"
    text = "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    reading, exercises = map(int, re.search(r"Reading (\d+) minutes, exercises (\d+) minutes", text).groups())
    each = [int(minutes) for minutes in re.findall(r"^## Exercise.*\((\d+) minutes\)$", text, re.MULTILINE)]
    assert sum(each) == exercises, (
        f"The exercises of {path.name} take {sum(each)} minutes, and its first cell says {exercises}."
    )
    heading = re.match(r"# (\d\d · [^:\n]*)", text)[1]
    return Notebook(heading, reading, each, re.findall(r"^## (.*)$", text, re.MULTILINE), text.count("**Predict:**"))


def counted(name: str) -> float:
    """How many minutes reading a lesson takes, without its exercises, which have minutes of their own."""
    seconds, in_exercise = 0.0, False
    for cell in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells:
        if cell.source.startswith("## "):
            in_exercise = cell.source.startswith("## Exercise")
        if in_exercise:
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if cell.cell_type == "markdown":
            text = re.sub(r"```.*?```|\]\(.*?\)|<.*?>", " ", cell.source, flags=re.DOTALL)
            seconds += len(text.split()) * WORD + text.count("**Predict:**") * PREDICTION
        else:
            shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            rows = [line for text in shown for line in text.splitlines() if line.strip()]
            seconds += len(lines) * CODE_LINE + len(rows) * OUTPUT_LINE + CELL_TO_RUN
    return seconds / 60


def section(heading: str, level: str = "###") -> str:
    """The text below the heading that begins with this."""
    found = re.search(rf"^{level} {re.escape(heading)}.*?$(.*?)(?=^{level} |^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/teaching.md has no heading {level} {heading}"
    return found[1]


def rows(table: str) -> list[list[str]]:
    """The rows of a table, without head and rule."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def minutes(cell: str) -> int:
    return int(cell.strip("*") or 0)


@pytest.mark.parametrize(("heading", "most"), TIMETABLES.items())
def test_a_timetable_adds_up_and_has_the_minutes_of_the_lessons(heading, most):
    *parts, total = rows(section(heading))
    lessons = {f"{name}.ipynb": read(name) for name in WRITTEN}
    for part, reading, exercises, which, hands in parts:
        link = re.fullmatch(r"\[(.*)\]\(\.\./notebooks/(.*)\)", part)
        if link:
            lesson = lessons[link[2]]
            chosen = [lesson.exercises[int(number) - 1] for number in re.findall(r"\d", which)]
            assert (link[1], minutes(reading), minutes(exercises)) == (lesson.heading, lesson.reading, sum(chosen)), (
                f"In {heading!r} of docs/teaching.md, {link[2]} is to be called {lesson.heading!r}, with "
                f"{lesson.reading} minutes of reading and {sum(chosen)} of exercises, as in its first cell."
            )
            assert minutes(hands) <= lesson.predictions, f"{link[2]} has {lesson.predictions} predictions."
    for column in (1, 2, 4):
        added = sum(minutes(row[column]) for row in parts)
        assert minutes(total[column]) == added, f"The total of {heading!r} in docs/teaching.md is to be **{added}**."
    long = minutes(total[1]) + minutes(total[2]) + minutes(total[4]) * HANDS
    assert long <= most, f"{heading!r} in docs/teaching.md takes {long:g} minutes of {most}: leave something out of it."


@pytest.mark.parametrize("name", WRITTEN)
def test_a_lesson_says_how_long_reading_it_takes(name):
    says = read(name).reading
    assert abs(says - counted(name)) <= 3, (
        f"{name} says {says} minutes of reading, and {counted(name):.1f} are counted."
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_a_day_has_every_lesson(name):
    lesson = read(name)
    which = ", ".join(str(number + 1) for number in range(len(lesson.exercises)))
    row = f"| [{lesson.heading}](../notebooks/{name}.ipynb) | {lesson.reading} | {sum(lesson.exercises)} | {which} |"
    (day,) = (DAYS[part] for part, lessons in PARTS.items() if name in [each.name for each in lessons])
    assert f"../notebooks/{name}.ipynb" in section(day), (
        f"Add this to {day!r} in docs/teaching.md, and to the total below it: {row}"
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_every_lesson_has_its_idea_its_questions_its_trap_and_what_to_cut(name):
    lesson = read(name)
    assert f"### {lesson.heading}\n" in GUIDE, (
        f"Write '### {lesson.heading}' into 'Lesson by lesson' of docs/teaching.md, with {', '.join(ASKED_FOR)}."
    )
    text = section(lesson.heading)
    for part in ASKED_FOR:
        assert part in text, f"'### {lesson.heading}' in docs/teaching.md lacks {part}"
    assert len(rows(text)) >= 2, (
        f"'### {lesson.heading}' in docs/teaching.md has fewer than two questions with answers."
    )
    for heading in re.findall(r'Leave out "([^"]*)"', text):
        assert heading in lesson.headings, (
            f"{name}.ipynb has no heading {heading!r}, which docs/teaching.md leaves out."
        )
