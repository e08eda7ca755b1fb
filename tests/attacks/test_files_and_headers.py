"""A03 to A06 and A10 from the mail to the bytes: files as staff get them, header values as they leave again."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.headerregistry import Address

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import plain_message
from rtpy.mail.header_lines import is_sendable
from rtpy.mail.outbox import raw_mail
from rtpy.models import Attachment, IncomingMail, OutgoingMail, OutgoingRecipient, Queue, User, Watcher
from tests.attacks.hostile import BREAKS, MARKUP, encoded, html_mail, with_file
from tests.mail.letters import letter

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
SCRIPT = (
    b"<html><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg></html>"
)
GIF_JS = b"GIF89a/*" + b"\x00" * 8 + b"*/=1;alert(1)//<script>alert(1)</script>"
PDF_HTML = (
    b"%PDF-1.4\n<html><script>alert(1)</script></html>\n/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
)
JPEG_HTML = b"\xff\xd8\xff\xe0\x00\x10JFIF" + SCRIPT

SAFE_TYPES = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "text/plain",
    "application/pdf",
    "application/octet-stream",
}


@pytest.fixture
def file_of(root, post, db):
    """The answer to the last file of a mail, fetched through the link on the ticket's page."""

    def file_of(raw):
        ticket = post(raw).ticket_id
        page = root.get(f"/ticket/{ticket}")
        links = page.html.select("a.chip")
        assert links, "the page lists no file"
        return page, links[-1], root.get(links[-1]["href"])

    return file_of


def assert_caged(answer):
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert "allow-" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type in SAFE_TYPES


@pytest.mark.parametrize(
    "kind",
    [
        "image/svg+xml",
        "text/xml",
        "application/xml",
        "application/xhtml+xml",
        "application/mathml+xml",
        "text/html",
        "application/pdf",
        "application/javascript",
        "text/css",
        "application/x-shockwave-flash",
        "text/vtt",
        "application/rss+xml",
        "application/x-javascript",
        "image/svg+xml-compressed",
        "text/HTML",
        "IMAGE/SVG+XML",
    ],
)
def test_a03_what_could_run_comes_as_a_download(file_of, kind):
    _, _, answer = file_of(with_file(SCRIPT, kind))
    assert_caged(answer)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.content_type in ("application/octet-stream", "application/pdf")
    assert answer.body == SCRIPT


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("image/png", SCRIPT),
        ("image/png", PNG + SCRIPT),
        ("text/plain", SCRIPT),
        ("text/plain; charset=utf-7", SCRIPT),
        ("image/gif", GIF_JS),
        ("image/jpeg", JPEG_HTML),
        ("application/pdf", PDF_HTML),
        ("", SCRIPT),
        ("x", SCRIPT),
        ("text/html;charset=utf-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
        ("image/png, text/html", SCRIPT),
        ("image/png\r\n X-Evil: 1", PNG),
        ("image/png\x0bX-Evil: 1", PNG),
        ('image/png; x="text/html', SCRIPT),
        ('text/plain; charset="utf-8\r\n\tX-Evil: 1"', SCRIPT),
        ("text/plain; charset=<script>", SCRIPT),
        ("/", SCRIPT),
        ("text/", SCRIPT),
        (";", SCRIPT),
        ("text/plain\x00/html", SCRIPT),
        ("\xe9/\xe8", SCRIPT),
    ],
)
def test_a04_lying_types_and_polyglots_never_become_pages(file_of, kind, data):
    page, _, answer = file_of(with_file(data, kind))
    assert_caged(answer)
    assert answer.body == data
    assert "X-Evil" not in answer.headers
    assert "utf-7" not in answer.headers["Content-Type"].lower()
    assert "text/html" not in answer.headers["Content-Type"]
    assert "<script>alert(1)" not in page.text


NAMES = [
    '"><img src=x onerror=alert(1)>',
    "../../etc/passwd",
    "C:\\x\\y.exe",
    "\x00nul.exe",
    "a\r\nSet-Cookie: b=c",
    "\u202egpj.exe",
    "x" * 4000,
    "\u200b.htaccess",
    ".htaccess",
    "-rf",
    "...",
    "",
    "CON",
    "<b>.html",
    "a/b\\c/..",
    "%2e%2e%2f%2e%2e%2fetc",
    "\u2028line",
    "a;filename=b.exe",
    "\ud800half",
    "😀" * 300,
    "${x}{{y}}",
    " . ",
]


@pytest.mark.parametrize("name", NAMES)
def test_a05_a_hostile_name_is_shown_escaped_and_saved_under_a_safe_one(file_of, name):
    parameter = f'filename="{encoded(name.encode("utf-8", "replace").decode())}"'
    page, link, answer = file_of(with_file(SCRIPT, "application/x-thing", parameter))
    assert answer.body == SCRIPT
    header = answer.headers["Content-Disposition"]
    assert re.fullmatch(
        r'attachment; filename="[^"\\/\x00-\x1f\x7f-]?[^"\\/\x00-\x1f\x7f]*"(; filename\*=UTF-8\'\'[\w%.!#$&+^`|~-]+)?',
        header,
    )
    saved = re.search(r'filename="([^"]*)"', header)[1]
    assert saved.strip(". ")
    assert not saved.startswith((".", "-", " "))
    assert len(header) < 2000
    assert "Set-Cookie" not in answer.headers
    assert not page.html.select(".chip img, .chip script")
    assert "\u202e" not in link.text
    assert link["href"].count("/") == 5


@pytest.mark.parametrize(
    "raw",
    [
        b'filename="a\x00\x01\r\n\tb.exe"',
        b"filename*=utf-8''..%2f..%2fetc%2fpasswd%00%0d%0aX-Evil:1",
        b"filename*0=../; filename*1=../x",
        b"filename*=utf-7''+ADw-script+AD4-",
        b'filename="\xff\xfe\\..\\"',
        b"filename=",
        b"filename",
        b'filename="unclosed',
    ],
)
def test_a05_a_hostile_parameter_is_no_better(file_of, raw):
    _, link, answer = file_of(with_file(PNG, "application/x-thing", raw))
    assert answer.body == PNG
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\/\x00-\x1f\x7f]+\"(; filename\*=\S+)?",
        answer.headers["Content-Disposition"],
    )
    assert "X-Evil" not in answer.headers
    assert "<script" not in str(link)


def with_picture(html, cid, picture=PNG, kind="image/png", **fields):
    raw = html_mail(html, **fields)
    head, _, body = raw.partition(b"MIME-Version: 1.0\n")
    return (
        head
        + b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="rr"\n\n--rr\n'
        + body
        + f"\n--rr\nContent-Type: {kind}\nContent-ID: <{cid}>\nContent-Disposition: inline\n\n".encode()
        + picture
        + b"\n--rr--\n"
    )


def pictures(root, ticket):
    return [image["src"] for image in root.get(f"/ticket/{ticket}").html.select(".entry-body img")]


def test_a06_a_picture_of_the_same_message_is_shown_and_of_another_ticket_not(root, post, db):
    first = post(with_picture("<img src='cid:secret@x'>", "secret@x")).ticket_id
    (own,) = pictures(root, first)
    assert root.get(own).content_type == "image/png"
    second = post(
        html_mail("<img src='cid:secret@x' alt=thief>", sender="Mallory <m@evil.example>")
    ).ticket_id
    assert pictures(root, second) == []
    said = own.split("/")[4]
    thief = db.scalar(select(IncomingMail.transaction_id).where(IncomingMail.ticket_id == second))
    for path in (
        f"/ticket/{second}/transaction/{said}/cid/secret@x",
        f"/ticket/{second}/transaction/{thief}/cid/secret@x",
        own.replace(f"/ticket/{first}/", f"/ticket/{second}/"),
    ):
        assert root.get(path, expect_errors=True).status_int == 404


def test_a06_not_even_of_an_earlier_message_of_the_same_ticket(root, post):
    first = post(with_picture("<img src='cid:one@x'>", "one@x")).ticket_id
    again = post(html_mail("<img src='cid:one@x'> <img src='cid:%2e%2e/one@x'>", subject=f"[rtpy #{first}]"))
    assert (again.ticket_id, len(pictures(root, first))) == (first, 1)


@pytest.mark.parametrize(
    "cid",
    ["../../../../logout", "x' onerror='alert(1)", "?download=1#", "//evil.example/x", "a b\tc", "%2f%2f"],
)
def test_a06_a_hostile_content_id_leads_nowhere_else(root, post, cid):
    ticket = post(
        with_picture(
            f'<img src="cid:{cid.replace("%", "%25").replace(" ", "%20")}"><img src="cid:{cid}">', cid
        )
    ).ticket_id
    for source in pictures(root, ticket):
        assert re.fullmatch(rf"/ticket/{ticket}/transaction/\d+/cid/[\w%.~@-]+", source)
        assert root.get(source, expect_errors=True).status_int in (200, 404)
        assert root.get("/sessions").status_int == 200


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml"])
def test_a06_a_picture_that_is_a_page_is_caged(root, post, kind):
    ticket = post(with_picture("<img src='cid:p@x'>", "p@x", SCRIPT, kind)).ticket_id
    for source in pictures(root, ticket):
        answer = root.get(source, expect_errors=True)
        if answer.status_int == 200:
            assert_caged(answer)
            assert answer.headers["Content-Disposition"].startswith("attachment;")


# --- A10: what goes out again -----------------------------------------------------------------------------------

KNOWN = {"ann@client.example", "bob@client.example", "root@localhost", "rt@localhost", "rt-comment@localhost"}


@pytest.fixture
def outbox(app, db):
    """All outgoing mails as an independent parser reads their bytes; each is checked for what nobody may add."""

    def outbox(known=KNOWN):
        read = []
        for number in db.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id)).all():
            raw = raw_mail(app, db, number)
            head, _, _ = raw.partition(b"\r\n\r\n")
            assert not re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]", head)
            assert max(map(len, head.split(b"\r\n"))) < 998
            mail = message_from_bytes(raw, policy=policy.SMTP)
            assert not any(part.defects for part in mail.walk())
            assert "Bcc" not in mail
            for field in (
                "From",
                "To",
                "Cc",
                "Reply-To",
                "Subject",
                "Date",
                "Message-ID",
                "In-Reply-To",
                "References",
            ):
                assert len(mail.get_all(field, [])) <= 1, field
            for field in ("From", "To", "Cc", "Reply-To"):
                for address in mail[field].addresses if mail[field] else ():
                    assert isinstance(address, Address)
                    assert address.addr_spec in known, (field, str(mail[field]))
            for name in mail:
                assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name)
            read.append(mail)
        assert set(db.scalars(select(OutgoingRecipient.address))) <= known
        return read

    return outbox


def listen(work, make, ticket_id):
    """Bob and root hear of everything on the ticket."""
    from rtpy.models import Ticket

    ticket = work.db.get_one(Ticket, ticket_id)
    root = work.actor.user_id
    change_ticket(
        work, ticket, AddWatcher("Cc", make.customer("bob@client.example").id), AddWatcher("AdminCc", root)
    )
    return ticket


@pytest.mark.parametrize("evil", [*BREAKS, *MARKUP])
def test_a10_no_header_of_a_mail_breaks_out_of_ours(post, root, work, make, outbox, evil):
    words = encoded(evil)
    fields = {
        "sender": f"{words} <ann@client.example>",
        "user_agent": words,
        "organization": words,
        "x_mailer": words,
        "in_reply_to": f"<{words}>",
        "references": f"<a@b> {words} <c@d>",
        "reply_to": f"{words} <ann@client.example>",
    }
    row = post(letter(subject=words, **fields))
    ticket = listen(work, make, row.ticket_id)
    work.db.commit()
    post(letter("more", subject=f"[rtpy #{ticket.id}] {words}", **fields))
    change_ticket(work, ticket, Correspond(plain_message("answer", subject=evil.replace("\0", ""))))
    work.db.commit()
    mails = outbox()
    assert len(mails) >= 4
    page = root.get(f"/ticket/{ticket.id}")
    assert not page.html.select(".ticket-head img, h1 img, h1 script, .who img, .who script, .rail img")
    assert page.html.find("script", src=False) is None
    assert "alert(1)" not in " ".join(
        str(tag.attrs) for tag in page.html.find_all(True) if any(name.startswith("on") for name in tag.attrs)
    )


@pytest.mark.parametrize("evil", BREAKS)
def test_a10_names_of_files_break_out_of_nothing_when_they_are_sent_on(post, work, make, outbox, evil):
    ticket = listen(work, make, post(letter()).ticket_id)
    work.db.commit()
    post(
        with_file(
            PNG, "application/x-thing", f'filename="{encoded(evil)}"', subject=f"[rtpy #{ticket.id}] a file"
        )
    )
    files = [
        part for mail in outbox() for part in mail.walk() if part.get_content_disposition() == "attachment"
    ]
    assert files
    for part in files:
        assert part.get_content() == PNG
        assert set(part.keys()) <= {"Content-Type", "Content-Disposition", "Content-Transfer-Encoding"}
        assert not set(part.get_filename() or "") & set("\r\n\x00\u2028")


@pytest.mark.parametrize("evil", [evil for evil in BREAKS if "\0" not in evil])
def test_a10_a_queues_name_and_a_persons_name_break_out_of_nothing(post, db, work, make, outbox, evil):
    make.queue()
    queue = db.scalars(select(Queue).where(Queue.name == "General")).one()
    queue.subject_tag, queue.description = evil, evil
    ann = make.customer("ann@client.example", evil)
    bob = make.customer("bob@client.example", evil)
    db.commit()
    assert (ann.real_name, bob.real_name) == (evil, evil)
    ticket = listen(work, make, post(letter()).ticket_id)
    change_ticket(work, ticket, Correspond(plain_message("answer")))
    assert len(outbox()) >= 2


@pytest.mark.parametrize("field", ["sender", "reply_to", "cc"])
@pytest.mark.parametrize(
    "evil",
    [*BREAKS, "-oQ/tmp@evil.example", "a@b,c@evil.example", "ann@client.example>\nRCPT TO:<v@evil.example"],
)
def test_a10_one_field_gives_one_requestor_at_most(post, db, outbox, evil, field):
    """Whoever an encoded address is taken for: it is one address, without anything that breaks out."""
    sender = {} if field == "sender" else {"sender": "ann@client.example"}
    row = post(letter(**{**sender, field: f"<{encoded(evil)}>"}))
    role = select(User.email_address).join(Watcher, Watcher.principal_id == User.id)
    requestors = db.scalars(role.where(Watcher.ticket_id == row.ticket_id)).all()
    assert len(requestors) == 1
    known = set(KNOWN) | {address for address in requestors if address}
    assert all(is_sendable(address) for address in db.scalars(select(OutgoingRecipient.address)))
    outbox(known)


@pytest.mark.parametrize("evil", BREAKS)
def test_a10_a_one_time_recipient_cannot_break_out(post, work, make, outbox, evil):
    ticket = listen(work, make, post(letter()).ticket_id)
    said = replace(plain_message("x"), one_time_cc=(evil,), one_time_bcc=(evil,))
    change_ticket(work, ticket, Correspond(said))
    outbox()


def test_a10_line_separators_are_shown_and_not_obeyed(post, root, db):
    name, subject = encoded("A\u2028B\x00C"), encoded("one\u2028two\r\nthree\x00four")
    row = post(letter(subject=subject, sender=f"{name} <ann@client.example>"))
    page = root.get(f"/ticket/{row.ticket_id}")
    assert not set(page.html.find("h1").text.strip()) & set("\u2028\x00\r\n")
    assert "one two three" in " ".join(page.html.find("h1").text.split())
    for path in ("/", "/tickets", f"/ticket/{row.ticket_id}/history"):
        assert "\x00" not in root.get(path).text
    assert db.scalar(select(Attachment.subject).where(Attachment.subject.contains("one"))) is not None
