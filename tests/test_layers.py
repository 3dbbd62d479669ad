"""The house: imports point down, go in no circle, and load no more than they have to."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "demo_app"
FILES = sorted(PACKAGE.rglob("*.py"))
#: Each floor, and those below it, which it may import.
FLOORS = {
    "setup": set(),
    "session": set(),
    "cookies": set(),
    "web": {"session", "setup"},
    "serving": {"session", "web", "setup"},
    "lesson": {"session", "cookies", "web", "serving"},
    "check": {"session", "cookies", "web", "serving"},
    "teach": {"session", "cookies", "web", "serving", "lesson", "setup"},
}
#: What a floor may import from elsewhere, where there is a limit: nothing is installed yet when setup runs. redis is an
#: extra, for its own store; cookies takes requests in hints only.
ALLOWED = {"setup": set(), "session": {"flask", "werkzeug", "redis"}, "cookies": {"publicsuffixlist", "requests"}}


def name_of(path: Path) -> str:
    return ".".join(("demo_app", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {name_of(path): path for path in FILES}


def imports(path: Path) -> set[str]:
    """The modules that a file imports, those of type hints and those within functions too."""
    # Relative imports count from the package, which for an __init__ is the module itself.
    package = ("demo_app", *path.relative_to(PACKAGE).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*start, *(node.module.split(".") if node.module else ())))
            # "from . import clock" imports a module, "from .clock import now" a name of one.
            found |= {full if (full := f"{module}.{alias.name}") in MODULES else module for alias in node.names}
    return found


def floor_of(module: str) -> str:
    return (module.split(".") + [""])[1]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_down(path):
    floor = floor_of(name_of(path))
    if floor in FLOORS:  # the package itself leads to all of them
        inside = {floor_of(module) for module in imports(path) if module.split(".")[0] == "demo_app"}
        assert inside <= {floor, *FLOORS[floor]}


def test_every_folder_is_a_floor():
    assert {floor_of(module) for module in MODULES} == {*FLOORS, ""}


def test_imports_go_in_no_circle():
    # A package that imports its own modules is how they are handed out, so they do not import the package.
    graph = {module: {found for found in imports(path) if found in MODULES} for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("path", [path for path in FILES if floor_of(name_of(path)) in ALLOWED], ids=name_of)
def test_what_is_used_elsewhere_needs_little(path):
    outside = {module.split(".")[0] for module in imports(path)} - {"demo_app"}
    floor = floor_of(name_of(path))
    assert outside - sys.stdlib_module_names <= ALLOWED[floor] - (set() if path.stem == "redis" else {"redis"})


def test_a_copy_of_the_middleware_works_under_another_name(tmp_path):
    shutil.copytree(PACKAGE / "session", tmp_path / "shop_sessions")
    code = "import sys, shop_sessions; print(any(name.startswith('demo_app') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


#: A session in a file that others may open, about which the store warns.
LOGS = """
import logging, os
from shop_sessions import SQLiteStore

logging.basicConfig(format="%(name)s")
open("sessions.db", "w").close()
os.chmod("sessions.db", 0o644)
len(SQLiteStore("sessions.db"))
"""


@pytest.mark.skipif(os.name != "posix", reason="there are modes of files")
def test_a_copy_of_the_middleware_logs_under_its_own_name(tmp_path):
    shutil.copytree(PACKAGE / "session", tmp_path / "shop_sessions")
    done = subprocess.run([sys.executable, "-c", LOGS], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.split() == ["shop_sessions"]


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("demo_app.session", {"demo_app.web", "demo_app.serving", "demo_app.lesson", "demo_app.cookies"}),
        ("demo_app.cookies", {"flask", "requests", "publicsuffixlist", "demo_app.session"}),
        ("demo_app", {"flask", "demo_app.session"}),
        ("run", {"flask", "demo_app.session", "demo_app.lesson", "demo_app.teach"}),
    ],
)
def test_an_import_loads_what_it_needs(module, unneeded):
    code = f"import sys, {module}; print(*sorted({unneeded} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
