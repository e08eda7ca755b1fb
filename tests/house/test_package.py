"""What is installed is what is in the tree."""

import runpy
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture
def metadata(monkeypatch) -> dict:
    """The arguments that setup.py gives to setuptools."""
    given: dict = {}
    monkeypatch.setattr("setuptools.setup", lambda **arguments: given.update(arguments))
    monkeypatch.chdir(TOP)
    runpy.run_path(str(TOP / "setup.py"))
    return given


def test_every_module_is_shipped(metadata):
    folders = {path.parent.relative_to(TOP).as_posix().replace("/", ".") for path in TOP.glob("rtpy/**/*.py")}
    assert folders - set(metadata["packages"]) == set()


def test_every_file_of_etc_and_share_is_shipped(metadata):
    shipped = {name for _, names in metadata["data_files"] for name in names}
    present = {
        path.relative_to(TOP).as_posix()
        for top in ("etc", "share")
        for path in (TOP / top).rglob("*")
        if path.is_file()
    }
    assert present - shipped == set()


def test_the_version_is_the_same_everywhere(metadata):
    assert f'__version__ = "{metadata["version"]}"' in (TOP / "rtpy" / "__init__.py").read_text()
    assert f"## {metadata['version']}" in (TOP / "CHANGES.md").read_text()
