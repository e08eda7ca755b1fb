"""Walks docs/install/small-shop.md on a bare Debian, from its first line to a mail answered over TLS, and to its last.

    ./sbin/rtpy test --install [--proxy caddy] [--mail lmtp] [--database sqlite] [--gunicorn] [--ldap]
                                  [--backup] [--moving] [--upgrade-from COMMIT] [--suite bookworm]
    ./sbin/rtpy test --install --container

Needs root, debootstrap and the package registries; takes some minutes. What is typed is read from the pages themselves.
"""

import argparse
import fcntl
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from tests.install.clean_root import CleanRoot, clean_root
from tests.install.containers import walk_containers
from tests.install.documents import BACKUP, MOVING, SHOP, UPGRADING, blocks_of
from tests.install.machine import Machine, report

ROWS = """
cd /; runuser -u postgres -- psql -At rtpy -c "
SELECT 'tickets', count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM tickets t UNION ALL
SELECT 'transactions', count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM transactions t UNION ALL
SELECT 'attachments', count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM attachments t UNION ALL
SELECT 'users', count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM users t ORDER BY 1"
"""


SECTION = re.compile(r"^\[database\]\n.*\n\n", re.MULTILINE)
"""What the page tells to leave out for SQLite."""


def main() -> None:
    """Read the choices and walk; exits 1 at the first line that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--proxy", choices=["nginx", "caddy"], default="nginx")
    parser.add_argument("--mail", choices=["alias", "lmtp"], default="alias")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--gunicorn", action="store_true", help="serve by that for a moment")
    parser.add_argument("--ldap", action="store_true", help="build python-ldap, and log in by a directory")
    parser.add_argument("--backup", action="store_true", help="backup.md too: each night, drill and restore")
    parser.add_argument("--upgrade-from", metavar="COMMIT", default="", help="upgrading.md too, from there")
    parser.add_argument("--moving", action="store_true", help="moving.md too, to a second bare Debian")
    parser.add_argument("--container", action="store_true", help="container.md instead; needs podman")
    parser.add_argument("--suite", default="bookworm", help="the Debian to walk on")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/rtpy-walk"), help="where it is made")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the machines end with this process
    with alone(chosen.folder):
        if chosen.container:
            with failures_told(chosen.folder):
                walk_containers(chosen.folder, suite=chosen.suite)
        else:
            walk_machines(chosen)
    report("all", "was walked")


def walk_machines(chosen: argparse.Namespace) -> None:
    """One machine, or two, from the first line to the last; exits 1 at the first that fails."""
    choices = {chosen.database, chosen.proxy, chosen.mail}
    choices |= {word for word in ("gunicorn", "ldap", "backup") if getattr(chosen, word)}
    with ExitStack() as stack:

        def bare(name: str, other: Path | None = None) -> CleanRoot:
            return stack.enter_context(clean_root(chosen.folder, name, suite=chosen.suite, other=other))

        root = bare("old" if chosen.moving else "root")
        name = "old.example.com" if chosen.moving else "help.example.com"
        with failures_told(chosen.folder):
            machine = Machine(root, name, chosen.upgrade_from)
            settle(machine, choices)
            if chosen.upgrade_from:
                upgrade(machine, choices)
            if chosen.moving:
                old, machine = machine, Machine(bare("new", root.folder), "new.example.com")
                move(old, machine, choices)
            take_away(machine, choices)


@contextmanager
def failures_told(folder: Path) -> Iterator[None]:
    """Exits 1 when a line failed, and says what it printed and what the services did."""
    try:
        yield
    except subprocess.CalledProcessError as failed:
        print(f"\nFAILED with code {failed.returncode}:\n{failed.cmd}\n{failed.output[-6000:]}")
        for log in sorted(folder.glob("*/run/walk/*.log")):
            print(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}")
        sys.exit(1)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other walk in this folder meanwhile; exits with a sentence while there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another walk goes on in {folder}: wait for it, or name another place by --folder.")
        yield


def settle(machine: Machine, choices: set[str]) -> None:
    """Install by small-shop.md, and live a little."""
    for block in blocks_of(SHOP):
        if block.is_chosen(frozenset(choices | {"first"})):
            if "enable --now rtpy.target" in block.text:
                machine.stand_in()
            if "sqlite" in choices:
                block = replace(block, text=SECTION.sub("", block.text))
            machine.type([block])
    machine.tell("story.py", machine.password)
    if "ldap" in choices:
        with machine.directory_server():
            machine.tell("by_directory.py")
    if "backup" in choices:
        machine.type(block for block in blocks_of(BACKUP) if block.is_chosen(frozenset(choices)))
        machine.tell("moved.py", "/run/walk", "let-out")
        choices |= {"postgresql"}  # where the page has led from SQLite


def upgrade(machine: Machine, choices: set[str]) -> None:
    """Follow upgrading.md; the checkout of today takes the place of the older one when the page says so."""
    asked = frozenset(choices | {"upgrade"})
    for block in blocks_of(UPGRADING):
        if "--version" in block.text:
            machine.put_release()
        if block.is_chosen(asked):
            machine.type([block])
    machine.tell("moved.py", "/run/walk")


def move(old: Machine, new: Machine, choices: set[str]) -> None:
    """Follow moving.md on both machines."""
    asked, rows = frozenset(choices | {"old", "new"}), ""
    for block in blocks_of(MOVING, followed=True):
        if not block.is_chosen(asked):
            continue
        ends_the_old = "disable --now rtpy.target" in block.text
        if "new" in block.words:
            new.stand_in(old)
        if ends_the_old:
            old.switch_mail_server(on=False)
            old.tell("waiting.py")
        if "enable --now rtpy.target" in block.text and rows_of(new, choices) != rows:
            new.fail("the new machine has other tickets, transactions, attachments or users than the old one")
        if (block.page, block.step) == (MOVING.name, "6"):
            new.tell("moved.py", "/run/walk/old/run/walk", "come-in", "let-out")
        (old if "old" in block.words else new).type([block])
        if ends_the_old:
            rows = rows_of(old, choices)
            old.say(" ".join(rows.split()))
        if block.text.endswith("systemctl start rtpy-web\n"):
            new.tell("moved.py", "/run/walk/old/run/walk")


def rows_of(machine: Machine, choices: set[str]) -> str:
    """How many rows the tables have that people care about, and a sum over each; SQLite's are not looked at."""
    return machine.root.run(ROWS) if "postgresql" in choices else ""


def take_away(machine: Machine, choices: set[str]) -> None:
    """The last part of small-shop.md, and a look at what it leaves."""
    machine.switch_mail_server(on=False)
    asked = frozenset(choices | {"uninstall"})
    machine.type(block for block in blocks_of(SHOP) if "uninstall" in block.words and block.is_chosen(asked))
    machine.tell("gone.py")


if __name__ == "__main__":
    main()
