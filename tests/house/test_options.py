"""Every option is documented where an administrator looks."""

import re
import tomllib
from pathlib import Path

import pytest

from rtpy.config.document import document
from rtpy.config.load import settle
from rtpy.config.options import OPTIONS

SHIPPED = (Path(__file__).parents[2] / "etc" / "rtpy.toml").read_text()


def test_the_shipped_file_shows_the_option_table():
    assert document() == SHIPPED, "run: python -m rtpy.config.document > etc/rtpy.toml"


def test_the_shipped_file_shows_the_defaults(tmp_path):
    home = {"home": str(tmp_path)}
    shown = flat(tomllib.loads(re.sub(r"(?m)^#(?=\w+ = )", "", SHIPPED)))
    assert set(shown) == set(OPTIONS)
    assert settle({**shown, **home, "plugins": ()}) == settle(home)


def flat(tree: dict[str, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_explained_by_a_sentence(name):
    assert re.fullmatch(r"[A-Za-z].{10,}\.", OPTIONS[name].help, flags=re.DOTALL)
