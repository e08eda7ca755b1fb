"""Child processes are kept running, and ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from rtpy.cli.supervise import Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def supervised() -> Iterator[Callable[[list[str]], Supervisor]]:
    """Makes a supervisor of one child, which is ended whatever happens."""
    made = []

    def make(command: list[str]) -> Supervisor:
        made.append(Supervisor([Child("child", command)], os.environ))
        return made[-1]

    yield make
    for supervisor in made:
        for child in supervisor.children:
            if child.process is not None:
                child.process.kill()
                child.process.wait()


def wait_until(happens: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_killed_child_is_started_again(supervised, capsys):
    supervisor = supervised(SLEEPER)
    (child,) = supervisor.children
    supervisor.tend()
    first = child.process
    first.kill()
    first.wait()

    def again() -> bool:
        supervisor.tend()
        return child.process is not None

    wait_until(again)
    assert child.process is not first
    assert "The child ended with code -9; starting it again" in capsys.readouterr().err


def test_a_child_that_always_crashes_is_given_longer_and_longer_pauses(supervised):
    supervisor = supervised([sys.executable, "-c", "raise SystemExit(3)"])
    (child,) = supervisor.children
    pauses = []

    def crashed_thrice() -> bool:
        before = child.crashes
        supervisor.tend()
        if child.crashes > before:
            pauses.append(child.start_at - time.monotonic())
        return child.crashes == 3

    wait_until(crashed_thrice)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 1.5


def test_all_children_are_ended(supervised):
    supervisor = supervised(SLEEPER)
    supervisor.tend()
    supervisor.end()
    assert supervisor.children[0].process.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_ended_by_force(supervised, monkeypatch, capfd):
    monkeypatch.setattr("rtpy.cli.supervise.GRACE", 0.3)
    supervisor = supervised(DEAF)
    supervisor.tend()
    wait_until(lambda: "deaf" in capfd.readouterr().out)
    supervisor.end()
    assert supervisor.children[0].process.returncode == -signal.SIGKILL


def test_a_child_ends_when_its_supervisor_is_killed():
    child = "import time; from rtpy.cli.supervise import end_with_supervisor as e; e(); time.sleep(60)"
    parent = (
        "import os, sys, time; from rtpy.cli.supervise import *\n"
        f"s = Supervisor([Child('child', [sys.executable, '-c', {child!r}])], os.environ)\n"
        "s.tend(); print(s.children[0].process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.kill()
    wait_until(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as state:
            return state.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
