"""Processes, mounts and a network of their own for a walk, all gone at its end, and lines of shell typed in there.

Needs root.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

STAY = "ip link set lo up\necho apart\nexec sleep infinity\n"


@contextmanager
def apart(before: str, settings: Mapping[str, str], more: Sequence[str] = ()) -> Iterator[int]:
    """The process whose namespaces are those to enter; `before` is shell that is typed in there first.

    `settings` are its variables, `more` further words for unshare. Raises OSError when it cannot be had.
    """
    holder = subprocess.Popen(
        [
            "unshare",
            "--mount",
            "--pid",
            "--net",
            *more,
            "--fork",
            "--kill-child",
            "bash",
            "-euc",
            before + STAY,
        ],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert holder.stdout is not None
        if holder.stdout.readline() != b"apart\n":
            raise OSError("no processes and network of its own can be had here")
        yield _child_of(holder.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(holder.pid, signal.SIGKILL)
        holder.wait()


def run_in(
    command: Sequence[str],
    text: str,
    folder: Path,
    environment: Mapping[str, str],
    *,
    timeout: float,
    given: bytes = b"",
) -> str:
    """What `command`, which types `text`, prints, by way of a file in `folder`: services that go on hold no pipe open.

    Raises CalledProcessError with that in `output`.
    """
    with (folder / "run.log").open("w+b") as log:
        done = subprocess.run(command, env=environment, input=given, stdout=log, stderr=log, timeout=timeout)
        log.seek(0)
        told = log.read().decode("utf-8", "replace")
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, text, output=told)
    return told


def _child_of(pid: int) -> int:
    """The first process inside, whose namespaces are those to enter."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    raise OSError("the process inside is gone")
