"""`rtpy up`, from an empty folder to a server that answers and ends when it is told to."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rtpy.testing.servers import free_port

# First, and so by one process: each that ran some of them would start a site of its own.
pytestmark = pytest.mark.slow


class Up:
    """A running `rtpy up` and what it said."""

    def __init__(self, home: Path, port: int) -> None:
        self.port = port
        self.ready = ""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RTPY_")}
        self.started = time.monotonic()
        command = [sys.executable, "-m", "rtpy.cli.main", "up", "--home", str(home), "--port", str(port)]
        with (home.parent / "errors.log").open("ab") as errors:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
            )

    def ready_line(self) -> str:
        """The line that says it answers."""
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], 90)
        assert readable, "it never became ready"
        return self.process.stdout.readline()

    def get(self, path: str) -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return int(answer.status)

    def children(self) -> set[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in path.read_text().split()}


@contextmanager
def up(home: Path, port: int | None = None) -> Iterator[Up]:
    running = Up(home, port or free_port())
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            try:
                running.process.wait(15)
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()
        assert running.process.stdout is not None
        running.process.stdout.close()


@dataclass(frozen=True)
class Ending:
    """How a running site ended after a signal."""

    code: int
    seconds: float
    children: set[int]
    left: list[int]


def end(running: Up, number: signal.Signals) -> Ending:
    children = running.children()
    began = time.monotonic()
    running.process.send_signal(number)
    code = running.process.wait(20)
    left = [pid for pid in children if Path(f"/proc/{pid}").exists()]
    return Ending(code, time.monotonic() - began, children, left)


def ended_well(ending: Ending) -> bool:
    """Whether both children are gone, soon and without a complaint."""
    return ending.code == 0 and ending.seconds < 10 and len(ending.children) == 2 and not ending.left


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> tuple[Path, Ending]:
    """The home of a site that was started once already, and how it ended when Ctrl-C was pressed."""
    place = tmp_path_factory.mktemp("up") / "home"
    with up(place) as first:
        line = first.ready_line()
        assert re.fullmatch(
            rf"rtpy is ready: http://127\.0\.0\.1:{first.port}/ \(log in as root with .*\)\n", line
        )
        password = re.search(r"the password (\S{12,}) ", line)
        assert password is not None
        (place.parent / "password").write_text(password[1])
        return place, end(first, signal.SIGINT)


@pytest.fixture(scope="module")
def home(once) -> Path:
    return once[0]


@pytest.fixture(scope="module")
def again(home) -> Iterator[Up]:
    """The same site, started a second time."""
    with up(home) as running:
        running.ready = running.ready_line()
        yield running


def test_the_password_of_root_is_told_the_first_time_only(home, again):
    assert again.ready.endswith("/ (log in as root)\n")
    assert (home.parent / "password").read_text() not in (home.parent / "errors.log").read_text()


def test_pages_are_answered(again):
    assert again.get("/health") == 200
    assert again.get("/login") == 200


def test_the_home_is_closed_to_others(home):
    assert home.stat().st_mode & 0o077 == 0


def test_killed_children_come_back(again):
    before = again.children()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 40
    while len(again.children() - before) < 2 or not answers(again):
        assert time.monotonic() < deadline
        time.sleep(0.2)


def answers(running: Up) -> bool:
    try:
        return running.get("/health") == 200
    except OSError:
        return False


def test_ctrl_c_ends_everything_within_ten_seconds(once):
    assert ended_well(once[1]), once[1]


def test_a_signal_ends_everything_within_ten_seconds(again):  # the last that needs it
    ending = end(again, signal.SIGTERM)
    assert ended_well(ending), ending


def test_an_address_of_another_machine_gives_one_sentence(tmp_path):
    # 192.0.2.0/24 is for documentation (RFC 5737)
    command = [sys.executable, "-m", "rtpy.cli.main", "up", "--home", str(tmp_path), "--host", "192.0.2.1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert re.fullmatch(
        r"Error: Cannot listen on 192\.0\.2\.1 port 8080: .*\. "
        r"Choose an address of this machine: rtpy up --host 127\.0\.0\.1\n",
        done.stderr,
    )


def test_a_port_in_use_gives_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "rtpy.cli.main", "up", "--home", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    expected = f"Error: Cannot listen on 127.0.0.1 port {port}: address already in use. Choose another port:"
    assert done.stderr.startswith(expected)
    assert len(done.stderr.splitlines()) == 1


def test_serve_says_at_once_that_nobody_can_listen_there(tmp_path):
    environment = {**os.environ, "RTPY_HOME": str(tmp_path), "RTPY_WEB_HOST": "no-such-host.invalid"}
    command = [sys.executable, "-m", "rtpy.cli.main", "serve"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 1
    assert re.fullmatch(r"Error: Cannot listen on no-such-host\.invalid port 8080: .*\n", done.stderr)
    assert not (tmp_path / "secret_key").exists()
