"""Requests and who looks at them."""

import pytest

from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.words import say_in

ANN = "ann@client.example"


@pytest.fixture
def say():
    """English."""
    return say_in("en")


@pytest.fixture
def visitor_of(app, db):
    """Makes the visitor that an account is."""

    def visitor(user):
        return Visitor(
            user.id, user.name, user.display_name, Way.ACCOUNT, memberships=memberships_of(app, db, user.id)
        )

    return visitor


@pytest.fixture
def client(make):
    """Her organisation."""
    return make.organization("Client", "client.example")


@pytest.fixture
def ann(make, visitor_of, client):
    """The customer who asks, as a visitor."""
    return visitor_of(make.customer(ANN, "Ann Client"))


@pytest.fixture
def as_ann(app, db, ann):
    """Her work."""
    return ann.acting(app.work_in(db))
