"""Organisations: sites and members in full, each change in the history."""

import pytest
from sqlalchemy import select

from rtpy.changes.organizations import (
    add_organization_member,
    add_site,
    change_organization_member,
    change_site,
    create_organization,
    remove_site,
    set_domains,
)
from rtpy.changes.people import find_by_name, organization_of
from rtpy.errors import Invalid, Refused
from rtpy.models import OrganizationMember, OrganizationSite, Transaction

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def client(work):
    return create_organization(work, "Client Ltd", ["client.example"])


def kinds_of(db, organization):
    query = select(Transaction.type, Transaction.field).where(
        Transaction.object_type == "organization", Transaction.object_id == organization.id
    )
    return [tuple(row) for row in db.execute(query.order_by(Transaction.id))]


def test_sites_are_changed_and_removed_and_it_is_recorded(work, db, client):
    site = add_site(work, client, "Main street", "1 Main street")
    db.flush()
    change_site(work, client, site, name="Old town", address="2 Old town")
    remove_site(work, client, site)
    db.flush()
    assert db.scalars(select(OrganizationSite)).all() == []
    assert kinds_of(db, client)[-3:] == [("AddSite", ""), ("Set", "Site"), ("DeleteSite", "")]


def test_two_sites_of_one_name_are_refused(work, db, client):
    add_site(work, client, "Main street")
    other = add_site(work, client, "Old town")
    db.flush()
    with pytest.raises(Invalid, match="has a site"):
        change_site(work, client, other, name="MAIN street", address="")


def test_a_site_that_tickets_are_about_stays(work, make, db, client):
    site = add_site(work, client, "Main street")
    db.flush()
    from rtpy.changes.guard import changing

    ticket = make.ticket()
    with changing(db):
        ticket.site_id = site.id
        db.flush()
    with pytest.raises(Invalid, match="rename it instead"):
        remove_site(work, client, site)


def test_members_have_a_site_a_title_and_may_be_contacts(work, make, db, client):
    site = add_site(work, client, "Main street")
    ann = make.customer("ann@client.example")
    add_organization_member(work, client, ann)
    db.flush()
    change_organization_member(work, client, ann.id, site_id=site.id, title=" The  boss ", is_contact=True)
    row = db.scalars(select(OrganizationMember)).one()
    assert (row.site_id, row.title, row.is_contact) == (site.id, "The boss", True)
    assert organization_of(db, ann) == (client.id, site.id)
    assert kinds_of(db, client)[-1] == ("Set", "Member")


def test_the_site_of_another_organisation_is_refused(work, make, db, client):
    other = create_organization(work, "Other")
    site = add_site(work, other, "Elsewhere")
    ann = make.customer("ann@client.example")
    add_organization_member(work, client, ann)
    db.flush()
    with pytest.raises(Invalid, match="Choose a site"):
        change_organization_member(work, client, ann.id, site_id=site.id, title="", is_contact=False)


def test_members_of_a_removed_site_stay_members(work, make, db, client):
    site = add_site(work, client, "Main street")
    ann = make.customer("ann@client.example")
    add_organization_member(work, client, ann)
    db.flush()
    change_organization_member(work, client, ann.id, site_id=site.id, title="", is_contact=False)
    remove_site(work, client, site)
    db.flush()
    db.expire_all()
    assert db.scalars(select(OrganizationMember.site_id)).all() == [None]


def test_one_person_may_be_in_several_and_the_mail_domain_decides(work, make, db, client):
    other = create_organization(work, "Other")
    ann = make.customer("ann@client.example")
    for organization in (client, other):
        add_organization_member(work, organization, ann)
    db.flush()
    assert organization_of(db, ann) == (client.id, None)


def test_domains_that_clash_are_refused(work, client):
    other = create_organization(work, "Other")
    with pytest.raises(Invalid, match="belongs to Client Ltd already"):
        set_domains(work, other, ["CLIENT.example"])
    with pytest.raises(Invalid, match="not a mail domain"):
        set_domains(work, other, ["no domain"])


def test_it_takes_admin_users(work_of, make, client):
    make.staff("jo")
    with pytest.raises(Refused):
        add_site(work_of("jo"), client, "Main street")


def test_nobody_belongs_to_no_organisation(work, db, client):
    with pytest.raises(Invalid):
        add_organization_member(work, client, find_by_name(db, "Nobody"))


def test_the_page_changes_members_and_sites(root, work, make, db, client):
    add_site(work, client, "Main street")
    ann = make.customer("ann@client.example", "Ann Miller")
    add_organization_member(work, client, ann)
    db.flush()
    page = root.get(f"/organisations/{client.id}")
    form = next(each for each in page.forms.values() if "title" in each.fields)
    form["title"], form["is_contact"] = "Boss", True
    form["site_id"].select(text="Main street")
    page = form.submit("deed", value="change_member").follow()
    assert "Boss · Main street · asked first" in page
    form = next(each for each in page.forms.values() if "site_id" in each.fields and "site" in each.fields)
    form["site"] = "Old town"
    page = form.submit("deed", value="change_site").follow()
    assert "Old town" in page
    assert "changed the site from “Main street” to “Old town”" in page
    assert "put Ann Miller into it" in page


def test_a_persons_page_shows_every_membership(root, work, make, db, client):
    ann = make.customer("ann@client.example", "Ann Miller")
    other = create_organization(work, "Other")
    for organization in (client, other):
        add_organization_member(work, organization, ann)
    db.flush()
    facts = root.get(f"/people/{ann.id}").html.select_one("aside dl").text
    assert "Client Ltd" in facts
    assert "Other" in facts
