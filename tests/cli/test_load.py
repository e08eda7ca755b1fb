"""`rtpy config export` and `rtpy load`: a set-up goes from one site to another, whole or not at all."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from rtpy.cli.main import rtpy

SHOP = """
[[groups]]
name = "Network"
members = ["root"]

[[queues]]
name = "Orders"
"""


@pytest.fixture
def site(tmp_path: Path) -> list[str]:
    """The options of a site with its first data."""
    options = ["--home", str(tmp_path / "home")]
    assert CliRunner().invoke(rtpy, ["init", *options]).exit_code == 0
    return options


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(rtpy, list(words))
    return result.exit_code, result.output


def test_a_set_up_goes_from_one_site_to_an_empty_one_and_comes_out_equal(
    site: list[str], tmp_path: Path
) -> None:
    file, other = tmp_path / "shop.toml", ["--home", str(tmp_path / "other")]
    file.write_text(SHOP)
    assert _run("load", str(file), *site) == (
        0,
        "made: groups Network\nmade: queues Orders\n2 of 2 entries made or changed\n",
    )
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    assert _run("config", "export", "--output", str(first), *site)[0] == 0

    assert _run("init", *other)[0] == 0
    assert _run("load", str(first), *other)[0] == 0
    assert _run("config", "export", "--output", str(second), *other)[0] == 0
    assert second.read_text() == first.read_text()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(site: list[str], tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SHOP)
    code, said = _run("load", str(file), "--dry-run", *site)
    assert (code, "would be made: queues Orders" in said) == (0, True)
    assert "Orders" not in _run("config", "export", *site)[1]


def test_one_wrong_entry_leaves_everything_as_it_was(site: list[str], tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SHOP + '[[queues]]\nname = "Other"\nlifecycle = "missing"\n')
    code, said = _run("load", str(file), *site)
    assert code == 1
    assert "Nothing was changed" in said
    assert "queues: Other, lifecycle" in said
    assert "Orders" not in _run("config", "export", *site)[1]
