"""A60 to A63 against a real server process: mails that would fill its memory or its day, and the pages about them.

Time is what the server's processor spent, so that a busy machine changes nothing; memory is the peak of its resident
size. Every mail must be kept byte for byte, whatever becomes of it.
"""

import base64
import gzip
import http.client
import io
import itertools
import os
import re
import sqlite3
import struct
import zipfile
import zlib
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rtpy.testing.running import running_site
from tests.attacks.gateway import PATH, form_of

PASSWORD = "a bomb for every day"
HEAD = b"From: Ann <ann@client.example>\nTo: rt@localhost\nSubject: bomb\nMIME-Version: 1.0\n"
TICK = os.sysconf("SC_CLK_TCK")
SECONDS_IN, SECONDS_PAGE, MEGABYTES = 10, 5, 700

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/clear_refs").exists(), reason="Only Linux tells what a process used."
    ),
]


class Target:
    """A running site, its processor time and memory, and a login of root."""

    def __init__(self, site):
        self._site = site
        self._cookies = {}
        form = self.get("/login")[1]
        token = re.search(rb'name="csrf_token" value="([^"]+)"', form)[1].decode()
        self._ask(
            "POST",
            "/login",
            urlencode({"csrf_token": token, "username": "root", "password": PASSWORD}).encode(),
        )
        assert "rtpy_session" in self._cookies

    def _ask(self, method, path, body=None, kind="application/x-www-form-urlencoded"):
        connection = http.client.HTTPConnection("127.0.0.1", self._site.port, timeout=90)
        headers = {
            "Content-Type": kind,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        connection.close()
        return answer.status, text

    def get(self, path):
        return self._ask("GET", path)

    @property
    def seconds(self):
        """Processor time that the server has used so far."""
        fields = Path(f"/proc/{self._site.pid('serve')}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def peak(self):
        """Megabytes at most since `forget_peak`."""
        status = Path(f"/proc/{self._site.pid('serve')}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024

    def forget_peak(self):
        Path(f"/proc/{self._site.pid('serve')}/clear_refs").write_text("5")

    def hand_in(self, raw):
        """Post it; the answer, the seconds it took, and its row: ticket, entry, state and the bytes kept."""
        body, kind = form_of(raw, queue="General", action="correspond")
        began = self.seconds
        status, text = self._ask("POST", PATH, body, kind)
        took = self.seconds - began
        assert status == 200
        with sqlite3.connect(f"file:{self._site.home}/rtpy.db?mode=ro", uri=True) as db:
            row = db.execute(
                "SELECT ticket_id, transaction_id, state, raw FROM incoming_mails ORDER BY id DESC LIMIT 1"
            ).fetchone()
        db.close()
        return text.decode(), took, row

    def open(self, path):
        """A page: its status, its seconds, its text."""
        began = self.seconds
        status, text = self.get(path)
        return status, self.seconds - began, text


@pytest.fixture(scope="module")
def target(tmp_path_factory, compiled_templates):
    with running_site(
        tmp_path_factory.mktemp("bombed"), password=PASSWORD, templates=compiled_templates
    ) as site:
        site.start("serve")
        yield Target(site)


def survives(target, raw):
    """The whole check of one bomb."""
    target.forget_peak()
    answer, took, (ticket, entry, state, kept) = target.hand_in(raw)
    assert answer.startswith("ok"), answer
    assert bytes(kept) == raw
    assert state in ("done", "quarantined")
    assert ticket is not None
    assert took < SECONDS_IN
    for path in (
        f"/ticket/{ticket}",
        f"/ticket/{ticket}?quote={entry}",
        f"/ticket/{ticket}/history",
        f"/ticket/{ticket}/transaction/{entry}/raw",
    ):
        status, spent, text = target.open(path)
        assert (status, spent < SECONDS_PAGE) == (200, True), (path, spent)
        assert len(text) < 8_000_000, path
    for path in ("/", "/tickets", "/admin/mail/incoming", "/admin/mail/outgoing"):
        status, spent, text = target.open(path)
        assert (status, spent < SECONDS_PAGE, len(text) < 2_000_000) == (200, True, True), path
    assert target.peak < MEGABYTES
    return ticket


# --- A60 --------------------------------------------------------------------------------------------------------


def flat(count, size=1):
    part = b"--b\nContent-Type: text/plain\n\n" + b"y" * size + b"\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * count + b"--b--\n"


def attached(kind, data, name="x.bin"):
    head = 'Content-Type: multipart/mixed; boundary="bb"\n\n--bb\n\nsee it\n--bb\n'
    head += f'Content-Type: {kind}; name="{name}"\n'
    tail = f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
    return HEAD + head.encode() + tail.encode() + base64.encodebytes(data) + b"--bb--\n"


BIG = {
    "50 MB": lambda: attached("application/pdf", os.urandom(38_000_000)),
    "50 MB of text": lambda: HEAD + b"\n" + b"The quick brown fox jumps over the lazy dog.\n" * 1_100_000,
    "10 MB of HTML": lambda: (
        HEAD
        + b"Content-Type: text/html\n\n"
        + b"<p>The quick <b>brown</b> <a href=http://x.example/>fox</a></p>\n" * 150_000
    ),
    "25,000 parts": lambda: flat(25_000),
    "25,000 files": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"".join(b"--b\nContent-Type: image/png; name=%d.png\n\nx%d\n" % (n, n) for n in range(25_000))
        + b"--b--\n"
    ),
    "10,000 header fields": lambda: HEAD + b"".join(b"X-%d: y\n" % n for n in range(10_000)) + b"\nhello",
    "10,000 Received": lambda: (
        b"Received: from a by b; Mon, 2 Mar 2026 09:00:00 +0000\n" * 10_000 + HEAD + b"\nhello"
    ),
    "header line of 1 MB": lambda: HEAD + b"X-A: " + b"y" * 1_000_000 + b"\n\nhello",
    "100,000 recipients": lambda: (
        HEAD + b"Cc: " + b", ".join(b"u%d@x.example" % n for n in range(100_000)) + b"\n\nhello"
    ),
    "100,000 references": lambda: (
        HEAD + b"References: " + b" ".join(b"<%d@x.example>" % n for n in range(100_000)) + b"\n\nhello"
    ),
    "subject of a million": lambda: HEAD.replace(b"bomb", b"s" * 1_000_000) + b"\nhello",
    "encoded subject": lambda: (
        HEAD.replace(b"bomb", b" ".join([b"=?utf-8?q?=C3=A4?="] * 50_000)) + b"\nhello"
    ),
    "sender of a million": lambda: HEAD.replace(b"Ann", b"A" * 1_000_000) + b"\nhello",
    "3 MB in one line": lambda: HEAD + b"\n" + b"y" * 3_000_000,
    "3 MB of HTML in one line": lambda: HEAD + b"Content-Type: text/html\n\n<p>" + b"y" * 3_000_000,
}


@pytest.mark.parametrize("case", BIG)
def test_a60_big_mails_are_kept_in_bounded_time_and_memory_and_their_pages_open(target, case):
    survives(target, BIG[case]())


def test_a60_more_than_is_allowed_is_refused_and_noted(target):
    target.forget_peak()
    answer, took, (_, _, state, kept) = target.hand_in(HEAD + b"\n" + b"x" * 54_000_000)
    assert (answer.startswith("not ok"), state, took < SECONDS_IN) == (True, "refused", True)
    assert len(kept) <= 54_000_200
    assert target.peak < MEGABYTES


# --- A61 --------------------------------------------------------------------------------------------------------


def nested(depth, boundary="b{}"):
    marks = [boundary.format(level) for level in range(depth)]
    opened = "".join(f'Content-Type: multipart/mixed; boundary="{mark}"\n\n--{mark}\n' for mark in marks)
    return (
        HEAD + opened.encode() + b"\nhello\n" + "".join(f"--{mark}--\n" for mark in reversed(marks)).encode()
    )


DEEP = {
    "multipart 1,000 deep": lambda: nested(1_000),
    "boundaries that are prefixes": lambda: nested(400, "b" * 3 + "{}"),
    "growing boundaries": lambda: (
        HEAD
        + "".join(
            f'Content-Type: multipart/mixed; boundary="{"a" * n}"\n\n--{"a" * n}\n' for n in range(1, 300)
        ).encode()
        + b"\nhello\n"
    ),
    "one boundary for all": lambda: nested(1_000, "same"),
    "message/rfc822 500 deep": lambda: HEAD + (b"Content-Type: message/rfc822\n\n" + HEAD) * 500 + b"\nhello",
    "message/rfc822 500 deep with parts": lambda: (
        HEAD
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=r%d\n\n--r%d\nContent-Type: message/rfc822\n\nSubject: %d\n"
            % (n, n, n)
            for n in range(500)
        )
        + b"\nhello"
    ),
    "no boundary": lambda: HEAD + b"Content-Type: multipart/mixed\n\n--b\n\nhello\n--b--\n",
    "empty boundary": lambda: HEAD + b'Content-Type: multipart/mixed; boundary=""\n\n--\n\nhello\n----\n',
    "no blank line": lambda: HEAD + b"hello without a blank line",
    "nothing but a header": lambda: b"Subject: x",
    "nothing at all": lambda: b"",
    "NULs": lambda: HEAD + b"\n" + b"\0" * 1_000_000,
    "a NUL in each header": lambda: (
        b"From: a\0@b.example\nSubject: a\0b\nX\0Y: z\nMessage-ID: <a\0b@c>\n\na\0b"
    ),
    "bare CR": lambda: (HEAD + b"\n" + b"hello\n" * 20_000).replace(b"\n", b"\r"),
    "blank lines": lambda: HEAD + b"\n" * 1_000_000,
    "HTML 100,000 deep": lambda: (
        HEAD + b"Content-Type: text/html\n\n" + b"<div><blockquote>" * 50_000 + b"hello"
    ),
    "quotes 1,000 deep": lambda: HEAD + b"\n" + b"".join(b">" * n + b" hello\n" for n in range(1_000)),
}


@pytest.mark.parametrize("case", DEEP)
def test_a61_deep_and_broken_mails_are_kept_and_their_pages_open(target, case):
    raw = DEEP[case]()
    if raw:
        survives(target, raw + b"" if case != "nothing but a header" else raw)
    else:
        answer, _, (_, _, state, _) = target.hand_in(raw)
        assert (answer.startswith(("ok", "not ok", "temporary failure")), state != "received") == (True, True)


# --- A62 --------------------------------------------------------------------------------------------------------


def zipped(data, name="bomb", rounds=1):
    for number in range(rounds):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}{number}", data)
        data = packed.getvalue()
    return data


def huge_picture():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 20_000_000))
        + chunk(b"IEND", b"")
    )


def attribute(level, name, data):
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(*attributes):
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def rtf_bomb(size):
    """Compressed RTF whose every pair of bytes stands for seventeen, and which claims to be 4 GB."""
    body = b"\xff" + b"\x0f\xff" * 8
    data = body * (size // len(body))
    packed = struct.pack("<II4sI", len(data) + 12, 0xFFFFFFFF, b"LZFu", zlib.crc32(data)) + data
    properties = (
        struct.pack("<IHHII", 1, 0x0102, 0x1009, 1, len(packed)) + packed + b"\0" * (-len(packed) % 4)
    )
    return tnef(attribute(1, 0x00069003, properties))


def liar(count, kind, value):
    """Properties that claim to be `count`, of which there is one."""
    return tnef(attribute(1, 0x00069003, struct.pack("<IHH", count, kind, 0x1234) + value))


def nested_tnef(depth):
    data = b"hello"
    for _ in range(depth):
        data = tnef(
            attribute(2, 0x00069002, b"\0" * 14),
            attribute(2, 0x00018010, b"winmail.dat\0"),
            attribute(2, 0x0006800F, data),
        )
    return data


PACKED = {
    "zip of 200 MB": lambda: attached("application/zip", zipped(b"\0" * 200_000_000), "a.zip"),
    "zip in zip": lambda: attached("application/zip", zipped(b"\0" * 20_000_000, rounds=5), "a.zip"),
    "docx": lambda: attached(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        zipped(b"<w>" * 30_000_000),
        "a.docx",
    ),
    "gzip": lambda: attached("application/gzip", gzip.compress(b"\0" * 100_000_000), "a.gz"),
    "gzip as text": lambda: (
        HEAD
        + b"Content-Type: text/plain\nContent-Encoding: gzip\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(gzip.compress(b"\0" * 50_000_000))
    ),
    "picture of 2.5 thousand million points": lambda: attached("image/png", huge_picture(), "a.png"),
    "PDF": lambda: attached(
        "application/pdf",
        b"%PDF-1.7\n1 0 obj<</Filter[/FlateDecode/FlateDecode]>>stream\n"
        + zlib.compress(zlib.compress(b"\0" * 50_000_000)),
        "a.pdf",
    ),
    "laughing SVG": lambda: attached(
        "image/svg+xml",
        b"<!DOCTYPE s [<!ENTITY a 'ha'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
        + b"]><svg>&j;</svg>",
        "a.svg",
    ),
    "winmail with compressed text": lambda: attached(
        "application/ms-tnef", rtf_bomb(3_000_000), "winmail.dat"
    ),
    "winmail 200 deep": lambda: attached("application/ms-tnef", nested_tnef(200), "winmail.dat"),
    "winmail of 100,000 attributes": lambda: attached(
        "application/ms-tnef", tnef(*[attribute(2, 0x00069002, b"\0" * 14)] * 100_000), "winmail.dat"
    ),
    "winmail that lies about its lengths": lambda: attached(
        "application/ms-tnef",
        tnef(struct.pack("<BII", 1, 0x00069003, 0xFFFFFFF0) + b"x" * 1000),
        "winmail.dat",
    ),
    "winmail of a million attributes": lambda: attached(
        "application/ms-tnef", tnef(attribute(2, 0x00069002, b"\0" * 14) * 900_000), "winmail.dat"
    ),
    "winmail that counts to four thousand million": lambda: attached(
        "application/ms-tnef", liar(0xFFFFFFFF, 3, b"\7\0\0\0"), "winmail.dat"
    ),
    "winmail with four thousand million values": lambda: attached(
        "application/ms-tnef", liar(1, 0x1003, b"\xff\xff\xff\xff"), "winmail.dat"
    ),
    "winmail with empty values": lambda: attached(
        "application/ms-tnef", liar(1, 0x101E, b"\xff\xff\xff\xff" + b"\0" * 20_000_000), "winmail.dat"
    ),
    "winmail of three million properties": lambda: attached(
        "application/ms-tnef",
        liar(3_000_000, 3, b"\7\0\0\0" + struct.pack("<HHI", 3, 0x1234, 7) * 2_900_000),
        "winmail.dat",
    ),
    "uuencoded 5,000 times": lambda: HEAD + b"\n" + b"begin 644 x\n#86)C\n`\nend\n" * 5_000,
}


@pytest.mark.parametrize("case", PACKED)
def test_a62_what_unpacks_to_too_much_is_kept_packed(target, case):
    survives(target, PACKED[case]())


# --- A63 --------------------------------------------------------------------------------------------------------

TEXTS = {
    "quotes": "> > ",
    "quote lines": "> x\n",
    "colons": "On a wrote:\n",
    "wrote": "On 1 Jan, A <a@b.c> wrote: ",
    "dashes": "-- \n",
    "fields": "From: a\nSent: b\n",
    "originals": "-----Original Message-----\n",
    "schemes": "http://",
    "www": "www.",
    "addresses": "a@",
    "dots": "a.",
    "brackets": "(http://a.b/(",
    "underscores": "_" * 7 + "\n",
    "blanks": " ",
    "tabs": "\t\n",
    "tags": "[rtpy #",
    "numbers": "#1 ",
    "braces": "{{",
    "percent": "%7B",
    "wide": "\u3000\u00a0",
    "marks": "\u202e\u0301",
    "commas": ",;:",
    "angle": "<",
}
HTMLS = {
    "quotes": "<blockquote>",
    "gmail": '<div class="gmail_quote">x</div>',
    "headers": '<div id="divRplyFwdMsg">',
    "links": "<a href=",
    "open": "<",
    "amp": "&",
    "entities": "&amp;#x",
    "breaks": "<br>On x wrote:",
    "comments": "<!--",
    "styles": '<p style="border:none;border-top:solid #B5C4DF',
    "images": "<img src=cid:x>",
    "tables": "<table><tr><td>",
    "attributes": '<b a="',
    "text links": "http://a.example/ ",
    "fonts": "<b><i>x</i>",
    "wrote": "<div>On 1 Jan A &lt;a@b.c&gt; wrote:</div>",
    "classes": '<p class="MsoNormal"><b>From:</b> a',
}
FIELDS = {
    "Subject": ["[rtpy #", "=?utf-8?q?", "Re: ", "( ", "a.b", "http://"],
    "From": ['"', "<", "(", "=?a?b?A?= ", "a@b,", "\\"],
    "Cc": ["a b ", "<a@", "g: ;", '"\\"'],
    "Content-Type": ["a; b=", '; x="\\"', ";x*0="],
    "Authentication-Results": ['("', "; dmarc=", "\\("],
    "References": ["<", "<a@b", "rt-1-"],
    "Message-ID": ["<<", "a@"],
}


_numbers = itertools.count(1)


def grows_as_its_size(target, make):
    """Twice the size takes at most twice the time, with a third of a second for what does not depend on it."""
    spent = []
    for size in (100_000, 200_000):
        # Mails without a Message-ID are told apart by their text.
        answer, took, (ticket, entry, state, _) = target.hand_in(make(size) + f" {next(_numbers)}\n".encode())
        assert (answer, state) == ("ok\n", "done")
        for path in (f"/ticket/{ticket}", f"/ticket/{ticket}?quote={entry}"):
            status, seconds, _ = target.open(path)
            assert status == 200
            took += seconds
        spent.append(took)
    assert spent[1] < 2 * spent[0] + 0.33, spent
    assert spent[1] < SECONDS_PAGE


@pytest.mark.parametrize("name", TEXTS)
def test_a63_hostile_texts_take_time_like_their_size(target, name):
    piece = TEXTS[name].encode()
    head = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
    grows_as_its_size(target, lambda size: head + b"hello\n" + piece * (size // len(piece)) + b"\n%d" % size)


@pytest.mark.parametrize("name", HTMLS)
def test_a63_hostile_html_takes_time_like_its_size(target, name):
    piece = HTMLS[name].encode()
    head = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"
    grows_as_its_size(target, lambda size: head + b"hello " + piece * (size // len(piece)) + b" %d" % size)


@pytest.mark.parametrize("field", FIELDS)
def test_a63_hostile_fields_take_time_like_their_size(target, field):
    for piece in FIELDS[field]:
        raw = piece.encode()
        base = b"" if field in ("Subject", "From") else HEAD
        grows_as_its_size(
            target,
            lambda size, raw=raw, base=base: (
                base + f"{field}: ".encode() + raw * (size // len(raw)) + b"\n\nhello %d" % size
            ),
        )
