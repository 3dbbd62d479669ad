"""Values that differ from run to run, followed through a notebook."""

from __future__ import annotations

import re
from urllib.parse import quote

import nbformat
import pytest

from demo_app.setup.blank import NOTEBOOKS, all_notebooks
from demo_app.teach.values import RULES, Values, sanitized, texts

A, B, C, D = (letter * 32 for letter in "ABCD")
SIGNED, OTHER = "a+b/" * 10 + "xyz", "c" * 43


def cookie(sid: str, signature: str = OTHER) -> str:
    return f"mycookie=s%3A{sid}.{quote(signature, safe='')}; Path=/"


@pytest.mark.parametrize("path", all_notebooks(NOTEBOOKS), ids=lambda path: path.stem)
def test_values_are_what_nbval_replaces(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for text in texts(cell.get("outputs", ())).values():
            by_nbval = text
            for regex, replace in RULES:
                by_nbval = re.sub(regex, replace, by_nbval)
            assert sanitized(text) == by_nbval


def test_stored_values_take_the_places_of_new_ones_in_what_has_changed_too():
    values = Values()
    assert values.compare("cell 0", f"{A}\n{cookie(A, SIGNED)}", f"{B}\n{cookie(B)}") == []
    assert values.translate("", f"now there is {B}, and {C}") == f"now there is {A}, and {C}"
    assert values.translate("", cookie(B)) == cookie(A, SIGNED)
    assert values.translate("", f"signature: {OTHER}") == f"signature: {SIGNED}"


def test_in_a_line_that_has_changed_a_value_takes_the_place_of_the_one_that_stood_there():
    values = Values()
    assert values.compare("cell 0", cookie(A), cookie(B) + "; HttpOnly") == []
    assert values.translate(cookie(A), cookie(B) + "; HttpOnly") == cookie(A) + "; HttpOnly"
    assert values.translate(f"the id: {A}", f"the id was: {B}") == f"the id was: {A}"


def test_two_new_values_never_become_one():
    values = Values()
    values.compare("cell 0", A, B)
    assert values.translate(f"{A} {A}", f"{B} {C}") == f"{A} {C}"


def test_ports_and_dates_may_agree_by_chance():
    values = Values()
    first, second = "http://127.0.0.1:40001/ http://127.0.0.1:40002/", "http://127.0.0.1:50000/ http://127.0.0.1:50000/"
    assert values.compare("cell 0", first, second) == []
    assert values.translate(first, second) == first
    assert values.translate("", "See http://localhost:50000/") == "See http://localhost:40001/"


def test_what_the_author_wrote_is_no_value_of_a_run():
    values = Values(f'forged = "{B}"')
    assert values.compare("cell 0", A, B) == []
    assert values.translate(A, B) == B


def test_an_id_that_is_not_renewed_is_told_of_once():
    values = Values()
    assert values.compare("cell 0", cookie(A), cookie(C)) == []
    # Its signature is the same as well, which follows.
    assert values.compare("cell 4", cookie(B, SIGNED), cookie(C)) == [
        "the id is that of cell 0, where a new one is stored: mycookie=s%3A<id>.<signature>; Path=/"
    ]
    assert values.compare("cell 5", f"<td>{B}</td>", f"<td>{C}</td>") == []
    assert values.translate(cookie(B), cookie(C)) == cookie(A)


def test_an_id_that_is_renewed_without_a_reason_is_told_of():
    values = Values()
    assert values.compare("cell 0", A, C) == []
    assert values.compare("cell 4", A, D) == ["the id is a new one, where that of cell 0 is stored: <id>"]


def test_an_id_of_somebody_else_is_told_of():
    values = Values()
    assert values.compare("cell 0", A, C) == []
    assert values.compare("cell 1", f"{B}\n{B}", f"{D}\n{D}") == []
    assert values.compare("cell 2", f"I am {A}", f"I am {D}") == [
        "the id is that of cell 1, where that of cell 0 is stored: I am <id>"
    ]


def test_in_one_cell_it_is_one_from_above():
    assert Values().compare("cell 2", f"before: {A}\nafter: {B}", f"before: {C}\nafter: {C}") == [
        "the id is one from above, where a new one is stored: after: <id>"
    ]
