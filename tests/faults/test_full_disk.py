"""P4: the disks of the files and of the database are full during load; nothing is lost, and work goes on by itself."""

import hashlib
import os
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import create_engine, text

from rtpy.stores.folder import FolderKeeper
from rtpy.testing.running import running_site
from tests.faults.sending import Sender, until
from tests.stores.conftest import mail

pytestmark = pytest.mark.slow

FILE = 400_000
"""Bytes of the file of each mail."""


@contextmanager
def small_disk(place, megabytes):
    """A disk of that size; says how to make it larger."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", place]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        if os.environ.get("CI") == "true" and os.geteuid() == 0:
            pytest.fail("A small disk could not be mounted, though this is root.")
        pytest.skip("Only root may mount a small disk: full disks are not tried.")

    def grow(megabytes):
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", place], check=True)

    try:
        yield grow
    finally:
        subprocess.run(["umount", "-l", place], check=True)


class Senders:
    """Four mail servers that try each of their mails again until it is taken; `answers` are all that they got."""

    def __init__(self, url):
        self.sender = Sender(url)
        self.sent: dict[str, bytes] = {}
        self.answers: list[str] = []
        self.untaken: list[str] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(each,)) for each in range(4)]
        for thread in self._threads:
            thread.start()

    def _send(self, number):
        count = 0
        while not self._stop.is_set():
            token = f"s{number}-{count}"
            raw = mail(token, data=os.urandom(FILE))
            self.sent[token] = raw
            deadline = time.monotonic() + 40
            while time.monotonic() < deadline:
                answer = self.sender.once(raw)
                with self._lock:
                    self.answers.append(answer)
                if answer == "ok":
                    break
                time.sleep(0.3)
            else:
                self.untaken.append(token)
            count += 1
            time.sleep(0.05)

    def wait_for_trouble(self):
        """Until several were told to come again."""
        before = sum(answer != "ok" for answer in self.answers)
        for _ in until(20):
            if sum(answer != "ok" for answer in self.answers) >= before + 6:
                return
        raise AssertionError(f"the disk was never full: {self.answers[-5:]}")

    def finish(self):
        """No new mails; those in hand are tried until they are taken."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


def test_p4_full_disks_lose_nothing_and_need_no_restart(tmp_path, compiled_templates):
    files = tmp_path / "files"
    with ExitStack() as stack:
        more_files = stack.enter_context(small_disk(files, 4))
        more_disk = stack.enter_context(small_disk(tmp_path / "disk", 24))
        settings = {"RTPY_ATTACHMENTS_STORE": "folder", "RTPY_ATTACHMENTS_FOLDER": str(files / "kept")}
        site = stack.enter_context(
            running_site(
                tmp_path / "disk", password="let it go", templates=compiled_templates, settings=settings
            )
        )
        site.start("serve")
        site.start("worker")
        before = (site.pid("serve"), site.pid("worker"))
        senders = Senders(site.url)
        try:
            senders.wait_for_trouble()
            assert (
                Sender(site.url).once(mail("words-alone", data=b"").replace(b"image/png", b"text/plain"))
                == "ok"
            )
            more_files(200)
            senders.wait_for_trouble()  # by now it is the disk of the database
            assert shutil.disk_usage(tmp_path / "disk").free < 2**20
            more_disk(400)
        finally:
            senders.finish()
        assert senders.untaken == []
        assert {answer.partition(" - ")[0] for answer in senders.answers} == {"ok", "temporary failure"}
        assert (site.pid("serve"), site.pid("worker")) == before
        assert site.is_running("serve")
        assert site.is_running("worker")
        engine = create_engine(f"sqlite:///{site.home}/rtpy.db")
        with engine.connect() as connection:
            for _ in until(60):
                waiting = connection.scalar(
                    text("SELECT count(*) FROM incoming_mails WHERE state IN ('received', 'working')")
                )
                connection.rollback()
                if not waiting:
                    break
            assert waiting == 0
            made = connection.execute(
                text(
                    "SELECT k.subject, a.blob_sha256 FROM tickets k JOIN transactions t ON t.object_id = k.id "
                    "AND t.object_type = 'ticket' AND t.type = 'Create' "
                    "JOIN attachments a ON a.transaction_id = t.id AND a.filename = 'rack.png' "
                    "WHERE k.subject LIKE 'Trouble s%'"
                )
            ).all()
            tickets = connection.scalar(text("SELECT count(*) FROM tickets WHERE subject LIKE 'Trouble s%'"))
        engine.dispose()
        expected = {
            f"Trouble {token}": raw.split(b"binary\r\n\r\n")[1][:FILE] for token, raw in senders.sent.items()
        }
        assert (len(made), tickets) == (len(expected), len(expected))
        keeper = FolderKeeper(files / "kept")
        for subject, sha256 in made:
            assert keeper.read(sha256) == expected[subject]
            assert hashlib.sha256(expected[subject]).hexdigest() == sha256
