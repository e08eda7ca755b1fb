"""Whatever is public below the faces says what it is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[2]

FACES = ("web", "gateway", "http", "cli", "demo", "testing")
REVISIONS = "migrations/versions"


def modules() -> Iterator[Path]:
    for path in sorted((TOP / "rtpy").rglob("*.py")):
        inner = path.relative_to(TOP / "rtpy").as_posix()
        if not inner.startswith((*(f"{face}/" for face in FACES), REVISIONS)):
            yield path


def silent(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Public functions, classes and methods without a docstring, at any depth but inside functions."""
    open_nodes: list[ast.AST] = [tree]
    while open_nodes:
        for node in ast.iter_child_nodes(open_nodes.pop()):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_"):
                continue
            if not ast.get_docstring(node) and not is_bare(node):
                yield node.lineno, node.name
            if isinstance(node, ast.ClassDef):
                open_nodes.append(node)


def is_bare(node: ast.AST) -> bool:
    """A member of a protocol that is only a name and a type: `def etc(self) -> str: ...`."""
    if not isinstance(node, ast.FunctionDef) or len(node.body) != 1:
        return False
    only = node.body[0]
    return isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant) and only.value.value is ...


def test_everything_public_below_the_faces_has_a_docstring():
    found = [
        f"{path.relative_to(TOP).as_posix()}:{line} {name}"
        for path in modules()
        for line, name in silent(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_rule_finds_what_is_silent():
    tree = ast.parse("class Thing:\n    '''A thing.'''\n    def deed(self):\n        return 1\n")
    assert list(silent(tree)) == [(3, "deed")]
