"""Custom roles of assets: the catalogs in which they apply, one or many players, and the rights that they give."""

import pytest
from sqlalchemy import select

from rtpy.changes.assets.allowed import may
from rtpy.changes.assets.people import AddAssetWatcher, DeleteAssetWatcher
from rtpy.changes.assets.pipeline import CreateAsset, change_asset, create_asset
from rtpy.changes.catalogs import CatalogValues, change_catalog, make_catalog, plain_catalog, values_of
from rtpy.changes.custom_roles import RoleValues, change_custom_role, create_custom_role, delete_custom_role
from rtpy.changes.grants import grant_right
from rtpy.changes.membership import create_group
from rtpy.errors import Invalid, Refused
from rtpy.models import AssetWatcher, Transaction
from rtpy.rights.holders import EVERYWHERE, Holder, Place
from rtpy.search.assets import AssetFilter, list_assets


@pytest.fixture
def machines(work):
    return make_catalog(work, CatalogValues("Machines", "assets"))


@pytest.fixture
def laptop(work, machines):
    return create_asset(work, CreateAsset(machines, "Laptop of Ann"))


def make_role(make, *catalogs, name="Supplier", **more):
    places = frozenset(each.id for each in catalogs)
    return create_custom_role(make.system, RoleValues(name, lookup="asset", places=places, **more))


def players(db, role):
    return set(db.scalars(select(AssetWatcher.principal_id).where(AssetWatcher.role == role.role)))


def test_it_is_played_in_its_catalogs_and_in_no_other(make, work, db, machines, laptop):
    role, phones = make_role(make, machines), make_catalog(work, CatalogValues("Phones", "assets"))
    ann = make.customer("ann@client.example")
    change_asset(work, laptop, AddAssetWatcher(role.role, ann.id))
    assert players(db, role) == {ann.id}
    with pytest.raises(Refused, match="does not apply in this catalog"):
        create_asset(work, CreateAsset(phones, "Phone", people=((role.role, ann.id),)))


def test_a_role_for_one_passes_on_and_takes_no_group(make, work, db, machines, laptop):
    role = make_role(make, machines, single=True)
    ann, bob = make.customer("ann@client.example"), make.customer("bob@client.example")
    change_asset(work, laptop, AddAssetWatcher(role.role, ann.id), AddAssetWatcher(role.role, bob.id))
    assert players(db, role) == {bob.id}
    change_asset(work, laptop, DeleteAssetWatcher(role.role, bob.id))
    assert players(db, role) == set()
    told = db.scalars(select(Transaction.type).where(Transaction.field == role.role)).all()
    assert told == ["SetWatcher"] * 3
    with pytest.raises(Refused, match="for one person"):
        change_asset(work, laptop, AddAssetWatcher(role.role, create_group(work, "Depot").id))
    people = frozenset({(role.role, ann.id)})
    with pytest.raises(Invalid, match="one person of each asset"):
        change_catalog(work, machines, CatalogValues("Machines", "assets", people=people))


@pytest.mark.parametrize("on", ["system", "catalog"])
@pytest.mark.parametrize("through", ["asset", "catalog"])
def test_rights_by_it_hold_where_it_applies_in_both_readings(
    make, work, work_of, machines, laptop, on, through
):
    role, tess = make_role(make, machines), make.staff("tess")
    grant_right(
        work,
        Holder(role=role.role),
        "ShowAsset",
        EVERYWHERE if on == "system" else Place("catalog", machines.id),
    )
    if through == "asset":
        change_asset(work, laptop, AddAssetWatcher(role.role, tess.id))
    else:
        change_catalog(
            work, machines, CatalogValues("Machines", "assets", people=frozenset({(role.role, tess.id)}))
        )

    def seen():
        tess = work_of("tess")
        rows = [each.id for each in list_assets(tess, AssetFilter()).rows]
        return may(tess, laptop, "ShowAsset"), rows == [laptop.id]

    assert seen() == (True, True)
    change_custom_role(make.system, role.id, RoleValues("Supplier", lookup="asset"))
    assert seen() == (False, False)


def test_a_played_one_is_not_deleted_and_a_name_is_given_once_to_tickets_and_assets(
    make, work, machines, laptop
):
    role = make_role(make, machines)
    change_asset(work, laptop, AddAssetWatcher(role.role, make.staff("tess").id))
    with pytest.raises(Invalid, match="played on assets or catalogs"):
        delete_custom_role(make.system, role.id)
    with pytest.raises(Invalid, match="There is a role"):
        create_custom_role(make.system, RoleValues("supplier"))
    with pytest.raises(Invalid, match="catalogs is not there"):
        create_custom_role(make.system, RoleValues("Other", lookup="asset", places=frozenset({10**6})))


def test_who_plays_a_role_that_applies_no_more_stays_stored(make, work, machines):
    role, tess = make_role(make, machines), make.staff("tess")
    people = frozenset({(role.role, tess.id), ("Contact", tess.id)})
    change_catalog(work, machines, CatalogValues("Machines", "assets", people=people))
    change_custom_role(make.system, role.id, RoleValues("Supplier", lookup="asset"))
    change_catalog(work, machines, CatalogValues("Hardware", "assets", people=people))
    plain = plain_catalog(work, values_of(work, machines))
    assert (plain["name"], plain["Contact"], plain["roles"]) == ("Hardware", ["tess"], {"Supplier": ["tess"]})
