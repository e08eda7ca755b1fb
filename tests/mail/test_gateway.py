"""The mail gateway's address: the form it reads, the answers it gives."""

import io

import pytest
from sqlalchemy import func, select
from webtest import TestApp

from rtpy.gateway import form
from rtpy.gateway.form import BrokenForm, read_form
from rtpy.models import IncomingMail, Ticket
from rtpy.wsgi import make_wsgi
from tests.mail.letters import letter

PATH = "/REST/1.0/NoAuth/mail-gateway"
KIND = "multipart/form-data; boundary=xYz"


def multipart(message, head='name="message"; filename="mail"', **fields):
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    if message is not None:
        parts.append(f"Content-Disposition: form-data; {head}\r\n\r\n".encode() + message)
    return b"".join(b"--xYz\r\n" + part + b"\r\n" for part in parts) + b"--xYz--\r\n"


@pytest.fixture
def post(app, compiled_templates):
    """Posts a body to the gateway of the whole site, without login or token; the answer's text."""
    wsgi = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
    site = TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "192.0.2.9"})

    def post(body, kind=KIND, method="POST"):
        answer = site.request(PATH, method=method, body=body, headers={"Content-Type": kind})
        assert (answer.status_int, answer.content_type) == (200, "text/plain")
        return answer.text

    return post


# --- answers ----------------------------------------------------------------------------------------------------


def test_a_mail_is_answered_ok_and_makes_a_ticket(post, db):
    assert post(multipart(letter(), queue="General", action="correspond")) == "ok\n"
    assert db.scalar(select(func.count()).select_from(Ticket)) == 1


def test_the_first_queue_is_the_default(post, db):
    post(multipart(letter()))
    assert db.scalar(select(IncomingMail.queue)) == "1"


@pytest.mark.parametrize(
    "body",
    [
        multipart(letter(), queue="Nowhere"),
        multipart(letter(), action="explode"),
        multipart(letter(), action="take-correspond"),
        multipart(None, queue="General"),
        multipart(letter())[:-20],
        b"",
    ],
)
def test_what_may_heal_is_a_temporary_failure(post, body):
    assert post(body).startswith("temporary failure - ")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_without_a_post_nothing_is_taken(post, method):
    assert post(b"", method=method).startswith("temporary failure - ")


def test_A36_a_refusal_tells_no_reason(post):
    assert post(multipart(letter(x_rt_loop_prevention="rtpy"))) == "not ok - operation unsuccessful\n"


def test_A36_known_and_unknown_people_get_the_same_answer(post, make, db):
    from rtpy.models import Principal

    db.get(Principal, make.customer("gone@client.example").id).disabled = True
    ticket = make.ticket()
    db.commit()
    texts = {
        post(multipart(letter(subject=f"[rtpy #{number}]", sender=sender)))
        for number in (ticket.id, 99999)
        for sender in ("ann@client.example", "new@client.example", "root@localhost")
    }
    assert texts == {"ok\n"}


def test_with_details_the_lines_of_older_RT_follow(app, post, db):
    from dataclasses import replace

    app.config = replace(app.config, mail=replace(app.config.mail, gateway_details=True))
    lines = post(multipart(letter())).splitlines()
    assert lines == [
        "ok",
        f"Ticket: {db.scalar(select(Ticket.id))}",
        "Queue: General",
        "Owner: Nobody",
        "Status: new",
        "Subject: Printer",
        "Requestor: ann@client.example",
    ]
    assert "A loop" in post(multipart(letter(x_rt_loop_prevention="rtpy")))


def test_the_peer_and_the_envelope_are_kept(post, db):
    post(multipart(letter(), envelope_sender="env@client.example"))
    row = db.execute(select(IncomingMail.peer, IncomingMail.transport)).one()
    assert (row.peer, row.transport) == ("192.0.2.9", {"envelope_sender": "env@client.example"})


def test_a_caller_cannot_release_its_own_mail(post, db):
    post(multipart(letter(x_rt_loop_prevention="rtpy"), released="yes", new_ticket="yes"))
    assert db.scalar(select(IncomingMail.state)) == "refused"


def test_a_mail_beyond_the_limit_is_refused_with_bounded_memory(app, post, db, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(form, "ROOM", 5_000)
    app.config = replace(app.config, mail=replace(app.config.mail, max_size=10_000))
    # Longer than the site lets in at all, which is twice the largest mail, would be an error of HTTP.
    raw = letter("x" * 18_000)
    assert post(multipart(raw)).startswith("not ok")
    row = db.execute(select(IncomingMail.state, IncomingMail.size, func.length(IncomingMail.raw))).one()
    assert (row[0], row[1] >= 18_000, row[2] <= 15_000) == ("refused", True, True)


# --- the form ---------------------------------------------------------------------------------------------------

RAW = [
    pytest.param(b"plain", id="plain"),
    pytest.param(bytes(range(256)) * 3, id="every-byte"),
    pytest.param(b"ends in\r\n\r\n", id="trailing-newlines"),
    pytest.param(b"\r\n--xYzz\r\n--xY\r\n --xYz--\r\nno boundary of ours", id="boundaries-alike"),
    pytest.param(b"\n--xYz\nwith bare newlines\n--xYz--\n", id="boundary-without-CR"),
    pytest.param(b"", id="empty"),
]


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize(
    "head",
    ['name="message"; filename="mail"', 'name="message"', "name=message", 'filename="name="; name="message"'],
)
def test_the_message_keeps_every_byte_with_and_without_a_file_name(raw, head):
    read = read_form(io.BytesIO(multipart(raw, head=head, queue="a")), KIND, 10_000)
    assert (read.message, read.fields) == (raw, {"queue": "a"})


def test_a_plain_form_keeps_every_byte_too():
    raw = bytes(range(256))
    body = b"queue=General&message=" + b"".join(b"%%%02X" % byte for byte in raw)
    read = read_form(io.BytesIO(body), "application/x-www-form-urlencoded", 10_000)
    assert (read.message, read.fields) == (raw, {"queue": "General"})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (multipart(b"x"), "multipart/form-data"),
        (multipart(b"x"), "text/plain"),
        (multipart(b"x"), ""),
        (multipart(b"x")[:-10], KIND),
        (b"--xYz\r\nno header", KIND),
        (b"nothing", KIND),
    ],
)
def test_a_broken_form_is_said_to_be_broken(body, kind):
    with pytest.raises(BrokenForm):
        read_form(io.BytesIO(body), kind, 10_000)


def test_a_quoted_boundary_is_understood():
    assert read_form(io.BytesIO(multipart(b"x")), 'multipart/form-data; boundary="xYz"', 100).message == b"x"


def test_a_form_beyond_the_limit_is_read_to_its_end_and_counted(monkeypatch):
    monkeypatch.setattr(form, "ROOM", 100)
    stream = io.BytesIO(multipart(b"y" * 5_000))
    read = read_form(stream, KIND, 1_000)
    assert (read.size >= 5_000, len(read.message) < 1_200, stream.read()) == (True, True, b"")
