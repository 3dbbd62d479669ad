"""The layers of the project: imports point down only, and the middleware needs nothing but Flask."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "demo_app"
#: From the ground up. A layer may import those before it.
LAYERS = ["session", "web", "tls", "server", "proxy", "lesson", "check", "teach"]
#: What the middleware may import from elsewhere; redis is an extra, for its own store only.
ALLOWED = sys.stdlib_module_names | {"flask", "werkzeug"}


def imports(path: Path) -> set[tuple[str, ...]]:
    """The modules that a file imports, in full."""
    here = ("demo_app", *path.relative_to(PACKAGE).with_suffix("").parts)
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = here[: -node.level] if node.level else ()
            found.add((*start, *(node.module.split(".") if node.module else ())))
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down(path):
    layer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if layer == "__init__":
        return
    below = {*LAYERS[: LAYERS.index(layer) + 1]}
    inside = {module[1] for module in imports(path) if module[0] == "demo_app" and len(module) > 1}
    assert inside <= below


@pytest.mark.parametrize("path", sorted((PACKAGE / "session").rglob("*.py")), ids=lambda path: path.name)
def test_the_middleware_needs_nothing_but_flask(path):
    outside = {module[0] for module in imports(path)} - {"demo_app"}
    assert outside <= ALLOWED | ({"redis"} if path.stem == "redis" else set())
