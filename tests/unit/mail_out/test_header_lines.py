"""Header lines: nothing breaks out, everything is folded and encoded so that every program reads it."""

from email import message_from_bytes, policy
from email.message import Message
from email.utils import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rtpy.mail.defang import defanged
from rtpy.mail.header_lines import encoded, header_line, is_sendable, mailbox, one_line, parameter


def read(*lines: bytes) -> Message:
    return message_from_bytes(b"".join(lines) + b"\r\nbody", policy=policy.SMTP)


@given(st.text(max_size=400))
def test_a10_any_text_is_one_header_and_comes_back(text):
    mail = read(header_line("Subject", encoded(text)), header_line("X-Next", "here"))
    assert mail.keys() == ["Subject", "X-Next"]
    assert " ".join(mail["Subject"].split()) == " ".join(one_line(text).split())
    assert mail.get_payload() == "body"


@given(st.text(max_size=200))
def test_a10_any_name_gives_one_mailbox(name):
    mail = read(header_line("From", mailbox(name, "rt@example.com")), header_line("X-Next", "here"))
    assert mail.keys() == ["From", "X-Next"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["rt@example.com"]


@given(st.text(max_size=300))
@example("<>")
def test_a_file_name_comes_back(name):
    line = header_line("Content-Disposition", f"attachment{parameter('filename', name)}")
    mail = read(line, header_line("X-Next", "here"))
    assert mail.keys() == ["Content-Disposition", "X-Next"]
    # The reader itself takes quotes and brackets around a name away.
    assert (mail.get_filename() or "") == unquote(one_line(name, 200)).strip()


@pytest.mark.parametrize("value", ["x" * 300, "word " * 60, "ä" * 300, "a@b.example, " * 40 + "c@d.example"])
def test_lines_are_short_enough_for_every_server(value):
    line = header_line("X-Long", encoded(value) if not value.isascii() else value)
    assert all(len(part) <= 998 for part in line.split(b"\r\n"))
    assert line.isascii()


@pytest.mark.parametrize(
    ("address", "sendable"),
    [
        ("ann@client.example", True),
        ("o'neil+x=y@client.example", True),
        ("jörg@bücher.example", True),
        ("ann", False),
        ("a@b@c", False),
        ("a b@c.example", False),
        ("a@b.example\r\nRCPT TO:<e@x>", False),
        ("<a@b.example>", False),
        ("a@b.example,c@d.example", False),
        ("-f@x.example", False),
        ("a@b\x00.example", False),
        ("a" * 400 + "@b.example", False),
        ("", False),
    ],
)
def test_only_plain_addresses_are_written_to(address, sendable):
    assert is_sendable(address) is sendable


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("[t #1] Printer on fire", "[t #1] Printer on fire"),
        ("[t #1] see http://evil.example/x now", "[t #1] see ... now"),
        ("[t #1] see hxxps:/evil.example/x now", "[t #1] see ... now"),
        ("[t #1] mail me@evil.example", "[t #1] mail ..."),
        ("[t #1] go to evil.example/path", "[t #1] go to ..."),
        ("[t #1] version 3.11 is out", "[t #1] version 3.11 is out"),
        ("[t #1] " + "x" * 200, "[t #1] " + "x" * 57 + "..."),
        ("[t #1] " + "a@" * 50_000, "[t #1] " + "a@" * 28 + "a..."),  # in no time
    ],
)
def test_a56_subjects_in_automatic_answers_hold_nothing_to_click(subject, shown):
    assert defanged(subject, "[t #1]") == shown
