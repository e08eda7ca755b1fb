"""Whom the name that a proxy gives means, and whether an account is made for it."""

from dataclasses import replace

import pytest

from rtpy.changes.addresses import set_addresses
from rtpy.errors import Refused
from rtpy.identity.accounts import set_disabled
from rtpy.identity.trusted_header import person_named


@pytest.fixture
def system(app, db):
    return app.work_in(db)


@pytest.fixture
def making(app):
    app.config = replace(app.config, web=replace(app.config.web, login_header_makes_people=True))


def test_a_name_or_an_address_means_an_account_a_name_first(system, make, work):
    jo = make.staff("jo")
    set_addresses(work, jo, ["jo@old.example"])
    named = make.customer("jo@home.example")
    assert person_named(system, "JO").id == jo.id
    assert person_named(system, "jo@old.example").id == jo.id
    assert person_named(system, "Jo@Home.example").id == named.id


def test_who_is_unknown_or_switched_off_is_told_so(system, make, work):
    set_disabled(work, make.staff("off"), disabled=True)
    for name, sentence in (("zoe", "not here"), ("off", "switched off"), ("Nobody", "switched off")):
        with pytest.raises(Refused, match=sentence):
            person_named(system, name)


def test_an_account_is_made_where_the_configuration_says_so(making, system, make):
    zoe, ann = person_named(system, "zoe"), person_named(system, "Ann@client.example")
    assert (zoe.name, zoe.email_address) == ("zoe", None)
    assert (ann.name, ann.email_address) == ("Ann@client.example", "ann@client.example")
    assert person_named(system, "ann@client.example").id == ann.id
    with pytest.raises(Refused, match="No account can be made"):
        person_named(system, "@")
