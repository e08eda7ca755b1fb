"""The whole site under attack: mails through the gateway's own address, browsers that WebTest plays or Chromium is."""

import pytest
from sqlalchemy import select

from rtpy.models import IncomingMail
from tests.attacks.gateway import hand_in
from tests.mail.conftest import last_said
from tests.web.conftest import (
    another,
    browser,
    compiled_templates,
    customer,
    enter,
    extra,
    jo,
    login,
    root,
    token,
    wsgi,
)

__all__ = [
    "another",
    "browser",
    "compiled_templates",
    "customer",
    "enter",
    "extra",
    "jo",
    "last_said",
    "login",
    "root",
    "token",
    "wsgi",
]


@pytest.fixture
def post(another, db):
    """Hands a mail to the gateway as a stranger's mail server does; gives its row in the spool."""
    stranger = another("192.0.2.66")

    def post(raw, *, queue="General", action="correspond", **more):
        answer = hand_in(stranger, raw, queue=queue, action=action, **more)
        assert answer.startswith(("ok", "not ok")), answer
        db.expire_all()
        return db.scalars(select(IncomingMail).order_by(IncomingMail.id.desc()).limit(1)).one()

    return post
