"""`rtpy plugin new` writes a package that does what every plugin must, at once."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from rtpy.cli.main import rtpy
from rtpy.errors import Conflict, Invalid
from rtpy.plugincare.skeleton import renamed, write_package


@pytest.mark.slow
def test_a_new_plugin_passes_its_tests_and_the_conformance_suite(tmp_path, compiled_templates):
    home = tmp_path / "home"
    told = CliRunner().invoke(rtpy, ["plugin", "new", "stock_eu", "--home", str(home)])
    assert told.exit_code == 0, told.output
    package = home / "plugins" / "stock_eu"
    assert "demo" not in "".join(file.read_text().lower() for file in package.rglob("*") if file.is_file())
    assert "StockEuNotes" in (package / "rtpy_stock_eu" / "notes.py").read_text()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RTPY_", "PYTEST_"))}
    done = subprocess.run(
        # PostgreSQL is left to the plugins of this repository, which run the same suite
        [sys.executable, "-m", "pytest", "-q", "-k", "not postgresql", "tests"],
        cwd=package,
        env={**kept, "RTPY_TEST_TEMPLATES": str(compiled_templates)},
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout.splitlines()[-1]
    ruff = [sys.executable, "-m", "ruff", "check", "-q", str(package)]
    assert subprocess.run(ruff, capture_output=True, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Stock", "small letters"),
        ("9stock", "small letters"),
        ("stock__eu", "small letters"),
        ("s" * 25, "24 at most"),
        ("web", "a section of rtpy.toml"),
        ("custom", "rtpy's own table custom_"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path, name, sentence):
    with pytest.raises(Invalid, match=sentence):
        write_package(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over_a_folder_that_is_there(tmp_path):
    (tmp_path / "stock").mkdir()
    with pytest.raises(Conflict, match="there already"):
        write_package("stock", tmp_path)


def test_names_are_written_as_their_place_asks():
    assert (
        renamed("SeeDemoNotes demo.most rtpy_demo", "stock_eu")
        == "SeeStockEuNotes stock_eu.most rtpy_stock_eu"
    )
