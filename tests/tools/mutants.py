"""One thing changed in the code: what a mutation tester tries."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from typing import Any, NamedTuple


class Mutant(NamedTuple):
    """One change in one file."""

    file: str
    #: Where the statement begins that holds the change, and where it ends, or its body begins.
    line: int
    end: int
    before: str
    after: str
    #: The whole module, changed.
    source: str


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
_DROPPED = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Raise, ast.Assert)


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its text."""
    tree = ast.parse(source)
    unchanged = ast.unparse(tree)
    for lines, container, key, other in _changes(tree, (0, 0), False):
        node, container[key] = container[key], other
        changed = ast.unparse(tree)
        container[key] = node
        yield Mutant(file, *lines, *_difference(unchanged, changed), changed)


def _changes(node: ast.AST, lines: tuple[int, int], in_function: bool) -> Iterator[tuple[Any, Any, Any, ast.AST]]:
    """The first and the last line of a statement, and what to put there: ``container[key] = other``."""
    in_function = in_function or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        several = isinstance(value, list)
        container, keys = (value, range(len(value))) if several else (vars(node), (field,))
        for key in keys:
            child = container[key]
            if not isinstance(child, ast.AST) or _is_for_people(child):
                continue
            at = _lines_of(child) if isinstance(child, ast.stmt) else lines
            for other in _others(child, field, in_function):
                yield at, container, key, other
            if not isinstance(child, ast.Raise):  # what is left of it is a message
                yield from _changes(child, at, in_function)


def _lines_of(statement: ast.stmt) -> tuple[int, int]:
    """Where a statement begins and ends; of a compound one, the head alone."""
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if isinstance(body, list) else statement.end_lineno
    return statement.lineno, max(statement.lineno, end)


def _is_for_people(node: ast.AST) -> bool:
    """Whether the code does the same without it: docstrings, ``__repr__``, logging, imports for types."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.FunctionDef(name="__repr__"):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger" | "logging")))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _others(node: ast.AST, field: str, in_function: bool) -> Iterator[ast.AST]:
    """What can stand in the place of ``node``, the ``field`` of another node."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                for other in _COMPARISONS[type(op)]:
                    yield ast.Compare(node.left, [*ops[:index], other(), *ops[index + 1 :]], node.comparators)
        case ast.BoolOp(op=op):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=None) if field != "comparators":  # "is None" has its mutant
            yield ast.Constant(True)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant("" if value else "mutant")
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(b"" if value else b"mutant")
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Return(value=None) | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.stmt() if in_function and isinstance(node, _DROPPED):
            yield ast.Pass()
    # A comparison, a "not" and a constant have been negated above.
    if field in ("test", "ifs") and isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.BoolOp, ast.NamedExpr)):
        yield ast.UnaryOp(ast.Not(), node)


def _difference(before: str, after: str) -> tuple[str, str]:
    """The first lines that differ, without what is far from the difference."""
    lines = next(pair for pair in zip(before.splitlines(), after.splitlines(), strict=False) if pair[0] != pair[1])
    start = max(0, len(os.path.commonprefix(lines)) - 50)
    return tuple(("…" if start else "") + line[start:].strip()[:100] for line in lines)
