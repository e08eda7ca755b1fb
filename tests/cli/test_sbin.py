"""The script that sets rtpy up, as far as it can be tried without installing anything."""

import importlib.machinery
import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture
def sbin(monkeypatch) -> ModuleType:
    """sbin/rtpy as a module."""
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("sbin_rtpy", str(TOP / "sbin" / "rtpy"))
    spec = importlib.util.spec_from_loader("sbin_rtpy", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_old_python_gives_one_sentence(sbin, monkeypatch, tmp_path):
    monkeypatch.setattr(sbin.sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sbin, "PYTHON", str(tmp_path / "absent"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        sbin.main(["up"])
    assert (
        ended.value.code
        == "rtpy needs Python 3.11 or newer; this is 3.9.2 and there is no python3.12 on PATH."
    )


def test_a_missing_venv_module_gives_the_command_that_helps(sbin, monkeypatch, tmp_path):
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(sbin.sys, "executable", str(bare))
    monkeypatch.setattr(sbin, "PYTHON", str(tmp_path / "absent"))
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        sbin.make_environment()


def test_a_finished_installation_is_not_repeated(sbin, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(sbin, "VENV", str(tmp_path))
    monkeypatch.setattr(sbin, "PYTHON", str(tmp_path / "bin" / "python"))
    monkeypatch.setattr(sbin, "LOG", str(tmp_path / "setup.log"))
    monkeypatch.setattr(sbin, "make_environment", lambda: None)
    calls = []
    monkeypatch.setattr(sbin, "pip", lambda words: calls.append(words) or True)
    sbin.install("postgres")
    sbin.install("postgres")
    assert calls == [["-e", f"{TOP}[postgres]", *calls[0][2:]]]


def test_a_failed_installation_says_where_to_look_and_is_tried_again(sbin, monkeypatch, tmp_path):
    (tmp_path / "setup.log").write_text("Could not fetch\n")
    monkeypatch.setattr(sbin, "VENV", str(tmp_path))
    monkeypatch.setattr(sbin, "LOG", str(tmp_path / "setup.log"))
    monkeypatch.setattr(sbin, "make_environment", lambda: None)
    monkeypatch.setattr(sbin, "pip", lambda words: False)
    for _ in range(2):
        with pytest.raises(SystemExit, match="Could not fetch\nThe libraries could not be installed"):
            sbin.install("postgres")


def test_the_integration_script_is_sound_and_does_what_the_readme_says():
    script = TOP / ".ci" / "run"
    subprocess.run(["bash", "-n", script], check=True, timeout=10)
    assert "./sbin/rtpy test" in script.read_text()
    assert "./sbin/rtpy test" in (TOP / "README.md").read_text()
