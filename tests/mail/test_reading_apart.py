"""Reading in another process, for mails on which a process has died."""

import os
import signal
import subprocess
import sys

import pytest

from rtpy.mail import apart
from rtpy.mail.apart import Unreadable, read_apart
from rtpy.mail.message import read_mail
from tests.mail.letters import letter


def test_it_reads_what_the_reader_reads():
    raw = letter("Grüße", subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
    assert read_apart(raw, "rtpy") == read_mail(raw, rtname="rtpy")


def test_P11_a_mail_that_never_ends_is_given_up():
    with pytest.raises(Unreadable, match="did not end"):
        read_apart(letter(), "rtpy", seconds=0.001)


def test_P11_a_mail_that_eats_all_memory_is_given_up(monkeypatch):
    monkeypatch.setattr(
        apart,
        "START",
        "import rtpy.mail.apart as a; a.MEMORY = 2**28; a.read_mail = lambda *_, **__: bytearray(2**30); a.main()",
    )
    with pytest.raises(Unreadable, match="MemoryError"):
        read_apart(letter(), "rtpy")


def test_P11_a_mail_that_kills_its_process_is_given_up(monkeypatch):
    monkeypatch.setattr(apart, "START", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(Unreadable, match="exit -9"):
        read_apart(letter(), "rtpy")


@pytest.mark.parametrize(("armed", "printed"), [("here", ""), ("here:2", "1"), ("elsewhere", "123")])
def test_P2_a_named_point_kills_at_the_passage_that_is_armed(armed, printed):
    loop = "import rtpy.faults\nfor n in '123':\n    rtpy.faults.reach('here'); print(n, end='', flush=True)"
    environment = {**os.environ, "RTPY_CRASH_AT": armed}
    done = subprocess.run(
        [sys.executable, "-c", loop], capture_output=True, text=True, env=environment, timeout=30
    )
    expected = 0 if armed == "elsewhere" else -signal.SIGKILL
    assert (done.returncode, done.stdout) == (expected, printed)
