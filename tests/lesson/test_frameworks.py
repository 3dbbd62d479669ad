"""Every row of the tables "Elsewhere" against the framework itself."""

from __future__ import annotations

import ast

import pytest

from demo_app.lesson import elsewhere
from demo_app.lesson.frameworks import FACTS

from .frameworks import FIRST_COOKIE


@pytest.mark.parametrize("option", FACTS)
def test_every_table_speaks_of_all_frameworks(option):
    assert [fact.framework for fact in FACTS[option]] == list(FIRST_COOKIE)
    assert len(elsewhere(option).rows) == len(FIRST_COOKIE)


@pytest.mark.parametrize("fact", FACTS["name"], ids=lambda fact: fact.framework)
def test_name(fact):
    first_cookie = FIRST_COOKIE[fact.framework]
    default = ast.literal_eval(fact.default)
    assert fact.header == f"{default}=…"
    assert first_cookie({}).startswith(f"{default}=")
    assert first_cookie({fact.setting: "mycookie"}).startswith("mycookie=")
