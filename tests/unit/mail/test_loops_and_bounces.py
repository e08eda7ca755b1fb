"""Machines are told from people, and delivery failures name the mail and the recipient."""

import os
from pathlib import Path

import pytest

from rtpy.mail.bounces import read_bounce
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import read_mail

CORPORA = Path(os.environ.get("RTPY_CORPORA", Path(__file__).parents[4] / "shared" / "corpora")) / "mail"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (b"Subject: Printer", AutoKind.HUMAN),
        (b"Auto-Submitted: no", AutoKind.HUMAN),
        (b"Auto-Submitted: auto-replied", AutoKind.AUTO_REPLY),
        (b"Auto-Submitted: auto-generated; x=y", AutoKind.AUTO_REPLY),
        (b"X-Auto-Response-Suppress: DR, OOF, AutoReply", AutoKind.AUTO_REPLY),
        (b"X-Auto-Response-Suppress: All", AutoKind.AUTO_REPLY),
        (b"X-Auto-Response-Suppress: DR", AutoKind.HUMAN),
        (b"X-Autoreply: yes", AutoKind.AUTO_REPLY),
        (b"X-FC-Machinegenerated: true", AutoKind.AUTO_REPLY),
        (b"Precedence: bulk", AutoKind.BULK),
        (b"Precedence: junk", AutoKind.BULK),
        (b"Precedence: list", AutoKind.LIST),
        (b"List-Id: <x.example>", AutoKind.LIST),
        (b"Return-Path: <>", AutoKind.BOUNCE),
        (b"Return-Path: <>\nAuto-Submitted: auto-replied", AutoKind.AUTO_REPLY),
        (b"Content-Type: multipart/report; report-type=delivery-status; boundary=x", AutoKind.BOUNCE),
        (
            b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
            AutoKind.AUTO_REPLY,
        ),
        (b"X-RT-Loop-Prevention: Example.com", AutoKind.OWN_LOOP),
        (b"X-RT-Loop-Prevention: other.example", AutoKind.AUTO_REPLY),
        (b"Subject: Automatic reply: Printer", AutoKind.AUTO_REPLY),
        (b"Subject: Out of Office: away", AutoKind.AUTO_REPLY),
        (b"Subject: Automatische Antwort: x", AutoKind.AUTO_REPLY),
        (b"Subject: Abwesenheitsnotiz", AutoKind.AUTO_REPLY),
        (b"Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A?= x", AutoKind.AUTO_REPLY),
        (b"Subject: The automatic reply does not work", AutoKind.HUMAN),
        (b"Subject: Office is out of paper", AutoKind.HUMAN),
    ],
)
def test_a58_machines_are_told_from_people(fields: bytes, kind: AutoKind) -> None:
    mail = read_mail(b"From: anna@example.org\n" + fields + b"\n\nx", rtname="example.com")

    assert mail.auto is kind
    assert mail.message.auto_generated is (kind is not AutoKind.HUMAN)


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        (b"MAILER-DAEMON@x.example (Mail Delivery System)", AutoKind.BOUNCE),
        (b"Postmaster <postmaster@x.example>", AutoKind.BOUNCE),
        (b"Mail Delivery System <>", AutoKind.BOUNCE),
        (b"noreply@x.example", AutoKind.AUTO_REPLY),
        (b"Do-Not-Reply <do-not-reply@x.example>", AutoKind.AUTO_REPLY),
        (b"postmaster-general@x.example", AutoKind.HUMAN),
    ],
)
def test_a58_machines_are_known_by_their_addresses(sender: bytes, kind: AutoKind) -> None:
    assert read_mail(b"From: " + sender + b"\nSubject: y\n\nx").auto is kind


REPORT = b"""From: MAILER-DAEMON@mx.example
To: help@example.org
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@x.example
Action: ACTION
Status: STATUS
Diagnostic-Code: smtp; 550 no such user

Final-Recipient: rfc822; bert@x.example
Action: delivered
Status: 2.0.0

--b
Content-Type: message/rfc822

From: help@example.org
Message-ID: <ours-7@example.org>
Subject: x

hello
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "is_permanent"),
    [(b"failed", b"5.1.1", True), (b"delayed", b"4.4.1", False), (b"failed", b"4.4.7", False)],
)
def test_a_report_names_mail_recipient_and_reason(action: bytes, status: bytes, is_permanent: bool) -> None:
    raw = REPORT.replace(b"ACTION", action).replace(b"STATUS", status)
    bounce = read_bounce(raw, read_mail(raw))

    assert bounce is not None
    assert (bounce.message_id, bounce.recipients) == ("ours-7@example.org", ("anna@x.example",))
    assert bounce.is_permanent is is_permanent
    assert bounce.status == f"{status.decode()} 550 no such user"


def test_a_receipt_is_no_failure() -> None:
    raw = REPORT.replace(b"ACTION", b"delivered").replace(b"STATUS", b"2.0.0")

    assert read_bounce(raw, read_mail(raw)) is None


def test_a_person_is_no_bounce() -> None:
    raw = b"From: anna@x.example\nSubject: Undeliverable\n\n550 no such user <bert@x.example>\n"

    assert read_bounce(raw, read_mail(raw)) is None


NOT_TOLD = {"bounce_01.txt", "lhost-biglobe-01.eml"}
"""Failures that name nobody who can be told from ourselves."""


@pytest.mark.parametrize(("folder", "share"), [("sisimai", 0.93), ("flufl-bounce", 0.87)])
def test_a59_real_failures_are_recognised_and_name_their_recipient(folder: str, share: float) -> None:
    paths = [path for path in (CORPORA / folder).rglob("*") if path.is_file()]
    if not paths:
        if os.environ.get("CI") == "true":
            pytest.fail(f"The mail corpora are missing in {CORPORA}")
        pytest.skip(f"The mail corpora are not in {CORPORA}")
    read = 0
    for path in paths:
        raw = path.read_bytes()
        bounce = read_bounce(raw, read_mail(raw))
        if bounce is not None:
            read += 1
            assert bounce.recipients or path.name in NOT_TOLD, path.name

    assert read / len(paths) >= share
