"""Run inside after the taking away: nothing of rtpy is left but what the page says."""

import subprocess
import sys
from pathlib import Path

PLACES = (
    "find / -xdev ( -path /proc -o -path /run/walk -o -path /dev ) -prune "
    "-o ( -iname *rtpy* -o -nouser -o -nogroup ) -print"
)


def main() -> None:
    # /etc/passwd- and its like are the accounts as they were one change ago
    left = [f"process {name}" for name in processes()]
    left += [f"file {name}" for name in told(PLACES)]
    left += [f"in {name}" for name in told("grep -rlIi --exclude=*- rtpy /etc")]
    left += [f"user or group {name}" for kind in ("passwd", "group") for name in told(f"getent {kind} rtpy")]
    query = "SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles"
    names = told("runuser -u postgres -- psql -Atc", query)
    if "postgres" not in names:
        sys.exit("PostgreSQL does not answer any more")
    left += [f"database or role {name}" for name in names if "rtpy" in name]
    if left:
        sys.exit("\n".join(["this is left:", *left]))
    print("nothing is left: no process, unit, user, database, file or line")


def processes() -> list[str]:
    """Command lines of what still runs from the checkout."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended
            continue
        if "/opt/rtpy" in line:
            found.append(line)
    return found


def told(command: str, *words: str) -> list[str]:
    """The lines that a command prints."""
    return subprocess.run([*command.split(), *words], capture_output=True, text=True).stdout.splitlines()


if __name__ == "__main__":
    main()
