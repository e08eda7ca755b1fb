"""Walks docs/install/container.md: builds the image, runs it in every way that the page shows, and takes it away."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from tests.install.documents import CONTAINER, TOP, Block, blocks_of
from tests.install.machine import release, report
from tests.install.podman import Podman, podman_apart

MAIL = """From: Bea <bea@client.example>
To: help@example.com
Subject: {subject}
Message-ID: <{subject}@client.example>

It burns.
"""
GATE = "/usr/local/lib/rtpy/rtpy-mailgate --queue General --action correspond --url http://127.0.0.1:{}/"
SUBJECTS = "curl -sS --data-urlencode query='id > 0' --data-urlencode user=root --data-urlencode 'pass={}' {}"
SEARCH = "http://127.0.0.1:{}/REST/1.0/search/ticket"
CHOICES = frozenset({"postgresql", "ldap", "uninstall"})


class Walk:
    """Types the blocks in their order, and looks after each whether what the page says is so."""

    def __init__(self, podman: Podman) -> None:
        self._podman = podman
        self._passwords: dict[int, str] = {}
        self._looks = {
            "podman logs": self._first,
            "install -m 755": self._mail,
            "--read-only": self._upgraded,
            "rtpy-worker --env-file": self._apart,
            "rtpy-ldap - ": self._ldap,
            "volume rm": self._gone,
        }
        """What to look at after the block that has these words."""

    def go(self) -> None:
        """From the first block to the last. Raises CalledProcessError at the first line that fails."""
        for block in blocks_of(CONTAINER):
            if not block.is_chosen(CHOICES):
                continue
            if "HOST" in block.text:
                block = replace(block, text=block.text.replace("HOST", self._gateway()))
            said = self._type(block)
            if "SIGKILL" in said:
                self._fail("the container did not end by itself when it was stopped")
            if found := re.search(r"the password of root is (\S+) ", said):
                self._passwords[8081] = found[1]
            self._look(block.text)
        if self._looks:
            self._fail(f"no block has these words any longer: {', '.join(self._looks)}")

    def _type(self, block: Block) -> str:
        said = self._podman.run(block.text, online="online" in block.words)
        report("container", f"{block.page} line {block.line}: {block.text.strip().splitlines()[0][:70]}")
        return said

    def _look(self, typed: str) -> None:
        for words in [words for words in self._looks if words in typed]:
            self._looks.pop(words)()

    def _first(self) -> None:
        self._wait_until_ready("rtpy", 8080)
        log = self._podman.run("podman logs rtpy")
        found = re.search(r"with the password (\S+) ", log)
        if not found:
            self._fail(f"the log does not tell the password:\n{log}")
        self._passwords[8080] = found[1]
        self._podman.run("podman healthcheck run rtpy")
        who = self._podman.run(
            "podman exec rtpy id -u; ! podman exec rtpy touch /opt/rtpy/written 2>/dev/null"
        )
        if who.split() != ["999"]:
            self._fail(f"it runs as {who}")

    def _mail(self) -> None:
        self._send(8080, "Fire")

    def _upgraded(self) -> None:
        self._wait_until_ready("rtpy", 8080)
        self._send(8080, "Again")
        found = self._subjects(8080)
        if "Fire" not in found:
            self._fail(f"what was there before is gone:\n{found}")

    def _apart(self) -> None:
        self._wait_until_ready("rtpy-web", 8081)
        self._send(8081, "Apart")
        until = time.monotonic() + 60
        while "is made anew" not in (log := self._podman.run("podman logs rtpy-worker")):
            if time.monotonic() > until:
                self._fail(f"the worker does not work:\n{log}")
            time.sleep(0.5)

    def _ldap(self) -> None:
        self._podman.run("podman run --rm --entrypoint /opt/rtpy/.venv/bin/python rtpy-ldap -c 'import ldap'")

    def _gone(self) -> None:
        left = self._podman.run(
            "podman ps --all --quiet; podman volume ls --quiet; ls -d /usr/local/lib/rtpy* || true"
        )
        if "rtpy" in left.replace("cannot access '/usr/local/lib/rtpy*'", "") or "site" in left:
            self._fail(f"left over:\n{left}")

    def _send(self, port: int, subject: str) -> None:
        self._podman.run(GATE.format(port), given=MAIL.format(subject=subject).encode())
        if subject not in (found := self._subjects(port)):
            self._fail(f"the mail is no ticket:\n{found}")

    def _subjects(self, port: int) -> str:
        return self._podman.run(SUBJECTS.format(self._passwords[port], SEARCH.format(port)))

    def _wait_until_ready(self, name: str, port: int) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                self._podman.run(f"curl -sSf http://127.0.0.1:{port}/ready")
            except subprocess.CalledProcessError:
                time.sleep(0.5)
            else:
                return
        self._fail(self._podman.run(f"podman logs {name}"))

    def _gateway(self) -> str:
        return re.findall(r'"gateway": "([\d.]+)"', self._podman.run("podman network inspect podman"))[0]

    def _fail(self, sentence: str) -> NoReturn:
        raise subprocess.CalledProcessError(1, "container", output=sentence)


def walk_containers(folder: Path, *, suite: str) -> None:
    """The whole page. Raises CalledProcessError at the first line that fails."""
    with podman_apart(folder, suite=suite) as podman:
        packing = ["tar", "-C", podman.checkout, "--no-same-owner", "-xf", "-"]
        subprocess.run(packing, input=release(), check=True)
        with _database_server(podman):
            Walk(podman).go()


@contextmanager
def _database_server(podman: Podman) -> Iterator[None]:
    """PostgreSQL as a neighbour of the containers."""
    log = podman.checkout.parent / "database.log"
    script = Path(__file__).parent / "inside" / "database_server.py"
    podman.run(
        f"cd {TOP}; setsid {sys.executable} {script} > {log} 2>&1 & echo $! > {log}.pid\n"
        f"for i in $(seq 300); do grep -q ready {log} && exit 0; sleep 0.1; done\n"
        f"cat {log}; exit 1"
    )
    try:
        yield
    finally:
        podman.run(
            f"kill $(cat {log}.pid); for i in $(seq 300); do grep -q ended {log} && exit 0; sleep 0.1; done"
        )
