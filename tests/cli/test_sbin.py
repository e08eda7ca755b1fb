"""The script that sets rtpy up, as far as it can be tried without installing anything."""

import importlib.machinery
import importlib.util
import subprocess
import sys
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
    assert ended.value.code == (
        "rtpy needs Python 3.11 or newer; this is 3.9.2, "
        "and PATH holds none of python3.11, python3.12, python3.13, python3.14."
    )


@pytest.mark.parametrize("program", ["python3", "python3.12"])
def test_a_missing_venv_module_gives_the_command_that_helps(sbin, monkeypatch, tmp_path, program):
    bare = tmp_path / program
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(sbin.sys, "executable", str(bare))
    monkeypatch.setattr(sbin, "PYTHON", str(tmp_path / "absent"))
    with pytest.raises(SystemExit, match=f"apt-get install {program}-venv$"):
        sbin.make_environment()


@pytest.mark.parametrize(("place", "is_kept"), [("here", True), ("elsewhere", False)])
def test_an_environment_that_was_moved_is_made_anew(sbin, monkeypatch, tmp_path, place, is_kept):
    here = tmp_path / "here"
    (here / "bin").mkdir(parents=True)
    (here / "bin" / "pip").write_text(f"#!{tmp_path}/{place}/bin/python3\n")
    (here / "bin" / "python").write_text("#!/bin/sh\n")  # finds its pip in order
    (here / "bin" / "python").chmod(0o755)
    monkeypatch.setattr(sbin, "VENV", str(here))
    monkeypatch.setattr(sbin, "PYTHON", str(here / "bin" / "python"))
    sbin.make_environment()
    assert (here / "pyvenv.cfg").exists() is not is_kept  # written by venv alone
    assert str(here) in (here / "bin" / "pip").read_text()


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


def test_a_first_installation_is_not_repeated_by_the_second_start(sbin, monkeypatch, tmp_path):
    """The environment's Python is a link, which leads somewhere only when it is made."""
    environment = tmp_path / "venv"

    def make_environment() -> None:
        (environment / "bin").mkdir(parents=True)
        (environment / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(sbin, "VENV", str(environment))
    monkeypatch.setattr(sbin, "PYTHON", str(environment / "bin" / "python"))
    monkeypatch.setattr(sbin, "make_environment", make_environment)
    calls = []
    monkeypatch.setattr(sbin, "pip", lambda words: calls.append(words) or True)
    sbin.install("postgres")
    sbin.install("postgres")
    assert len(calls) == 1


def test_a_failed_installation_says_where_to_look_and_is_tried_again(sbin, monkeypatch, tmp_path):
    (tmp_path / "setup.log").write_text("Could not fetch\n")
    monkeypatch.setattr(sbin, "VENV", str(tmp_path))
    monkeypatch.setattr(sbin, "LOG", str(tmp_path / "setup.log"))
    monkeypatch.setattr(sbin, "make_environment", lambda: None)
    monkeypatch.setattr(sbin, "pip", lambda words: False)
    for _ in range(2):
        with pytest.raises(SystemExit, match="Could not fetch\nThe libraries could not be installed"):
            sbin.install("postgres")


def test_a_full_disk_is_told_in_one_sentence(sbin, monkeypatch):
    def full(*extras: str) -> None:
        raise OSError(28, "No space left on device", "/opt/rtpy/.venv/setup.log")

    monkeypatch.setattr(sbin, "install", full)
    with pytest.raises(SystemExit) as ended:
        sbin.main(["up"])
    expected = "rtpy could not be set up: /opt/rtpy/.venv/setup.log: No space left on device."
    assert ended.value.code == expected


RETRY = "WARNING: Retrying (Retry(total=0, read=None)) after connection broken by "
NONE = "ERROR: Could not find a version\nERROR: No matching distribution found for setuptools<82,>=64\n"


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (
            RETRY
            + "'NewConnectionError('…: [Errno -3] Temporary failure in name resolution')': /simple/x/\n"
            + NONE,
            "the package index does not answer (Temporary failure in name resolution). ",
        ),
        (RETRY + "'ReadTimeoutError(\"read timed out.\")': /simple/x/\n" + NONE, "not answer (timed out). "),
        (
            RETRY + "'ProxyError('Cannot connect to proxy.', NewConnectionError('…'))': /simple/x/\n" + NONE,
            "not answer (no proxy answers). ",
        ),
        (RETRY + "something new\n" + NONE, "the package index does not answer. "),
    ],
    ids=["name", "time", "proxy", "unknown"],
)
def test_an_index_out_of_reach_is_told_in_one_line(sbin, log, sentence):
    told = sbin.why_pip_failed(f"an older failure\n{sbin.HEADING}-e .\n{log}")
    assert sentence in told
    assert "https_proxy" in told
    assert "\n" not in told


@pytest.mark.parametrize("last", [NONE, "ERROR: No space left on device\n"])
def test_other_failures_show_the_end_of_the_last_attempt(sbin, last):
    told = sbin.why_pip_failed(f"{sbin.HEADING}-e .\n{RETRY}\n{NONE}{sbin.HEADING}-e .\nCollecting x\n{last}")
    assert told.startswith("-e .\nCollecting x\nERROR: ")
    assert "does not answer" not in told


def test_progress_does_not_go_back_from_unpacking_to_fetching(sbin, monkeypatch, tmp_path, capsys):
    lines = ["Collecting a", "Installing collected packages: a", "Successfully installed a"]
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines))
    fake.chmod(0o755)
    monkeypatch.setattr(sbin, "PYTHON", str(fake))
    monkeypatch.setattr(sbin, "LOG", str(tmp_path / "setup.log"))
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr(sbin.time, "time", lambda: next(clock))
    assert sbin.pip(["-e", "."])
    deeds = [line.split()[0] for line in capsys.readouterr().err.splitlines()]
    assert deeds == ["fetching", "unpacking", "unpacking"]
    assert "Successfully installed a" in (tmp_path / "setup.log").read_text()


def test_the_integration_script_is_sound_and_does_what_the_readme_says():
    script = TOP / ".ci" / "run"
    subprocess.run(["bash", "-n", script], check=True, timeout=10)
    assert "./sbin/rtpy test" in script.read_text()
    assert "./sbin/rtpy test" in (TOP / "README.md").read_text()
