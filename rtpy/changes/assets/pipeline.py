"""The one way in for every change of an asset: checked, applied and recorded together, or not at all.

Hooks and scrips are of tickets: nothing else hears of a change of an asset.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from rtpy.changes.assets.allowed import need, need_in_catalog
from rtpy.changes.assets.people import AddAssetWatcher
from rtpy.changes.assets.places import check_place
from rtpy.changes.assets.text import good_name
from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields
from rtpy.changes.customfields.creating import check_first, store_first
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.recording import record
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Refused
from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import Asset, Catalog, Transaction
from rtpy.models.locks import lock_asset
from rtpy.rights.asset_roles import asset_roles
from rtpy.rights.names import Right
from rtpy.work import Work


class AssetChange(Protocol):
    """One thing that happens to an asset."""

    def check(self, work: Work, asset: Asset) -> None:
        """Raises Refused or Invalid. Changes nothing."""
        ...

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Change it and yield what is to be recorded."""
        ...


@dataclass(frozen=True, slots=True)
class CreateAsset:
    """A new asset. `people` are (role, principal); without a status it gets the first of its lifecycle."""

    catalog: Catalog
    name: str
    description: str = ""
    status: str = ""
    owner_id: int | None = None
    organization_id: int | None = None
    site_id: int | None = None
    people: tuple[tuple[str, int], ...] = ()
    fields: GivenFields = field(default=NO_FIELDS)


def create_asset(work: Work, create: CreateAsset) -> Asset:
    """Make it with its people and fields. Needs CreateAsset in the catalog; raises Refused or Invalid, nothing made."""
    catalog, db = create.catalog, work.db
    need_in_catalog(work, catalog, Right.CREATE_ASSET)
    if catalog.disabled:
        raise Refused(f"The catalog {catalog.name} is switched off: choose another one.")
    lifecycle = work.app.lifecycles.get(catalog.lifecycle)
    if lifecycle.type != ASSET:
        raise Refused(
            f"The lifecycle of the catalog {catalog.name} is not of assets: an administrator must change it."
        )
    status = lifecycle.status_on_create(create.status)
    name = good_name(create.name)
    check_place(work, create.organization_id, create.site_id)
    first = check_first(work, Lookup.ASSET, catalog.id, create.fields)
    with db.begin_nested():
        asset = Asset(
            catalog_id=catalog.id,
            name=name,
            description=create.description.replace("\x00", ""),
            status=status,
            owner_id=create.owner_id or work.app.nobody_id(db),
            organization_id=create.organization_id,
            site_id=create.site_id,
            creator_id=work.actor.user_id,
            created=work.now,
            last_updated_by_id=work.actor.user_id,
            last_updated=work.now,
        )
        db.add(asset)
        db.flush()  # its people and its history point at it
        record(work, "asset", asset.id, Record(Transaction(type="Create", data=name)))
        for role, principal_id in dict.fromkeys(create.people):
            person = AddAssetWatcher(role, principal_id)
            person.check_person(work, catalog.id)
            for _ in person.apply(work, asset):
                pass  # who is there from the start is part of the creation
        store_first(work, first, asset.id)
    return asset


def change_asset(work: Work, asset: Asset, *changes: AssetChange) -> tuple[Transaction, ...]:
    """Do all of `changes`, or none of them. Raises Refused or Invalid: nothing was changed."""
    done: list[Transaction] = []
    with work.db.begin_nested():
        lock_asset(work.db, asset)
        for change in changes:
            change.check(work, asset)
            done += [record(work, "asset", asset.id, entry) for entry in change.apply(work, asset)]
            work.db.flush()  # the next change looks at the rows of this one
        if done:
            _touch(work, asset)
    return tuple(done)


def set_asset_fields(
    work: Work, asset: Asset, given: GivenFields, *, removed: frozenset[int] = frozenset()
) -> list[Transaction]:
    """Its custom fields. Needs ModifyAsset, and ModifyCustomField on each; raises Refused or Invalid."""
    if not given.values and not removed:
        return []
    need(work, asset, Right.MODIFY_ASSET)
    done = set_fields(
        work,
        Lookup.ASSET,
        asset.id,
        given,
        container_id=asset.catalog_id,
        removed=removed,
        roles=asset_roles(work.db, work.rights, asset),
    )
    if done:
        _touch(work, asset)
    return done


def _touch(work: Work, asset: Asset) -> None:
    asset.last_updated, asset.last_updated_by_id = work.now, work.actor.user_id
