"""The whole site under attack: mails through the gateway's own address, browsers that WebTest plays or Chromium is."""

from pathlib import Path

import pytest
from sqlalchemy import select

from rtpy.models import IncomingMail
from tests.attacks.gateway import hand_in
from tests.mail.conftest import last_said
from tests.web.conftest import (
    another,
    browser,
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


ON_ONE_DATABASE = tuple(
    "a03 a04 a05 a06 a10 a25 a27 a28 a29 a31 a34 a35 a36 a38 a39 a41 a43 a49 a51 a53 a54 a56 a58 a72".split()
)
"""Attacks in which no statement depends on what a stranger wrote: tried on SQLite only, to save time; but for NUL."""


def pytest_collection_modifyitems(config, items):
    here = Path(__file__).parent
    twice = [
        item
        for item in items
        if item.path.parent == here
        and "postgresql" in item.name
        and item.name.removeprefix("test_").startswith(ON_ONE_DATABASE)
        and "x00" not in item.name
    ]
    if twice:
        config.hook.pytest_deselected(items=twice)
        gone = set(twice)
        items[:] = [item for item in items if item not in gone]


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
