"""A03 to A06: files of strangers are handed out so that no browser runs them."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import Attachment

SCRIPT = b"<html><script>alert(1)</script></html>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain")


@pytest.fixture
def send(make):
    """Puts files on a new ticket: returns the path of each, and the transaction."""

    def put(*parts):
        ticket = make.ticket()
        work, message = make.system, Message((*plain_message("x").parts, *parts))
        said = change_ticket(work, ticket, Correspond(message)).transactions[0]
        files = work.db.scalars(
            select(Attachment.id)
            .where(Attachment.transaction_id == said.id, Attachment.position > 0)
            .order_by(Attachment.position)
        )
        return [f"/ticket/{ticket.id}/attachment/{number}/name" for number in files], ticket.id, said.id

    return put


def get(root, send, content_type, data=SCRIPT, name="x.bin", role=PartRole.FILE):
    paths, _, _ = send(Part(content_type, data, role, filename=name))
    return root.get(paths[0])


def is_caged(answer):
    policy = answer.headers["Content-Security-Policy"]
    return (
        policy.startswith("sandbox;")
        and "default-src 'none'" in policy
        and "allow-" not in policy
        and answer.headers["X-Content-Type-Options"] == "nosniff"
    )


OF_HEADERS = pytest.mark.databases("sqlite")
"""What a header says of a file does not depend on where the file is kept."""


@OF_HEADERS
@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "application/xml",
        "application/mathml+xml",
        "application/pdf",
        "text/javascript",
        "message/rfc822",
        "application/octet-stream",
    ],
)
def test_a03_what_could_run_is_downloaded(root, send, content_type):
    answer = get(root, send, content_type)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.content_type not in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml")
    assert is_caged(answer)
    assert answer.body == SCRIPT


@OF_HEADERS
@pytest.mark.parametrize("content_type", INLINE)
def test_a03_pictures_and_plain_text_are_shown(root, send, content_type):
    answer = get(root, send, content_type, PNG)
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert answer.content_type == content_type
    assert is_caged(answer)


@OF_HEADERS
@pytest.mark.parametrize(
    "content_type",
    ["", "image/png\r\nX-Evil: 1", "text/html;charset=utf-7", "image", "a/b/c", "text/plain, text/html"],
)
def test_a04_a_lying_type_is_bytes(root, send, content_type):
    answer = get(root, send, content_type[:200])
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "X-Evil" not in answer.headers
    assert is_caged(answer)


def test_a04_html_that_calls_itself_a_picture_stays_a_picture(root, send):
    answer = get(root, send, "image/png")
    assert (answer.content_type, is_caged(answer)) == ("image/png", True)


@OF_HEADERS
@pytest.mark.parametrize(
    "name",
    [
        '"><img src=x onerror=alert(1)>',
        "../../etc/passwd",
        "C:\\x\\y.exe",
        "a\nSet-Cookie: b=c",
        "\u202egpj.exe",
        "x" * 4000,
        "-rf",
        "...",
        "",
        "Übersicht für Müller.pdf",
        "見積書.pdf",
    ],
)
def test_a05_a_name_never_breaks_the_header(root, send, name):
    header = get(root, send, "application/pdf", name=name).headers["Content-Disposition"]
    assert header.isascii()
    assert not set(header) & set("\r\n\0<>\\")
    assert "/" not in header.replace("UTF-8''", "")
    assert header.count('"') == 2


def test_a05_the_name_in_the_address_is_not_echoed(root, send):
    paths, _, _ = send(Part("application/pdf", b"x", PartRole.FILE, filename="a.pdf"))
    answer = root.get(paths[0].replace("/name", "/evil.html"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_a06_a_picture_is_found_by_its_content_id(root, send):
    _, ticket, said = send(Part("image/png", PNG, PartRole.INLINE, content_id="logo@x"))
    answer = root.get(f"/ticket/{ticket}/transaction/{said}/cid/logo@x")
    assert (answer.body, answer.content_type, is_caged(answer)) == (PNG, "image/png", True)


def test_a06_pictures_of_other_messages_are_not_there(root, send):
    _, ticket, said = send(Part("image/png", PNG, PartRole.INLINE, content_id="logo@x"))
    _, other, other_said = send(Part("image/png", PNG, PartRole.INLINE, content_id="other@x"))
    for path in (
        f"/ticket/{other}/transaction/{other_said}/cid/logo@x",
        f"/ticket/{ticket}/transaction/{said}/cid/other@x",
        f"/ticket/{ticket}/transaction/{other_said}/cid/other@x",
        f"/ticket/{ticket}/transaction/{said}/cid/",
        f"/ticket/{ticket}/transaction/{said}/cid/%00",
    ):
        assert root.get(path, expect_errors=True).status_int == 404


@pytest.mark.parametrize("content_type", ["image/svg+xml", "text/html"])
def test_a06_a_content_id_does_not_make_a_page_of_a_file(root, send, content_type):
    _, ticket, said = send(Part(content_type, SCRIPT, PartRole.INLINE, content_id="logo@x"))
    answer = root.get(f"/ticket/{ticket}/transaction/{said}/cid/logo@x", expect_errors=True)
    assert answer.status_int == 404 or answer.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("charset", "data"), [("utf-8", "ü"), ("iso-8859-1", "ü"), ("utf-7", "+ADw-"), ("", "ü")]
)
def test_text_is_read_in_a_harmless_charset(root, send, charset, data):
    paths, _, _ = send(Part("text/plain", data.encode(charset or "utf-8"), PartRole.FILE, charset=charset))
    assert root.get(paths[0]).charset.lower() == ("iso-8859-1" if charset == "iso-8859-1" else "utf-8")


def test_an_attachment_is_kept_by_nobody_in_between(root, send):
    assert get(root, send, "image/png").headers["Cache-Control"].startswith("private")


def test_a_browser_that_has_it_is_not_sent_it_again(root, send):
    paths, _, _ = send(Part("image/png", PNG, PartRole.FILE))
    etag = root.get(paths[0]).headers["ETag"]
    again = root.get(paths[0], headers={"If-None-Match": etag})
    assert (again.status_int, again.body) == (304, b"")


def test_a_part_of_a_file_can_be_asked_for(root, send):
    paths, _, _ = send(Part("video/mp4", bytes(range(200)), PartRole.FILE))
    answer = root.get(paths[0], headers={"Range": "bytes=10-19"})
    assert (answer.status_int, answer.body) == (206, bytes(range(10, 20)))
    assert is_caged(answer)
