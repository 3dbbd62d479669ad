"""The set-ups that no test here can run, as far as they can be read: GitHub's tests, and Codespaces's container."""

from __future__ import annotations

import json
import re
from itertools import product

import yaml
from packaging.specifiers import SpecifierSet

from tests.tools import versions

from .setup_files import ROOT
from .test_dependencies import PROJECT

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
CONTAINER = json.loads(
    re.sub(r"^\s*//.*$", "", (ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"), flags=re.MULTILINE)
)


def runs() -> set[tuple[str, str, str]]:
    """The combinations of system, Python and versions that are tested."""
    matrix = WORKFLOW["jobs"]["test"]["strategy"]["matrix"]
    left_out = {(one["python"], one["versions"]) for one in matrix["exclude"]}
    all_of_them = product(matrix["os"], matrix["python"], matrix["versions"])
    return {(system, python, which) for system, python, which in all_of_them if (python, which) not in left_out}


def test_three_systems_are_tested_with_the_lowest_and_the_newest():
    lowest = PROJECT["requires-python"].removeprefix(">=")
    for system in ("ubuntu", "macos", "windows"):
        assert {(f"{system}-latest", lowest, "lowest"), (f"{system}-latest", "3.x", "newest")} <= runs()
    assert {which for _, _, which in runs()} == {"locked", *versions.RESOLUTIONS}


def test_it_runs_each_week():
    (schedule,) = WORKFLOW[True]["schedule"]  # YAML takes the key "on" for a truth
    assert re.fullmatch(r"\d+ \d+ \* \* \d", schedule["cron"])


def test_what_the_steps_use_cannot_be_changed_by_moving_a_tag():
    used = [step["uses"] for step in WORKFLOW["jobs"]["test"]["steps"] if "uses" in step]
    assert used
    assert not [name for name in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name)]


def test_the_container_has_what_it_speaks_of():
    assert CONTAINER["image"].removeprefix("python:") in SpecifierSet(PROJECT["requires-python"])
    assert (ROOT / re.search(r"--requirement (\S+)", CONTAINER["onCreateCommand"])[1]).exists()
    (first,) = CONTAINER["customizations"]["codespaces"]["openFiles"]
    assert (ROOT / first).exists()
