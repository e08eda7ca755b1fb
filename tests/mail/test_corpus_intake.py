"""Every mail of the corpora goes in by the gateway: no error, none lost, none refused, every byte kept."""

import hashlib

import pytest
from pyramid.config import Configurator
from sqlalchemy import select
from webtest import TestApp

from rtpy.cli.mailgate import PATH, _form
from rtpy.mail.message import read_mail
from rtpy.models import Attachment, IncomingMail
from tests.mail.corpora import folders, mails_of, need_corpora


@pytest.fixture
def gateway(app):
    """The gateway alone, without the other faces."""
    config = Configurator()
    config.registry["rtpy.app"] = app
    config.include("rtpy.gateway")
    browser = TestApp(config.make_wsgi_app(), lint=False)

    def post(raw, **fields):
        boundary, body = _form({"queue": "General", **fields}, raw)
        kind = f"multipart/form-data; boundary={boundary}"
        return browser.request(PATH, method="POST", body=body, headers={"Content-Type": kind})

    return post


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("folder", folders())
def test_every_mail_goes_in_with_every_byte(gateway, app, db, folder, database_kind):
    need_corpora()
    wrong = []
    # A sample is enough where only the database differs.
    for name, raw in list(mails_of(folder))[:: 5 if database_kind == "postgresql" else 1]:
        answer = gateway(raw)
        row = db.execute(
            select(
                IncomingMail.id,
                IncomingMail.state,
                IncomingMail.reason,
                IncomingMail.raw,
                IncomingMail.transaction_id,
            )
            .order_by(IncomingMail.id.desc())
            .limit(1)
        ).one()
        if answer.text != "ok\n" or row.raw != raw:
            wrong.append((name, answer.text, row.reason, row.raw == raw))
            continue
        if row.state == "duplicate":
            continue
        if row.state != "done":
            wrong.append((name, row.state, row.reason))
            continue
        wanted = [
            sha256(part.data)
            for part in read_mail(raw, rtname=app.config.rtname).message.parts
            if part.data.strip()
        ]
        stored = db.scalars(
            select(Attachment.blob_sha256)
            .where(Attachment.transaction_id == row.transaction_id)
            .order_by(Attachment.position)
        ).all()
        if [one for one in stored if one in wanted] != wanted:
            wrong.append((name, "parts", wanted, stored))
    assert wrong == []
