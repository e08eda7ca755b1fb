"""Reading a mail in a process of its own, with limits of time and memory: for mails on which an attempt has died."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

from rtpy.mail.message import IncomingMail, read_mail

SECONDS = 30.0
MEMORY = 2 * 1024**3
"""Bytes of address space of the reading process."""
START = "from rtpy.mail.apart import main; main()"
"""What the reading process runs."""


class Unreadable(Exception):
    """A mail that cannot be read within the limits; trying again would not help."""


def read_apart(raw: bytes, rtname: str, *, seconds: float = SECONDS) -> IncomingMail:
    """As `read_mail`. Raises Unreadable when the other process fails, dies, or takes longer than `seconds`."""
    command = [sys.executable, "-c", START, rtname]
    # The answer is a pickle, but of our own process and never of the sender's bytes.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"reading it did not end within {seconds:g} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        raise Unreadable(f"reading it failed: {said[0][:300]}")
    mail = pickle.loads(done.stdout)
    assert isinstance(mail, IncomingMail)
    return mail


def main() -> None:
    """The other process: raw mail on standard input, the pickled value on standard output."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS) + 5, int(SECONDS) + 5))
    raw = sys.stdin.buffer.read()
    sys.stdout.buffer.write(pickle.dumps(read_mail(raw, rtname=sys.argv[1])))
