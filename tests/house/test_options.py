"""Every option is documented where an administrator looks."""

import re
import tomllib
from pathlib import Path

import pytest

from rtpy.config.load import settle
from rtpy.config.options import OPTIONS

SHIPPED = (Path(__file__).parents[2] / "etc" / "rtpy.toml").read_text()


def documented() -> dict[str, object]:
    """The shipped file with its comment signs taken off: every option with its default."""
    return flat(tomllib.loads(re.sub(r"(?m)^#(?=\w+ = )", "", SHIPPED)))


def flat(tree: dict[str, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def test_the_shipped_file_lists_every_option_and_no_other():
    assert set(documented()) == set(OPTIONS)


def test_the_shipped_file_shows_the_defaults(tmp_path):
    home = {"home": str(tmp_path)}
    assert settle({**documented(), **home}) == settle(home)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_has_a_sentence_in_the_file(name):
    sentence = re.sub(r"\s+", " ", SHIPPED.replace("\n#", "\n"))
    assert OPTIONS[name].help in sentence
    assert OPTIONS[name].help.endswith(".")
