"""Keeps child processes running: starts them, restarts what crashes with growing pauses, ends them all in time."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

END_FD = "RTPY_SUPERVISED_FD"
"""Environment variable with the number of a pipe that closes when the supervisor is gone, however it went."""

LONGEST_PAUSE = 30.0
GRACE = 8.0
"""Seconds that a child has to end by itself; the promise to people is 10 for everything."""


@dataclass(slots=True)
class Child:
    """One program that is to run all the time; `name` is for people."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    crashes: int = 0
    """In a row; a minute of life makes it forget."""


@dataclass(slots=True)
class Supervisor:
    """Runs `children` with `environment` until `stop` is set."""

    children: Sequence[Child]
    environment: Mapping[str, str]
    stop: threading.Event = field(default_factory=threading.Event)
    _pipe: tuple[int, int] = field(default_factory=os.pipe)

    def tend(self) -> None:
        """Start what does not run and is due; call it again and again."""
        for child in self.children:
            now = time.monotonic()
            if child.process is not None and child.process.poll() is not None:
                code = child.process.returncode
                child.process = None
                child.crashes = 1 if now - child.started > 60 else child.crashes + 1
                pause = min(LONGEST_PAUSE, 0.5 * 2 ** (child.crashes - 1))
                child.start_at = now + pause
                self._say(f"The {child.name} ended with code {code}; starting it again in {pause:g} s.")
            if child.process is None and now >= child.start_at:
                child.started = now
                child.process = self._start(child)

    def end(self) -> None:
        """End all children: politely, and after the grace by force."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        reading = self._pipe[0]
        return subprocess.Popen(
            child.command,
            env={**self.environment, END_FD: str(reading)},
            pass_fds=[reading],
            # Ctrl-C in a terminal must reach the supervisor alone, which then ends the children in order.
            start_new_session=True,
        )

    def _say(self, sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)


def command_line(*words: str) -> list[str]:
    """How to run an `rtpy` command under the Python that runs now."""
    # -P: the folder one happens to stand in is no place to import from
    return [sys.executable, "-P", "-m", "rtpy.cli.main", *words]


def end_with_supervisor() -> None:
    """In a child: end like on SIGTERM when the supervisor is gone, even if it was killed."""
    number = os.environ.pop(END_FD, "")
    if number:
        threading.Thread(target=_wait_for_end, args=[int(number)], daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    os.read(pipe, 1)  # nothing is ever written: it returns when the last writer is gone
    os.kill(os.getpid(), signal.SIGTERM)
