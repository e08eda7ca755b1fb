"""A portal full of secrets, and one browser for each kind of customer."""

import pytest

from plugins.portal.tests.attacks.world import World


@pytest.fixture
def world(app, db, work, make):
    """Requests, pages, issues, ratings and questions; each secret word of them is for some and for no others."""
    return World(app, db, work, make)


@pytest.fixture
def browsers(world, another, enter, db, app):
    """By kind: nobody, the keys of a requestor and of a Cc, accounts of each grade, a stranger, staff."""
    made = {"nobody": another()}
    for kind, user in world.accounts.items():
        made[kind] = enter(another(), user)
    for kind, token in world.keys.items():
        made[kind] = another()
        made[kind].get(f"/portal/key/{token}", status=303)
    db.commit()
    return made
