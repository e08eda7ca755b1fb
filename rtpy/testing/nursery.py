"""Processes of a site, forked from one that has imported all they need: a start takes a quarter of the time.

They are processes of their own all the same, with signals, kills and a death of their own.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["rtpy.testing.preloaded"])


class Started:
    """A process; its methods are those of `subprocess.Popen`."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        # daemon: whatever a test leaves behind ends with the test process
        self._process = _NURSERY.Process(
            target=_become, args=(list(words), dict(environment), str(log)), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, less than nought for a signal; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired after so many seconds."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(["rtpy"], timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _become(words: list[str], environment: dict[str, str], log: str) -> None:
    """In the forked process: run `rtpy WORDS` as if it had been started with this environment."""
    from rtpy import faults
    from rtpy.cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    faults.arm(environment.get("RTPY_CRASH_AT", ""))
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(written, standard)
    sys.argv = ["rtpy", *words]
    main()
