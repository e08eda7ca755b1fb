"""A mail server hands in mail by LMTP: one answer for each recipient, 250 only for what is committed."""

import os
import smtplib
import socket
import subprocess
import sys
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from rtpy.errors import Refused
from rtpy.mail.intake import Answer, AnswerKind
from rtpy.mailboxes import lmtp, plugin
from rtpy.mailboxes.lmtp import Listener, read_place
from rtpy.mailboxes.recipients import Place, place_of
from rtpy.models import IncomingMail
from rtpy.testing.running import running_site
from rtpy.testing.servers import free_port
from tests.mail.letters import letter

pytestmark = pytest.mark.databases("sqlite")  # the intake behind it is tried on both


@pytest.fixture
def queues(make, db):
    support, billing = make.queue("Support"), make.queue("Billing")
    support.correspond_address, support.comment_address = "Support@Example.com", "support-c@example.com"
    billing.correspond_address = "billing@example.com"
    db.flush()


@pytest.fixture
def listener(app, queues):
    made = Listener(app, f"127.0.0.1:{free_port()}")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def hand_in(listener):
    """Hands in bytes for recipients; the answers by recipient, and those to the recipients themselves."""

    def hand_in(raw, *recipients, sender="<ann@client.example>"):
        with socket.create_connection(read_place(listener.where), timeout=20) as sock:
            file = sock.makefile("rwb")

            def answer():
                while True:
                    line = file.readline().decode()
                    if line[3:4] != "-":
                        return line.rstrip()

            def say(line):
                file.write(line.encode() + b"\r\n")
                file.flush()
                return answer()

            answer()
            assert say("LHLO mx.example").startswith("250")
            assert say(f"MAIL FROM:{sender}").startswith("250")
            first = {address: say(f"RCPT TO:<{address}>") for address in recipients}
            taken = [address for address in recipients if first[address].startswith("250")]
            if not taken:
                return first
            assert say("DATA").startswith("354")
            body = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
            file.write(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            file.flush()
            told = {address: answer() for address in taken}
            assert say("QUIT").startswith("221")
            return {**first, **told}

    return hand_in


def test_the_addresses_of_queues_and_of_the_site_are_known(app, db, queues):
    cases = {
        "support@example.com": Place("Support", "correspond"),
        "SUPPORT-C@example.COM": Place("Support", "comment"),
        "support+VPN+x@example.com": Place("Support", "correspond", "VPN+x"),
        "billing@example.com": Place("Billing", "correspond"),
        "rt@localhost": Place("General", "correspond"),
        "rt-comment+9@localhost": Place("General", "comment", "9"),
        "nobody@example.com": None,
        "support@example.org": None,
        "+support@example.com": None,
        "support": None,
        "": None,
    }
    assert {address: place_of(app, db, address) for address in cases} == cases


def test_each_recipient_is_answered_and_each_queue_gets_its_mail(db, hand_in):
    told = hand_in(
        letter("Two queues.\n.\n..\n"),
        "support@example.com",
        "nobody@example.com",
        "support+vpn@example.com",
        "billing@example.com",
    )
    assert [told[each][:3] for each in told] == ["250", "550", "250", "250"]
    rows = db.scalars(select(IncomingMail).order_by(IncomingMail.id)).all()
    assert [(row.queue, row.action, row.state, row.ticket_id is not None) for row in rows] == [
        ("Support", "correspond", "done", True),
        ("Billing", "correspond", "done", True),
    ]
    assert rows[0].transport == {
        "envelope_sender": "ann@client.example",
        "recipient": "support+vpn@example.com",
        "extension": "vpn",
    }
    assert rows[0].raw.endswith(b"\r\n\r\nTwo queues.\r\n.\r\n..\r\n")
    assert rows[0].peer == "lmtp from 127.0.0.1"


def test_a_bounce_with_the_empty_sender_is_taken(db, hand_in):
    told = hand_in(letter(sender="MAILER-DAEMON@mx.example"), "support@example.com", sender="<>")
    assert told["support@example.com"].startswith("250")
    assert "envelope_sender" not in db.scalars(select(IncomingMail.transport)).one()


def test_lines_of_any_length_and_any_bytes_are_kept(db, hand_in):
    raw = b"From: a@b.example\r\nSubject: long\r\n\r\n" + b"\xff\x00." * 200_000 + b"\r\n.dot\r\n"
    assert hand_in(raw, "support@example.com")["support@example.com"].startswith("250")
    assert db.scalars(select(IncomingMail.raw)).one() == raw


def test_a_mail_beyond_the_limit_is_refused_for_each_recipient_with_its_head_kept(app, db, hand_in):
    raw = b"From: a@b.example\r\nSubject: huge\r\n\r\n" + b"x" * 998 + b"\r\n"
    raw += (b"y" * 998 + b"\r\n") * (app.config.mail.max_size // 1000)
    told = hand_in(raw, "support@example.com", "billing@example.com")
    assert [said[:9] for said in told.values()] == ["552 5.3.4"] * 2
    refused = db.scalars(select(IncomingMail)).all()
    assert [row.state for row in refused] == ["refused"] * 2
    assert refused[0].raw.startswith(b"From: a@b.example")


def test_what_cannot_be_stored_stays_with_the_mail_server(hand_in, monkeypatch):
    away = Answer(AnswerKind.TEMPORARY, "the database cannot be reached")
    with monkeypatch.context() as patch:
        patch.setattr(lmtp, "take_in", lambda *args, **more: away)
        assert hand_in(letter(), "support@example.com")["support@example.com"].startswith("451")

    def broken(*args):
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(lmtp, "place_of", broken)
        assert hand_in(letter(), "support@example.com")["support@example.com"].startswith("451")


def test_a_refusal_by_policy_is_kept_and_not_bounced(db, hand_in, make):
    make.customer("ann@client.example").principal.disabled = True
    db.flush()
    assert hand_in(letter(), "support@example.com")["support@example.com"].startswith("250")
    assert db.scalars(select(IncomingMail.state)).one() == "refused"


def test_a_connection_that_breaks_off_leaves_nothing(db, listener):
    with socket.create_connection(read_place(listener.where), timeout=20) as sock:
        for line in (
            "LHLO x",
            "MAIL FROM:<a@b.example>",
            "RCPT TO:<support@example.com>",
            "DATA",
            "Subject: x",
        ):
            sock.sendall(line.encode() + b"\r\n")
            time.sleep(0.02)
    with smtplib.LMTP(*read_place(listener.where)) as client:
        assert client.noop()[0] == 250
    assert db.scalars(select(IncomingMail)).all() == []


def test_a_socket_serves_as_well_and_a_dead_one_gives_way(app, queues, tmp_path):
    path = tmp_path / "l"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    listener = Listener(app, str(path))
    listener.start()
    try:
        with smtplib.LMTP(str(path)) as client:
            assert client.sendmail("ann@client.example", ["support@example.com"], letter()) == {}
        with pytest.raises(OSError, match="in use"):
            Listener(app, str(path)).start()
    finally:
        listener.stop()
    assert not path.exists()


@pytest.mark.parametrize("place", ["", "2424", "host:", ":25", "host:x", "host:70000000", "[]:25"])
def test_a_place_to_listen_that_makes_no_sense_is_refused(place):
    with pytest.raises(Refused):
        read_place(place)


class TestInTheWorker:
    @pytest.fixture
    def config(self, config):
        from dataclasses import replace

        return replace(config, mail=replace(config.mail, lmtp_listen=f"127.0.0.1:{free_port()}"))

    def test_it_listens_where_the_option_says_and_waits_where_somebody_else_does(self, app, queues):
        place = read_place(app.config.mail.lmtp_listen)
        with socket.create_server(place):
            plugin.keep_listening(app)
            assert "lmtp" not in app.caches
        plugin.keep_listening(app)
        try:
            with smtplib.LMTP(*place) as client:
                assert client.sendmail("ann@client.example", ["support@example.com"], letter()) == {}
        finally:
            app.caches["lmtp"].stop()


def test_the_command_listens_until_it_is_told_to_end(tmp_path):
    with running_site(tmp_path, password="correct horse") as site:
        where = tmp_path / "socket"
        environment = {**os.environ, "RTPY_HOME": str(site.home)}
        environment["RTPY_CONFIG"] = str(tmp_path / "rtpy.toml")  # etc/rtpy.toml lists plugins
        command = [sys.executable, "-m", "rtpy.cli.main", "lmtp", "--listen", str(where)]
        with subprocess.Popen(command, env=environment) as process:
            try:
                deadline = time.monotonic() + 60
                while not where.exists() and time.monotonic() < deadline:
                    time.sleep(0.05)
                with smtplib.LMTP(str(where)) as client:
                    with pytest.raises(smtplib.SMTPRecipientsRefused):
                        client.sendmail("ann@client.example", ["nobody@localhost"], letter())
                    assert client.sendmail("ann@client.example", ["rt@localhost"], letter()) == {}
            finally:
                process.terminate()
            assert process.wait(30) == 0
        assert not where.exists()
