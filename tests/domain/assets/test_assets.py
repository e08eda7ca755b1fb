"""Assets: made, moved through their lifecycle, held by people, linked; who may do and see what."""

import pytest
from sqlalchemy import event, select

from rtpy.changes.assets.links import LinkAsset, UnlinkAsset
from rtpy.changes.assets.people import AddAssetWatcher, DeleteAssetWatcher, SetAssetOwner
from rtpy.changes.assets.pipeline import CreateAsset, change_asset, create_asset
from rtpy.changes.assets.places import SetAssetPlace
from rtpy.changes.assets.status import SetAssetStatus, SetCatalog
from rtpy.changes.assets.text import SetAssetText
from rtpy.changes.catalogs import CatalogValues, change_catalog, make_catalog, values_of
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink, DeleteLink
from rtpy.errors import Invalid, Refused
from rtpy.links.things import asset_uri
from rtpy.models import Ace, Asset, AssetLink, AssetWatcher, ConfigChange, Link, OrganizationSite, Transaction
from rtpy.rights.asset_roles import asset_roles
from rtpy.search.assets import AssetFilter, list_assets
from rtpy.search.things import tickets_linked_to

RIGHTS = "ShowAsset CreateAsset ModifyAsset AdminCatalog"


@pytest.fixture
def machines(work):
    return make_catalog(work, CatalogValues("Machines", "assets"))


@pytest.fixture
def laptop(work, machines):
    return create_asset(work, CreateAsset(machines, "Laptop of Ann"))


@pytest.fixture
def worker(make, work_of, db):
    """Work of a technician with these rights on a catalog, in person or by a role."""

    def with_rights(catalog, *rights, role=None):
        user = make.staff("tess")
        who = {"role": role} if role else {"principal_id": user.id}
        where = {"object_type": "catalog", "object_id": catalog.id} if catalog else {}
        db.add_all(Ace(right_name=right, **who, **where) for right in rights)
        db.flush()
        return work_of("tess")

    return with_rights


def told(db, asset):
    rows = db.scalars(
        select(Transaction)
        .where(Transaction.object_type == "asset", Transaction.object_id == asset.id)
        .order_by(Transaction.id)
    )
    return [(row.type, row.field, row.old_value, row.new_value) for row in rows]


def test_a_new_asset_has_the_first_status_its_people_and_one_transaction(db, work, make, machines):
    ann = make.customer("ann@client.example")
    made = create_asset(work, CreateAsset(machines, " Laptop \n of Ann ", people=(("HeldBy", ann.id),)))
    assert (made.name, made.status, made.owner_id) == ("Laptop of Ann", "new", work.app.nobody_id(db))
    assert db.execute(select(AssetWatcher.role, AssetWatcher.principal_id)).all() == [("HeldBy", ann.id)]
    assert told(db, made) == [("Create", "", "", "")]


DEEDS = {
    "create": (
        "CreateAsset",
        lambda work, asset, catalog: create_asset(work, CreateAsset(catalog, "Another")),
    ),
    "rename": (
        "ModifyAsset",
        lambda work, asset, catalog: change_asset(work, asset, SetAssetText("New", "")),
    ),
    "move": ("ModifyAsset", lambda work, asset, catalog: change_asset(work, asset, SetAssetStatus("stolen"))),
    "own": (
        "ModifyAsset",
        lambda work, asset, catalog: change_asset(work, asset, SetAssetOwner(work.actor.user_id)),
    ),
    "hold": (
        "ModifyAsset",
        lambda work, asset, catalog: change_asset(work, asset, AddAssetWatcher("HeldBy", work.actor.user_id)),
    ),
    "link": (
        "ModifyAsset",
        lambda work, asset, catalog: change_asset(work, asset, LinkAsset("RefersTo", "https://example.com/")),
    ),
    "change the catalog": (
        "AdminCatalog",
        lambda work, asset, catalog: change_catalog(work, catalog, CatalogValues("Other", "assets")),
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_needs_its_right_and_no_other(deed, laptop, machines, worker):
    right, do = DEEDS[deed]
    with pytest.raises(Refused, match=right):
        do(worker(machines, *(each for each in RIGHTS.split() if each != right)), laptop, machines)


@pytest.mark.parametrize("deed", DEEDS)
def test_with_its_right_on_the_catalog_a_deed_is_done(deed, laptop, machines, worker):
    right, do = DEEDS[deed]
    do(worker(machines, right), laptop, machines)


def test_who_holds_an_asset_may_what_holders_may_and_only_there(work, laptop, machines, worker):
    other = create_asset(work, CreateAsset(machines, "Other"))
    tess = worker(machines, "ModifyAsset", role="HeldBy")
    with pytest.raises(Refused):
        change_asset(tess, laptop, SetAssetText("Mine", ""))
    change_asset(work, laptop, AddAssetWatcher("HeldBy", tess.actor.user_id))
    change_asset(tess, laptop, SetAssetText("Mine", ""))
    with pytest.raises(Refused):
        change_asset(tess, other, SetAssetText("Mine too", ""))


@pytest.mark.parametrize("name", ["", " ", "123", "x" * 201])
def test_a_name_that_does_not_do_is_refused(work, machines, name):
    with pytest.raises(Invalid) as invalid:
        create_asset(work, CreateAsset(machines, name))
    assert invalid.value.problems[0].field == "name"


@pytest.mark.parametrize(
    ("status", "words"), [("recycled", "can go to"), ("lost", "no status"), ("new", None)]
)
def test_the_lifecycle_says_which_moves_there_are(work, laptop, status, words):
    if words is None:
        assert change_asset(work, laptop, SetAssetStatus(status)) == ()
        return
    with pytest.raises(Refused, match=words):
        change_asset(work, laptop, SetAssetStatus(status))
    assert laptop.status == "new"


def test_a_refused_change_leaves_nothing_of_its_bundle(db, work, laptop):
    with pytest.raises(Refused):
        change_asset(work, laptop, SetAssetText("Renamed", ""), SetAssetStatus("recycled"))
    db.refresh(laptop)
    assert (laptop.name, len(told(db, laptop))) == ("Laptop of Ann", 1)


def test_another_catalog_needs_the_right_there_and_a_map(work, laptop, machines, worker):
    phones = make_catalog(work, CatalogValues("Phones", "assets"))
    with pytest.raises(Refused, match="Phones"):
        change_asset(worker(machines, "ModifyAsset"), laptop, SetCatalog(phones))
    change_asset(work, laptop, SetCatalog(phones))
    assert told(work.db, laptop)[-1] == ("Set", "Catalog", "Machines", "Phones")


def test_a_site_belongs_to_its_organisation(db, work, make, laptop):
    ours, theirs = make.organization("Ours"), make.organization("Theirs")
    site = OrganizationSite(organization_id=theirs.id, name="Office")
    db.add(site)
    db.flush()
    with pytest.raises(Invalid, match="site"):
        change_asset(work, laptop, SetAssetPlace(ours.id, site.id))
    change_asset(work, laptop, SetAssetPlace(theirs.id, site.id))
    assert told(db, laptop)[1:] == [("Set", "Organization", "", "Theirs"), ("Set", "Site", "", "Office")]


def test_roles_go_to_people_and_groups_but_not_to_nobody_nor_the_system(db, app, work, make, laptop):
    system, nobody = app.system_user_id(db), app.nobody_id(db)
    for number in (system, nobody, 999_999):
        with pytest.raises(Refused):
            change_asset(work, laptop, AddAssetWatcher("HeldBy", number))
    ann = make.customer("ann@client.example")
    with pytest.raises(Refused, match="no such role"):
        change_asset(work, laptop, AddAssetWatcher("Requestor", ann.id))
    assert len(change_asset(work, laptop, AddAssetWatcher("HeldBy", ann.id))) == 1
    assert change_asset(work, laptop, AddAssetWatcher("HeldBy", ann.id)) == ()
    change_asset(work, laptop, DeleteAssetWatcher("HeldBy", ann.id))
    assert db.scalars(select(AssetWatcher)).all() == []


# --- links


def test_assets_are_linked_both_ends_remember_and_circles_are_refused(db, work, machines, laptop):
    dock = create_asset(work, CreateAsset(machines, "Dock"))
    change_asset(work, dock, LinkAsset("MemberOf", str(laptop.id)))
    assert told(db, laptop)[-1] == ("AddLink", "MemberOf-", "", f"asset:{dock.id}")
    for asset, other in ((laptop, dock), (dock, dock)):
        with pytest.raises(Refused):
            change_asset(work, asset, LinkAsset("MemberOf", f"asset:{other.id}"))
    link = db.scalar(select(AssetLink))
    assert change_asset(work, laptop, UnlinkAsset(link.id)) == ()
    change_asset(work, dock, UnlinkAsset(link.id))
    assert db.scalars(select(AssetLink)).all() == []


@pytest.mark.parametrize(
    "other", ["javascript:alert(1)", "data:text/html,x", "999999", "asset:999999", "a:1", ""]
)
def test_what_is_no_asset_and_no_address_is_not_linked(work, laptop, other):
    with pytest.raises(Refused):
        change_asset(work, laptop, LinkAsset("RefersTo", other))


def test_a_ticket_refers_to_an_asset_that_its_writer_may_see(db, make, laptop, machines, worker):
    ticket = make.ticket()
    make.queue()
    tess = worker(None, "ModifyTicket", "ShowTicket")
    with pytest.raises(Refused, match="no asset"):
        change_ticket(tess, ticket, AddLink("RefersTo", f"asset:{laptop.id}"))
    db.add(
        Ace(
            principal_id=tess.actor.user_id,
            right_name="ShowAsset",
            object_type="catalog",
            object_id=machines.id,
        )
    )
    db.flush()
    tess.forget_rights()
    change_ticket(tess, ticket, AddLink("RefersTo", f"ASSET:{laptop.id}"))
    assert db.scalar(select(Link.target)) == f"asset:{laptop.id}"
    assert change_ticket(tess, ticket, AddLink("RefersTo", f"asset:{laptop.id}")).transactions == ()
    change_ticket(tess, ticket, DeleteLink("RefersTo", f"asset:{laptop.id}"))
    assert db.scalars(select(Link)).all() == []


# --- finding


GRANTS = {
    "nothing": [],
    "everywhere": [("me", None)],
    "on one catalog": [("me", "Machines")],
    "holders everywhere": [("HeldBy", None)],
    "contacts of one catalog": [("Contact", "Phones")],
    "owners": [("Owner", None)],
    "contacts and one catalog": [("Contact", None), ("me", "Phones")],
}


@pytest.mark.parametrize("case", GRANTS)
def test_lists_and_pages_agree_on_who_may_see_what(db, make, work, work_of, machines, case):
    phones = make_catalog(work, CatalogValues("Phones", "assets"))
    catalogs = {"Machines": machines, "Phones": phones}
    me = make.staff("tess")
    change_catalog(work, phones, CatalogValues("Phones", "assets", people=frozenset({("Contact", me.id)})))
    for catalog in catalogs.values():
        for role in ("HeldBy", "Contact"):
            create_asset(work, CreateAsset(catalog, f"{catalog.name} {role}", people=((role, me.id),)))
        create_asset(work, CreateAsset(catalog, f"{catalog.name} own", owner_id=me.id))
        create_asset(work, CreateAsset(catalog, f"{catalog.name} else"))
    for who, where in GRANTS[case]:
        holder = {"principal_id": me.id} if who == "me" else {"role": who}
        place = {"object_type": "catalog", "object_id": catalogs[where].id} if where else {}
        db.add(Ace(right_name="ShowAsset", **holder, **place))
    db.flush()
    tess = work_of("tess")
    listed = {row.id for row in list_assets(tess, AssetFilter()).rows}
    grants = tess.rights.of("ShowAsset")
    opened = {
        asset.id
        for asset in db.scalars(select(Asset))
        if grants.on("catalog", asset.catalog_id, asset_roles(db, tess.rights, asset))
    }
    assert listed == opened
    assert bool(listed) == (case != "nothing")


def test_lists_find_by_words_number_status_and_person(work, make, machines, laptop):
    ann = make.customer("ann@client.example")
    phone = create_asset(work, CreateAsset(machines, "Phone", "with a crack", people=(("HeldBy", ann.id),)))
    gone = create_asset(work, CreateAsset(machines, "Gone"))
    change_asset(work, gone, SetAssetStatus("deleted"))

    def found(**wanted):
        return [row.name for row in list_assets(work, AssetFilter(**wanted)).rows]

    assert found() == ["Laptop of Ann", "Phone"]
    assert found(words="crack") == ["Phone"]
    assert found(words=f"#{phone.id}") == ["Phone"]
    assert found(words="laptop ann") == ["Laptop of Ann"]
    assert found(statuses=("deleted",)) == ["Gone"]
    assert found(person_id=ann.id) == ["Phone"]
    assert found(words="%") == []


# --- catalogs


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (CatalogValues("", "assets"), "name"),
        (CatalogValues("MACHINES", "assets"), "name"),
        (CatalogValues("New", "default"), "lifecycle"),
        (CatalogValues("New", "nothing"), "lifecycle"),
        (CatalogValues("New", "assets", people=frozenset({("HeldBy", 999_999)})), "HeldBy"),
    ],
)
def test_a_catalog_that_does_not_do_is_refused_by_its_field(work, machines, values, field):
    with pytest.raises(Invalid) as invalid:
        make_catalog(work, values)
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_a_catalog_is_read_back_as_given_and_logged_by_names(db, work, make):
    ann = make.customer("ann@client.example")
    given = CatalogValues("Phones", "assets", "Small things", 3, True, frozenset({("Contact", ann.id)}))
    assert values_of(work, make_catalog(work, given)) == given
    last = db.scalars(select(ConfigChange).order_by(ConfigChange.id.desc())).first()
    assert (last.kind, last.after["Contact"], last.after["lifecycle"]) == (
        "catalog",
        ["ann@client.example"],
        "assets",
    )


def test_a_catalog_that_is_off_takes_no_new_asset(work, machines):
    change_catalog(work, machines, CatalogValues("Machines", "assets", disabled=True))
    with pytest.raises(Refused, match="switched off"):
        create_asset(work, CreateAsset(machines, "Late"))


def test_the_tickets_about_an_asset_are_found_without_reading_all_links(
    work, laptop, make, db, database_kind
):
    change_ticket(work, make.ticket(), AddLink("RefersTo", f"asset:{laptop.id}"))
    rights = work.rights.of("ShowTicket")
    assert len(tickets_linked_to(db, rights, asset_uri(laptop.id), 10)) == 1
    said = []
    event.listen(db.connection(), "before_cursor_execute", lambda *args: said.append(args[2:4]))
    tickets_linked_to(db, rights, asset_uri(laptop.id), 10)
    statement, values = said[0]
    if database_kind == "sqlite":
        rows = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        plan = " ".join(row[3] for row in rows)
        assert "SCAN links" not in plan
    else:
        db.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = " ".join(row[0] for row in db.connection().exec_driver_sql(f"EXPLAIN {statement}", values))
    assert "ix_links_target" in plan
    assert "ix_links_base" in plan
