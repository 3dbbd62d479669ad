"""The teacher's guide says what the lessons say: minutes, exercises, headings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: What a timetable is for: its heading, and how many minutes it may take.
TIMETABLES = {"90 minutes": 90, "Half a day": 4 * 60, "A day": 7 * 60}


class Lesson(NamedTuple):
    title: str
    reading: int
    exercises: list[int]
    headings: list[str]


def read(path: Path) -> Lesson:
    text = "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    reading, exercises = map(int, re.search(r"Reading (\d+) minutes, exercises (\d+) minutes", text).groups())
    each = [int(minutes) for minutes in re.findall(r"^## Exercise.*\((\d+) minutes\)$", text, re.MULTILINE)]
    assert sum(each) == exercises, "the exercises take as long as the title says"
    title = re.match(r"# (\d\d · [^:\n]*)", text)[1]
    return Lesson(title, reading, each, re.findall(r"^## (.*)$", text, re.MULTILINE))


def section(heading: str, level: str = "###") -> str:
    """The text below the heading that begins with this."""
    found = re.search(rf"^{level} {re.escape(heading)}.*?$(.*?)(?=^{level} |^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, heading
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
    lessons = {path.name: read(path) for path in LESSONS}
    for part, reading, exercises, which in parts:
        link = re.fullmatch(r"\[(.*)\]\(\.\./notebooks/(.*)\)", part)
        if link:
            lesson = lessons[link[2]]
            chosen = [lesson.exercises[int(number) - 1] for number in re.findall(r"\d", which)]
            assert (link[1], minutes(reading), minutes(exercises)) == (lesson.title, lesson.reading, sum(chosen))
    for column in (1, 2):
        assert minutes(total[column]) == sum(minutes(row[column]) for row in parts)
    assert minutes(total[1]) + minutes(total[2]) <= most


def test_the_day_has_every_lesson():
    assert [f"../notebooks/{path.name}" in section("A day") for path in LESSONS] == [True] * len(LESSONS)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_has_its_idea_its_questions_its_trap_and_what_to_cut(path):
    lesson = read(path)
    text = section(lesson.title)
    for part in ("**The one idea:**", "**Watch for:**", "| they ask | answer |", "**Short of time?**"):
        assert part in text
    assert len(rows(text)) >= 2
    for heading in re.findall(r'Leave out "([^"]*)"', text):
        assert heading in lesson.headings
