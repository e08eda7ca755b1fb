"""What the source of a plugin imports from rtpy, read without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rtpy.promised import is_promised

CORE = "rtpy"


@dataclass(frozen=True, slots=True)
class Imported:
    """`name` of `module` is imported in `file`, line `line`; `name` is empty when it is the module as a whole."""

    file: Path
    line: int
    module: str
    name: str

    @property
    def is_private(self) -> bool:
        """Does the module or the name begin with an underscore?"""
        return any(part.startswith("_") for part in (*self.module.split("."), self.name))

    @property
    def is_promised(self) -> bool:
        """Is it a public name?"""
        return is_promised(self.module, self.name)


def imports_of(folder: Path) -> Iterator[Imported]:
    """Everything that the Python files below `folder` import from rtpy; a file that is no Python is passed over."""
    for file in sorted(folder.rglob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError, OSError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found = [(node.module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                found = [(alias.name, "") for alias in node.names]
            else:
                continue
            for module, name in found:
                if module.partition(".")[0] == CORE:
                    yield Imported(file, node.lineno, module, name)
