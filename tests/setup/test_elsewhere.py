"""The set-ups that no test here can run, as far as they can be read: GitHub's tests, and Codespaces's container."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import product

import yaml
from packaging.specifiers import SpecifierSet

from demo_app.setup.lab import LESSON
from tests.tools import versions

from .conftest import Copy
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
    assert first == LESSON


def makes_the_copy(copy: Copy) -> bool:
    """Whether the learner's copy is there now, and was not before."""
    made = copy.folder / LESSON
    return made.exists() and not made.unlink()


def test_binder_and_the_container_make_the_learners_copy(copy):
    commands = [(ROOT / "postBuild").read_text("utf-8").splitlines()[-1]]
    commands += [CONTAINER["onCreateCommand"].rpartition(" && ")[2], CONTAINER["postStartCommand"]]
    for command in commands:
        python, *arguments = command.split()
        assert python in ("python", "python3")
        subprocess.run([sys.executable, *arguments], cwd=copy.folder, env=copy.environment, check=True)
        assert makes_the_copy(copy)


def test_a_server_of_a_hub_makes_it_with_what_the_guide_has(copy):
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs/teaching.md").read_text("utf-8"), re.DOTALL)[1]
    run = [sys.executable, "-c", code]
    subprocess.run(run, env=copy.environment, check=True)  # somebody without the series gets a server, too
    copy.folder.rename(copy.folder.with_name("set-cookie"))
    copy.folder = copy.folder.with_name("set-cookie")
    subprocess.run(run, env=copy.environment, check=True)
    assert makes_the_copy(copy)
