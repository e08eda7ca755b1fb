"""The shop of the tests of escalation."""

import pytest

from plugins.sla.tests.escalation.shop import Shop


@pytest.fixture
def shop(app, db, clock, make):
    """A shop without policies, with one member of staff who may see everything."""
    make.queue("General")
    ann = make.staff("tess", real_name="Tess Tech")
    make.grant(ann, "ShowTicket", "OwnTicket")
    return Shop(app, db, clock, make)
