"""The files for systemd and for containers: what they start is there, and they wait long enough for it to end."""

import re
import shutil
import subprocess

import pytest

from rtpy.cli.main import COMMANDS
from rtpy.cli.supervise import GRACE
from tests.install.documents import TOP

FOLDER = TOP / "etc" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_starts_a_command_that_exists_as_the_right_user(unit):
    text = unit.read_text()
    program, command = re.findall(r"^ExecStart=(\S+) ([a-z-]+)", text, re.MULTILINE)[0]
    assert (program, command in COMMANDS) == ("/opt/rtpy/sbin/rtpy", True)
    assert "\nUser=rtpy\n" in text
    assert "\nEnvironment=RTPY_CONFIG=/etc/rtpy/rtpy.toml\n" in text


@pytest.mark.parametrize("name", ["rtpy-web.service", "rtpy-worker.service"])
def test_a_service_has_time_to_end_and_comes_back(name):
    text = (FOLDER / name).read_text()
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[0]) > 2 * GRACE
    assert "\nRestart=always\n" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["rtpy-web", "rtpy-worker"])
def test_systemd_finds_nothing_wrong_and_little_exposed(tmp_path, name):
    for unit in FOLDER.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/rtpy/sbin/rtpy", "/bin/true"))
    command = [
        "systemd-analyze",
        "verify",
        "--man=no",
        tmp_path / f"{name}.service",
        tmp_path / "rtpy.target",
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert [line for line in told.stderr.splitlines() if "rtpy" in line] == []
    command = [
        "systemd-analyze",
        "security",
        "--offline=true",
        "--threshold=20",
        tmp_path / f"{name}.service",
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stdout[-200:]


def test_the_image_starts_what_is_there():
    text = (TOP / "Containerfile").read_text()
    assert 'ENTRYPOINT ["/opt/rtpy/sbin/rtpy"]' in text
    assert re.findall(r'^CMD \["([a-z]+)"\]', text, re.MULTILINE) == ["up"]
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["rtpy"]


def test_the_short_name_becomes_the_sites_user_and_refuses_others():
    text = (TOP / "sbin" / "rtpy-site").read_text()
    assert subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True).stderr == ""
    nobody = text.replace("$(id -un)", "nobody")
    done = subprocess.run(["sh", "-c", nobody, "rtpy", "check"], text=True, capture_output=True, timeout=10)
    assert (done.returncode, "put sudo before it" in done.stderr) == (77, True)
    shown = text.replace("$(id -un)", "root").replace("exec runuser", "echo $RTPY_CONFIG runuser")
    done = subprocess.run(["sh", "-c", shown, "rtpy", "check"], text=True, capture_output=True, timeout=10)
    assert re.fullmatch(r"\S*/rtpy\.toml runuser -u rtpy -- \S+/rtpy check\n", done.stdout)
