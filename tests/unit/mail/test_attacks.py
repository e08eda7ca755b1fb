"""Mail as a weapon: size, depth, time, lies about who wrote it."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rtpy.content.part import PartRole
from rtpy.mail.addresses import parse_addresses
from rtpy.mail.bodies import REST_NAME
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import MAX_SUBJECT, read_mail
from rtpy.mail.mime import MAX_PARTS
from rtpy.mail.tags import find_tags

HEAD = b"From: a@b.example\r\nSubject: x\r\n"


def flat(count: int, size: int = 1) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\n" + b"y" * size + b"\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def nested(depth: int, boundary: bytes = b"b%d") -> bytes:
    marks = [boundary.replace(b"%d", b"%d" % level) for level in range(depth)]
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=" + m + b"\r\n\r\n--" + m + b"\r\n" for m in marks
    )
    closing = b"".join(b"--" + mark + b"--\r\n" for mark in reversed(marks))
    return HEAD + opening + b"Content-Type: text/plain\r\n\r\nhello\r\n" + closing


def carried(depth: int) -> bytes:
    return (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * depth + HEAD + b"\r\nhello"


BIG = {
    "25,000 parts": flat(25_000),
    "3,000 parts in 3 MB": flat(3_000, 1_000),
    "10,000 fields": HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\nhello",
    "1 MB field": HEAD + b"X-A: " + b"y" * 1_000_000 + b"\r\n\r\nhello",
    "100,000 recipients": HEAD
    + b"To: "
    + b", ".join(b"u%d@x.example" % n for n in range(100_000))
    + b"\r\n\r\nhello",
    "1e6 characters of subject": b"From: a@b.example\r\nSubject: " + b"s" * 1_000_000 + b"\r\n\r\nhello",
    "3 MB line": HEAD + b"\r\n" + b"y" * 3_000_000,
    "50 MB file": HEAD + b"Content-Type: application/pdf\r\n\r\n" + b"y" * 50_000_000,
}
DEEP = {
    "multipart 1,000 deep": nested(1_000),
    "multipart 1,000 deep, boundaries prefixes of each other": nested(300, b"b" * 3 + b"%d"),
    "one boundary for all": nested(1_000, b"same"),
    "message/rfc822 500 deep": carried(500),
    "NULs": b"\0" * 1_000_000,
    "bare CR": (HEAD + b"\r\n" + b"hello\r\n" * 10_000).replace(b"\r\n", b"\r"),
}


@pytest.mark.parametrize("raw", BIG.values(), ids=BIG.keys())
def test_a60_big_mails_take_bounded_time(raw: bytes, seconds_of) -> None:
    assert seconds_of(lambda: read_mail(raw)) < 2


def test_a60_memory_is_bounded() -> None:
    tracemalloc.start()
    try:
        for raw in BIG.values():
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            read_mail(raw)
            assert tracemalloc.get_traced_memory()[1] - before < 300_000_000
    finally:
        tracemalloc.stop()


def test_a60_what_is_too_much_stays_in_one_file() -> None:
    mail = read_mail(flat(MAX_PARTS + 10, 3))
    rest = mail.message.parts[-1]

    assert (rest.filename, rest.role) == (REST_NAME, PartRole.FILE)
    assert rest.data.count(b"yyy") + mail.message.parts[0].data.count(b"yyy") == MAX_PARTS + 10
    assert any("too many parts" in remark for remark in mail.remarks)
    assert len(read_mail(BIG["1e6 characters of subject"]).subject) == MAX_SUBJECT


@pytest.mark.parametrize("raw", DEEP.values(), ids=DEEP.keys())
def test_a61_deep_and_broken_mails_take_bounded_time(raw: bytes, seconds_of) -> None:
    assert seconds_of(lambda: read_mail(raw)) < 2


def test_a61_what_is_too_deep_stays_in_one_file() -> None:
    mail = read_mail(nested(1_000))

    assert [part.filename for part in mail.message.parts] == [REST_NAME]
    assert b"hello" in mail.message.parts[0].data


def test_a61_prefixes_of_boundaries_are_told_apart() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=aa\n\n"
        b"--aa\n\none\n--aa--\n--a\n\ntwo\n--a--\n"
    )

    assert [part.text() for part in read_mail(raw).message.parts] == ["one\ntwo"]


def test_a61_a_part_behind_a_closing_line_is_not_lost() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--a\n\ntwo\n--a--\n"

    assert [part.text() for part in read_mail(raw).message.parts] == ["one\ntwo"]


def test_a62_archives_are_kept_and_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 50_000_000)
    raw = HEAD + b"Content-Type: application/zip; name=a.zip\r\n\r\n" + packed.getvalue()
    tracemalloc.start()
    try:
        mail = read_mail(raw)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()

    assert [part.data for part in mail.message.parts] == [packed.getvalue()]


@pytest.mark.parametrize("junk", [b"", b"\x78\x9f\x3e\x22", b"\x78\x9f\x3e\x22" + b"\xff" * 5_000])
def test_a62_a_broken_winmail_is_kept(junk: bytes) -> None:
    raw = HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + junk

    assert [part.data for part in read_mail(raw).message.parts] == [junk]


PIECES = [
    b'"',
    b'"\\"',
    b"<",
    b"(",
    b"a@b <",
    b"=?",
    b"=?a?q?",
    b"=?a?b?A?= ",
    b"a b c ",
    b",",
    b"\\",
    b":",
    b"<a@b",
    b";a=",
    b'a="\\"',
    b";a*0*=",
    b"[x #",
    b"[x.example #1",
    b"\x1b$B",
    b"=?utf-8?b?A?=",
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "field",
    [b"Subject", b"From", b"To", b"Content-Type: text/plain; name", b"References", b"Date", b"Message-ID"],
)
def test_a63_hostile_fields_take_linear_time(field: bytes, piece: bytes, seconds_of) -> None:
    raw = field + b": " + piece * (100_000 // len(piece)) + b"\r\n\r\nhello"

    assert seconds_of(lambda: find_tags(read_mail(raw).subject, ["x.example"])) < 3


@pytest.mark.parametrize(
    "line",
    [
        b"--\r\n",
        b"--b",
        b"begin 644 x\r\n",
        b" \r\n",
        b"abcdef\r\n",
        b"a b\r\n",
        b"=\r\n",
        b"= ",
        b"\xff",
        b"\x1b(I",
    ],
)
def test_a63_hostile_bodies_take_linear_time(line: bytes, seconds_of) -> None:
    for head in (
        b"",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
    ):
        raw = HEAD + head + line * (300_000 // len(line))

        assert seconds_of(lambda raw=raw: read_mail(raw)) < 1


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        (b"utf-7", b"+ADw-script+AD4-", "<script>"),
        (b"utf-8", b"caf\xe9", "café"),
        (b"utf-8", b"\xc0\xaf", "À¯"),
        (b"punycode", b"x" * 10_000 + b"-abc", "x" * 10_000 + "-abc"),
        (b"zlib", b"text", "text"),
        (b"unicode_escape", b"\\x41", "\\x41"),
        (b"../../etc/passwd", b"text", "text"),
    ],
)
def test_a64_charset_tricks_give_text(charset: bytes, body: bytes, text: str) -> None:
    mail = read_mail(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\n" + body)

    assert mail.message.parts[0].text() == text


def test_a64_direction_marks_do_not_hide_in_names() -> None:
    mail = read_mail("From: \u202eyb nimda\u2066 <evil@x.example>\n\nx".encode())

    assert mail.from_[0].name == "yb nimda"


def test_a65_fields_that_only_we_may_set_are_taken_out() -> None:
    mail = read_mail(
        HEAD
        + b"RT-Attach: 7\r\nRT-Send-Cc: evil@x.example,\r\n more@x.example\r\nX-RT-Incoming-Encryption: Success\r\n"
        b"rt-squelch-replies-to: boss@x.example\r\nX-Other: kept\r\n\r\nhello"
    )

    assert "evil" not in mail.message.headers
    assert "more@" not in mail.message.headers
    assert "X-Other: kept" in mail.message.headers
    assert mail.spoofed_headers_removed == (
        "rt-attach",
        "rt-send-cc",
        "x-rt-incoming-encryption",
        "rt-squelch-replies-to",
    )
    assert mail.message.squelch == ()
    assert mail.message.one_time_cc == ()


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        (b"From: a@x.example\nFrom: b@x.example", "a@x.example"),
        (b"From: Boss: a@x.example, b@x.example;", "a@x.example"),
        (b"From: boss@x.example (comment) <a@x.example>", "a@x.example"),
        (b'From: "boss@x.example" <a@x.example>', "a@x.example"),
        (b"From: boss@x.example <a@x.example>", "a@x.example"),
        (b"Sender: s@x.example\nFrom: a@x.example", "a@x.example"),
        (b"From: a@x.example\nResent-From: r@x.example\nApproved: yes", "a@x.example"),
        (b"Sender: s@x.example", "s@x.example"),
    ],
)
def test_a65_the_sender_is_the_one_that_counts(fields: bytes, sender: str) -> None:
    mail = read_mail(fields + b"\n\nx")

    assert mail.sender is not None
    assert mail.sender.address == sender


def test_a58_our_own_mail_is_recognised() -> None:
    raw = HEAD + b"X-RT-Loop-Prevention: Example.com\r\n\r\nx"

    assert read_mail(raw, rtname="example.com").auto is AutoKind.OWN_LOOP
    assert read_mail(raw, rtname="other.example").auto is AutoKind.AUTO_REPLY


def test_a10_an_address_adds_no_line_and_no_recipient() -> None:
    mail = read_mail(b"From: =?utf-8?q?A=0D=0ABcc:_evil@x.example?= <a@x.example>\n\nx")

    assert [(one.name, one.address) for one in mail.from_] == [("A Bcc: evil@x.example", "a@x.example")]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"To: =?utf-8?b?!!!?=\n\n")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n")
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    read_mail(raw)


TOKENS = [
    b"From: ",
    b"Subject: ",
    b"Content-Type: ",
    b"multipart/mixed; boundary=b",
    b"text/plain; charset=",
    b"message/rfc822",
    b"utf-7",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"--b",
    b"--b--",
    b"=?utf-8?b?",
    b"?=",
    b"<",
    b">",
    b"@",
    b'"',
    b"\xe9",
    b"\0",
    b" ",
    b"begin 644 x\n",
    b"end\n",
    b";",
    b"filename*0*=",
    b"Content-Transfer-Encoding: base64\n",
    b"Date: ",
    b"iso-2022-jp",
    b"\x1b$B",
    b"a",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join))
def test_no_broken_mail_makes_it_raise(raw: bytes) -> None:
    mail = read_mail(raw)

    assert not set(mail.subject) & set("\r\n\0")
    assert all(part.text() is not None for part in mail.message.parts)


@given(st.text(max_size=200))
def test_no_address_field_makes_it_raise(text: str) -> None:
    for one in parse_addresses(text):
        assert one.address
        assert not set(one.name + one.address) & set("\r\n\0")


def test_a64_halves_of_letters_can_be_stored() -> None:
    mail = read_mail(b"Subject: =?utf-7?q?a+2AA-b?=\nContent-Type: text/plain; charset=utf-7\n\nx+2AA-y")

    mail.subject.encode()
    mail.message.parts[0].text().encode()
