"""A request that was asked for by Ann, answered and solved by Jo."""

import re

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.models import User
from rtpy.work import Actor, Face


@pytest.fixture
def jo(make):
    """Staff who may see ratings."""
    jo = make.staff("jo", real_name="Jo")
    make.grant(jo, "SeeRatings")
    return jo


@pytest.fixture
def ann(make):
    return make.customer("ann@client.example", "Ann")


@pytest.fixture
def solve(app, db):
    """`solve(ticket)`: root sets it to resolved (or another status), now by the app's clock."""

    def change(ticket, status="resolved"):
        root = app.actor_named(db, "root", Face.WEB)
        change_ticket(app.work_in(db, root), ticket, SetStatus(status))
        return ticket

    return change


@pytest.fixture
def solved(make, work, solve, jo, ann):
    """The request; Jo had it."""
    ticket = make.ticket("Printer on fire")
    change_ticket(work, ticket, SetOwner(jo))
    return solve(ticket)


@pytest.fixture
def acting(app, db):
    """Work of a customer, now by the app's clock."""

    def work(user: User):
        return app.work_in(db, Actor(user.id, user.name, Face.WEB))

    return work


@pytest.fixture
def set_(work):
    """`set_(delay=4)` gives settings of ratings these values."""

    def save(**values):
        save_settings(work, "portal", {f"portal.ratings_{name}": value for name, value in values.items()})

    return save


@pytest.fixture
def token():
    """The token of a customer's forms: `token(browser)`."""
    return lambda browser: re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/portal").text)[0]
