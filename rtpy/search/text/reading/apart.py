"""Reading a document in a process of its own, with limits of time and memory: what is broken or hostile ends there.

`python -m rtpy.search.text.reading.apart FORMAT` is that process: the file comes in on standard input, its text goes
out in UTF-8.
"""

import logging
import os
import subprocess
import sys
from pathlib import Path

log = logging.getLogger("rtpy.search")

SECONDS = 20.0
MEMORY = 1024**3
"""Bytes of address space that the process may have."""
LONGEST = 1_000_000
"""Bytes of text that it gives back."""


def read_apart(kind: str, data: bytes, *, seconds: float = SECONDS) -> str:
    """The text of a document; empty (and a line in the log) when it cannot be read within the limits."""
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[4]),
        "PATH": os.environ.get("PATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-W", "ignore", "-m", "rtpy.search.text.reading.apart", kind]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        log.info("a %s of %d bytes was not read within %g seconds", kind, len(data), seconds)
        return ""
    except OSError as error:
        log.warning("no process could be started to read a %s: %s", kind, error)
        return ""
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        log.info("a %s of %d bytes cannot be read: %s", kind, len(data), said[0][:200])
        return ""
    return done.stdout[:LONGEST].decode("utf-8", "ignore")


def main() -> None:
    """The process itself."""
    _limit()
    kind, data = sys.argv[1], sys.stdin.buffer.read()
    sys.stdout.buffer.write(_read(kind, data).encode("utf-8", "replace")[:LONGEST])


def _read(kind: str, data: bytes) -> str:
    """Only the library that is needed is loaded."""
    if kind == "pdf":
        from rtpy.search.text.reading.pdf import read_pdf

        return read_pdf(data)
    if kind == "eml":
        from rtpy.search.text.reading.mail import read_mail

        return read_mail(data)
    from rtpy.search.text.reading.office import reader_of

    return reader_of(kind)(data)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on this system: the clock of the caller remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    whole = int(SECONDS) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main()
