"""pyproject.toml says what is needed; environment.yml and both requirements.lock have to say the same."""

from __future__ import annotations

import re
import sys
from importlib import metadata

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import run

from .setup_files import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
LESSON_LOCK = (ROOT / "requirements.lock").read_text("utf-8")
UV_LOCK = (ROOT / "demo_app/setup/requirements.lock").read_text("utf-8")
LOCK = LESSON_LOCK + (ROOT / "tests/requirements.lock").read_text("utf-8")

BUILD = [Requirement(text) for text in PYPROJECT["build-system"]["requires"]]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRAS = [Requirement(text) for texts in PROJECT["optional-dependencies"].values() for text in texts]
TEST = [Requirement(text) for text in PYPROJECT["dependency-groups"]["test"]]
BROWSER = [Requirement(text) for text in PYPROJECT["dependency-groups"]["browser"]]
STYLE = [Requirement(text) for text in PYPROJECT["dependency-groups"]["style"]]
TOOLS = [Requirement(text) for text in PYPROJECT["dependency-groups"]["tools"]]
LEFT_OUT = {Requirement(text).name for text in PYPROJECT["tool"]["uv"]["override-dependencies"]}


def entries(lock: str) -> list[str]:
    return re.findall(r"^\w.*(?:\n    --hash.*)*", lock, re.MULTILINE)


def pins(lock: str) -> list[Requirement]:
    return [Requirement(re.split(r"\s*\\\n", entry)[0]) for entry in entries(lock)]


def bounds(requirements: list[Requirement]) -> dict[str, SpecifierSet]:
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements}


def pinned_here(lock: str) -> dict[str, str]:
    """The version of each package that the lock pins for this Python on this machine."""
    here = [pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate()]
    versions = {pin.name: str(pin.specifier).removeprefix("==") for pin in here}
    assert len(versions) == len(here), "a package is pinned twice"
    return versions


def needed_here(*requirements: Requirement) -> set[str]:
    """The names of all packages that these need, and those need, on this machine."""
    seen: set[tuple[str, str]] = set()
    ahead = [*requirements]
    while ahead:
        requirement = ahead.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if name in LEFT_OUT or (name, extra) in seen:
                continue
            seen.add((name, extra))
            behind = map(Requirement, metadata.requires(name) or [])
            ahead += [one for one in behind if one.marker is None or one.marker.evaluate({"extra": extra})]
    return {name for name, extra in seen}


def test_conda_installs_what_the_lessons_need() -> None:
    python, pip, *conda = [one for one in ENVIRONMENT["dependencies"] if isinstance(one, str)]
    assert python.removeprefix("python=") in SpecifierSet(PROJECT["requires-python"])
    assert pip == "pip"
    assert bounds([Requirement(text) for text in conda]) == bounds(RUNTIME + BUILD)


def test_conda_installs_what_the_tests_need_by_pip() -> None:
    (by_pip,) = (part["pip"] for part in ENVIRONMENT["dependencies"] if isinstance(part, dict))
    assert bounds([Requirement(text) for text in by_pip]) == bounds(EXTRAS + TEST)
    assert ENVIRONMENT["name"] == PROJECT["name"]


def test_a_build_uses_one_version_and_fetches_nothing() -> None:
    assert all(str(needed.specifier).startswith("==") for needed in BUILD)
    files = ("README.md", "environment.yml", "postBuild", ".ci/run", ".devcontainer/devcontainer.json")
    builds = [line for file in files for line in (ROOT / file).read_text("utf-8").splitlines() if "--editable" in line]
    assert builds
    assert all("pip install --no-build-isolation --no-deps --editable ." in line for line in builds)
    assert not [line for line in (ROOT / "environment.yml").read_text("utf-8").splitlines() if " -e " in line]


def test_run_py_refuses_the_pythons_that_the_package_refuses() -> None:
    assert PROJECT["requires-python"] == ">={}.{}".format(*run.OLDEST)


@pytest.mark.parametrize("needed", [*RUNTIME, *EXTRAS, *TEST, *BROWSER, *STYLE, *TOOLS], ids=str)
def test_lock_is_within_the_bounds(needed: Requirement) -> None:
    found = [pin for pin in pins(LOCK + UV_LOCK) if pin.name == canonicalize_name(needed.name)]
    assert found
    for pin in found:
        assert str(pin.specifier).removeprefix("==") in needed.specifier


def test_lock_has_exact_versions_with_hashes() -> None:
    entry = r"[a-z0-9-]+==[\w.]+( ; [^\n\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
    assert not [text for text in entries(LOCK + UV_LOCK) if not re.fullmatch(entry, text)]


def test_lock_names_no_place() -> None:
    lines = [line for line in (LOCK + UV_LOCK).splitlines() if not line.startswith("    --hash")]
    assert not [line for line in lines if re.search(r"://|index|find-links|trusted-host|\s@\s|^\s*-", line)]


def test_lock_leaves_out_what_pyproject_leaves_out() -> None:
    assert LEFT_OUT.isdisjoint(pin.name for pin in pins(LOCK))


@pytest.mark.skipif(sys.prefix != str(ROOT / ".venv"), reason="this Python is not the one of .venv")
def test_lock_holds_what_is_needed_and_nothing_else() -> None:
    assert set(pinned_here(LESSON_LOCK)) == needed_here(*RUNTIME), "a learner installs nothing else"
    pinned = pinned_here(LOCK)
    assert set(pinned) == needed_here(*RUNTIME, *EXTRAS, *TEST, *BROWSER, *STYLE)
    assert {name: metadata.version(name) for name in pinned} == pinned
