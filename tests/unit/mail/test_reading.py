"""Mails of every form are read: who, what, text and files, with exact bytes."""

import base64
from datetime import UTC, datetime

import pytest

from rtpy.content.part import Part, PartRole
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail, read_mail

HEAD = b"From: Anna <anna@example.com>\nTo: help@example.org\nSubject: Printer\nMessage-ID: <1@example.com>\n"


def texts(mail: IncomingMail) -> list[str]:
    return [part.text() for part in mail.message.parts if part.role in (PartRole.BODY, PartRole.HTML)]


def files(mail: IncomingMail) -> list[Part]:
    return [part for part in mail.message.parts if part.role in (PartRole.FILE, PartRole.INLINE)]


def multipart(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    head = HEAD + b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\n\npreamble\n'
    return (
        head
        + b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
        + b"--"
        + boundary
        + b"--\n"
    )


def test_an_ordinary_mail() -> None:
    mail = read_mail(
        HEAD
        + b"Reply-To: Bert <bert@example.com>\nCc: c@example.com, d@example.com\nIn-Reply-To: <0@x>\n"
        + b"References: <00@x> <0@x>\nDate: Mon, 01 Jan 2024 10:00:00 +0100\n\nIt burns.\n"
    )

    assert texts(mail) == ["It burns.\n"]
    assert str(mail.sender) == "Bert <bert@example.com>"
    assert [str(a) for a in mail.from_] == ["Anna <anna@example.com>"]
    assert [a.address for a in mail.cc] == ["c@example.com", "d@example.com"]
    assert (mail.subject, mail.message_id, mail.in_reply_to, mail.references) == (
        "Printer",
        "1@example.com",
        ("0@x",),
        ("00@x", "0@x"),
    )
    assert mail.date == datetime(2024, 1, 1, 9, tzinfo=UTC)
    assert mail.auto is AutoKind.HUMAN
    assert mail.remarks == ()


def test_text_and_html_are_twins_pictures_are_inline_and_files_keep_their_bytes() -> None:
    data = bytes(range(256)) * 3
    encoded = base64.encodebytes(data)
    alternative = (
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nplain\n"
        b'--a\nContent-Type: text/html\n\n<p>rich <img src="cid:p@x"></p>\n--a--'
    )
    picture = b"Content-Type: image/png\nContent-ID: <p@x>\nContent-Transfer-Encoding: base64\n\n" + encoded
    table = (
        b"Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"a;\xe4\r\nb;c\n")
    )

    mail = read_mail(multipart(alternative, table, picture))

    assert [(p.role, p.content_type) for p in mail.message.parts] == [
        (PartRole.BODY, "text/plain"),
        (PartRole.HTML, "text/html"),
        (PartRole.INLINE, "image/png"),
        (PartRole.FILE, "text/csv"),
    ]
    assert mail.message.parts[2].data == data
    assert (mail.message.parts[3].data, mail.message.parts[3].filename) == (b"a;\xe4\r\nb;c\n", "a.csv")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (HEAD.replace(b"\n", b"\r") + b"\rone\rtwo", "one\ntwo"),
        (b"\xef\xbb\xbf" + HEAD + b"\nbom", "bom"),
        (HEAD + b" \nafter a blank", "after a blank"),
        (HEAD + b"No blank line here.\nMore", "No blank line here.\nMore"),
        (b"\n\n" + HEAD + b"\nleading lines", "leading lines"),
        (b"From anna Mon Jan 1 10:00:00 2024\n" + HEAD + b"\nmbox", "mbox"),
        (HEAD.decode().encode("utf-16") + "\nwide".encode("utf-16-le"), "wide"),
        (
            HEAD
            + b"Content-Type: multipart/mixed; boundary=one\n\n--two\nContent-Type: text/plain\n\nkept\n--two--",
            "kept",
        ),
        (HEAD + b"Content-Type: multipart/mixed; boundary=one\n\nno boundary at all", "no boundary at all"),
        (HEAD + b"Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\nkept\n--x--", "kept"),
        (HEAD + b"Content-Type: text/plain; charset=nonsense\n\ncaf\xc3\xa9", "café"),
        (HEAD + b'Content-Type: text/plain; charset="utf-8\\"\n\ncaf\xc3\xa9', "café"),
        (HEAD + b"Content-Type: text/plain; charset='iso-8859-1',\n\ncaf\xe9", "café"),
        (HEAD + b"Content-Type: text/plain; charset=us-ascii\n\ncaf\xe9 \x80", "café €"),
        (HEAD + b"Content-Type: text/plain; charset=utf-7\n\ncaf+AOk-", "café"),
        (HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B-!\x1b(B", "①"),
        (HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b(I1\x1b(B", "ｱ"),
        (HEAD + b"Content-Type: text/plain; charset=gb2312\n\n\xd6\xd0", "中"),
        (
            HEAD
            + b"Content-Type: text/plain; charset=x-unknown-8bit\nContent-Disposition: attachment\n\nstill text",
            "still text",
        ),
        (
            HEAD + b"Content-Transfer-Encoding: base64\n\nThis is no base64 at all, but a text.",
            "This is no base64 at all, but a text.",
        ),
        (HEAD + b"Content-Transfer-Encoding: QUOTED-PRINTABLE \n\na=C3=A9= \nb", "aéb"),
        (HEAD + b"Content-Type: text\n\nshort type", "short type"),
        (HEAD + b"Content-Type: message/rfc822\n\nFrom: x@y.example\n\ncarried", "carried"),
        (b"no header at all", "no header at all"),
        (b"", ""),
    ],
)
def test_text_is_never_lost(raw: bytes, text: str) -> None:
    mail = read_mail(raw)

    assert "".join(texts(mail)).strip() == text.strip()


def test_vendor_characters_are_stored_readably() -> None:
    part = read_mail(HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B-!\x1b(B").message.parts[
        0
    ]

    assert (part.charset, part.data.decode(part.charset)) == ("utf-8", "①")


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"=?utf-8?q?caf=C3=A9?=", "café"),
        (b"=?utf-8?b?Y2Fmw?= =?utf-8?b?6k=?=", "café"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?utf-8?q?a?=\n =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q??= x", "x"),
        (b"=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        (b"=?utf-8*en?q?a_b?=", "a b"),
        (b"Re:=?iso-8859-1?q?caf=E9?=!", "Re:café!"),
        (b"=?nonsense?q?caf=C3=A9?=", "café"),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        (b"a\x00b\x07c\tdata", "a b c data"),
        (b"=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a Bcc: x@y.example"),
        (b"=?utf-8?q?a=E2=80=A8b?=", "a b"),
        (b"=?iso-2022-jp?b?GyRCLSEbKEI=?=", "①"),
        (b"=?utf-8?q?open", "=?utf-8?q?open"),
    ],
)
def test_a10_subjects_are_one_decoded_line(value: bytes, subject: str) -> None:
    assert read_mail(b"Subject: " + value + b"\n\nx").subject == subject


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b"attachment; filename=a.pdf", "a.pdf"),
        (b'attachment; filename="a b.pdf"', "a b.pdf"),
        (b"attachment; filename=a b.pdf", "a b.pdf"),
        (b"attachment; filename=r\xc3\xa9sum\xc3\xa9 2.pdf", "résumé 2.pdf"),
        (b"attachment; filename=r\xe9sum\xe9.pdf", "résumé.pdf"),
        (b"attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        (b"attachment; filename*0*=utf-8''r%C3%A9; filename*1=sum; filename*2*=%C3%A9.pdf", "résumé.pdf"),
        (b'attachment; filename="=?utf-8?q?r=C3=A9sum=C3=A9.pdf?="', "résumé.pdf"),
        (b'attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
        (b'attachment; filename="open.pdf', "open.pdf"),
        (b"attachment;\n\tfilename=folded.pdf", "folded.pdf"),
        (b"attachment; filename=", ""),
    ],
)
def test_names_of_files(disposition: bytes, name: str) -> None:
    mail = read_mail(
        multipart(b"Content-Type: application/pdf\nContent-Disposition: " + disposition + b"\n\nx")
    )

    assert [file.filename for file in files(mail)] == [name]


def test_a_picture_that_claims_to_be_text_is_not_touched() -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\r\n\xff"
    part = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(picture)

    assert [file.data for file in files(read_mail(multipart(b"\nhello", part)))] == [picture]


def test_a_carried_mail_keeps_its_bytes_and_gets_a_name() -> None:
    carried = b"Subject: =?utf-8?q?caf=C3=A9?=\r\nX: y\r\n\r\nbody \r\n"
    mail = read_mail(multipart(b"\nsee below", b"Content-Type: message/rfc822\n\n" + carried[:-2]))

    assert [(file.data, file.filename) for file in files(mail)] == [(carried[:-2], "café.eml")]


def test_several_texts_are_one_body_and_html_covers_them_all() -> None:
    mail = read_mail(multipart(b"\none", b"Content-Type: text/html\n\n<p>two</p>", b"\nthree"))

    assert texts(mail)[0] == "one\ntwo\nthree"
    assert "".join(texts(mail)[1:]) == "<div>one</div><p>two</p><div>three</div>"


def test_uuencode_is_undone() -> None:
    mail = read_mail(HEAD + b"\nhere:\nbegin 644 a.txt\n#86)C\n`\nend\nbye\n")

    assert texts(mail) == ["here:\nbye\n"]
    assert [(file.filename, file.data) for file in files(mail)] == [("a.txt", b"abc")]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (HEAD + b"\nx\n", b"Received: by a\n" + HEAD + b"\nx\n", True),
        (HEAD + b"\nx\n", (HEAD + b"\nx\n").replace(b"\n", b"\r\n"), True),
        (HEAD + b"\nx\n", HEAD + b"\ny\n", False),
        (HEAD + b"\nx\n", HEAD.replace(b"<1@", b"<2@") + b"\nx\n", False),
        (b"From: a@b\n\nx\n", b"Received: by a\nFrom: a@b\n\nx\n", True),
        (b"From: a@b\nX-Id: 1\n\nx\n", b"From: a@b\nX-Id: 2\n\nx\n", False),
    ],
)
def test_a_second_delivery_has_the_same_key(one: bytes, other: bytes, is_same: bool) -> None:
    assert (read_mail(one).dedup_key == read_mail(other).dedup_key) is is_same


@pytest.mark.parametrize(
    "value",
    [
        b"nonsense",
        b"Mon, 99 Foo 2024",
        b"Mon, 01 Jan 99999 10:00:00 +0000",
        b"Mon, 01 Jan 2024 10:00:00 +9999",
        b"x" * 10_000,
        b"",
    ],
)
def test_an_impossible_date_is_none(value: bytes) -> None:
    assert read_mail(b"Date: " + value + b"\n\nx").date is None
