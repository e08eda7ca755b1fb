"""What one process writes another sees at its next look, in whatever room the value is kept."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import select

from rtpy import remembered as room
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.people import find_person
from rtpy.fields.definitions import all_fields
from rtpy.identity.basic import find_password_login
from rtpy.identity.oidc.provider import sign_on_buttons
from rtpy.identity.passwords import hash_password
from rtpy.identity.second_factor.required import must_have_factor
from rtpy.identity.sessions import find_session, start_session
from rtpy.mail.own import what_is_own
from rtpy.mail.spool import find_queue
from rtpy.mailboxes.recipients import place_of
from rtpy.models import (
    Ace,
    CustomField,
    PluginSetting,
    Principal,
    Queue,
    Scrip,
    SignOnProvider,
    StoredLifecycle,
    Template,
    WorkCalendar,
)
from rtpy.plugin_settings import stored_settings
from rtpy.rights.names import Right
from rtpy.rights.standing import find_standing
from rtpy.scrips.rules import rules_of
from rtpy.testing.people import Factory
from rtpy.web.staff.ticket.choices import possible_owners
from rtpy.work import Actor, Face
from rtpy.working_hours import all_hours

WITHIN = 5.0
"""Seconds in which each of them is seen."""


def one(work, model, **values):
    return work.db.scalars(select(model).filter_by(**values).order_by(model.id).limit(1)).one()


def queue(work):
    return one(work, Queue, name="General")


def tess(work):
    return find_person(work.db, "tess@staff.example")


def as_tess(work):
    user = tess(work)
    return work.as_actor(Actor(user.id, user.name, Face.WEB))


def take_away(work):
    work.db.delete(one(work, Ace, principal_id=tess(work).id, right_name="ModifyScrips"))


def join(work):
    helpers = create_group(work, "Helpers")
    Factory(work.app, work.db).grant(helpers, "ModifyTemplate")
    add_member(work, helpers, tess(work).id)


def ask_for_factor(work):
    helpers = create_group(work, "Careful")
    helpers.second_factor = True
    add_member(work, helpers, tess(work).id)


def add_provider(work):
    names = ("issuer", "client_id", "client_secret", "scopes", "name_claim", "group_claim", "group_map")
    given = dict.fromkeys(names, "x")
    work.db.add(SignOnProvider(name="Elsewhere", created=work.now, **given))


def add_life(work):
    first = one(work, StoredLifecycle, name="default")
    work.db.add(StoredLifecycle(name="another", type="ticket", definition=first.definition, created=work.now))


def change(model, column, value, **which):
    return lambda work: setattr(one(work, model, **which), column, value)


def disable(work):
    work.db.get_one(Principal, tess(work).id).disabled = True


def set_password(work):
    tess(work).password_hash = hash_password("a new password")


def may(right):
    return lambda work: as_tess(work).rights.of(right).in_queue(queue(work).id)


def life(work):
    return "another" in work.app.lifecycles


def same_rules(work):
    now = rules_of(work.app, work.db)
    return now is work.app.caches.setdefault("first rules", now)


KINDS = {
    "a right that was taken away": (take_away, may(Right.MODIFY_SCRIPS)),
    "a right through a group": (join, may(Right.MODIFY_TEMPLATE)),
    "a group that asks for a second factor": (
        ask_for_factor,
        lambda work: must_have_factor(work.app, work.db, find_standing(work.db, tess(work).id)),
    ),
    "who may own tickets": (
        disable,
        lambda work: [name for _, name in possible_owners(work.app, work.db, queue(work).id)],
    ),
    "a person's name": (
        lambda work: setattr(tess(work), "real_name", "Tess Renamed"),
        lambda work: [name for _, name in possible_owners(work.app, work.db, queue(work).id)],
    ),
    "a queue's name": (
        change(Queue, "name", "Renamed", name="General"),
        lambda work: find_queue(work.app, work.db, "General"),
    ),
    "a queue's address": (
        change(Queue, "correspond_address", "new@our.example", name="General"),
        lambda work: place_of(work.app, work.db, "new@our.example"),
    ),
    "addresses that are our own": (
        change(Queue, "correspond_address", "new@our.example", name="General"),
        lambda work: what_is_own(work.app, work.db),
    ),
    "a lifecycle": (add_life, life),
    "a scrip": (
        lambda work: setattr(one(work, Scrip), "description", "Renamed"),
        same_rules,
    ),
    "a template": (
        lambda work: setattr(one(work, Template), "content", "Changed"),
        same_rules,
    ),
    "a plugin's setting": (
        lambda work: work.db.add(PluginSetting(plugin="any", name="thing", value=7, changed=work.now)),
        lambda work: dict(stored_settings(work.app, work.db)),
    ),
    "a way to log in": (add_provider, lambda work: sign_on_buttons(work.app, work.db)),
    "a custom field": (
        lambda work: setattr(one(work, CustomField), "name", "Renamed"),
        lambda work: [each.name for each in all_fields(work.app, work.db).values()],
    ),
    "a calendar": (
        lambda work: setattr(one(work, WorkCalendar), "name", "Renamed"),
        lambda work: str(all_hours(work.app, work.db)),
    ),
    "a password that was right a moment ago": (
        set_password,
        lambda work: find_password_login(work.app, work.db, "tess", "an old password", peer="192.0.2.1") is None,
    ),
}  # fmt: skip


@pytest.fixture
def nodes(committed_app, clock, node_of, monkeypatch):
    """Two apps that look as seldom as two processes do; `tess` is of the staff."""
    other = node_of(clock)
    with committed_app.work() as work:
        factory = Factory(committed_app, work.db)
        user = factory.staff("tess", password="an old password")
        factory.grant(user, "ModifyScrips", "OwnTicket")
        factory.calendar()
        work.db.add(CustomField(name="Colour", type="Freeform", lookup="ticket", max_values=1))
    return committed_app, other


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.databases("sqlite")  # the stamp is a row like any other; test_two_nodes.py sees it on PostgreSQL
def test_it_is_seen_by_the_other_node(nodes, kind, monkeypatch):
    here, there = nodes
    write, read = KINDS[kind]
    with there.work(reading=True) as work:
        before = read(work)
    turn = room._turn[0]
    with here.work() as work:
        write(work)
    room._turn[0] = turn  # the other one is a process of its own: it hears nothing
    monkeypatch.setattr(room, "LOOK_AGAIN", 0.0)  # the time is over
    with there.work(reading=True) as work:
        assert read(work) != before


def test_the_other_node_looks_often_enough():
    assert room.LOOK_AGAIN < WITHIN


@pytest.mark.databases("sqlite")  # nothing is kept: it is asked of the database each time
def test_a_session_ends_on_all_nodes_at_once(nodes, clock):
    here, there = nodes
    with here.work() as work:
        token = start_session(work.db, tess(work).id, now=work.now, days=1)
    with there.work() as work:
        assert find_session(work.db.connection(), token, clock.now()) is not None
    with here.work() as work:
        disable(work)
    with there.work() as work:
        assert find_session(work.db.connection(), token, clock.now()) is None


WHO_WATCHES = """
import json, sys
from pathlib import Path
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config import Config
from rtpy.jobs.worker import chores_of
from rtpy.models import Principal, User
from rtpy.remembered import WATCHED

def watched():
    plain = {model.__tablename__ for model in WATCHED}
    single = {each.__tablename__ for each in (Principal, User) if each.__mapper__.dispatch.after_update}
    return plain | single

app = App(Config.for_tests(Path(sys.argv[1]), plugins=["billing", "sla", "portal"]), blobs=DatabaseStore())
chores_of(app)
worker = watched()
from rtpy.wsgi import make_wsgi
make_wsgi(app)
print(json.dumps(sorted(watched() - worker)))
"""


def test_a_worker_tells_of_all_that_web_servers_keep(tmp_path):
    """A table that only pages watch would be written by a worker or a command without anybody hearing of it."""
    asked = [sys.executable, "-c", WHO_WATCHES, str(tmp_path)]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == []
