"""Who has to do with an asset: its owner, who holds it or is asked about it, and who plays its custom roles."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.assets.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.roles import roles_of
from rtpy.errors import Refused
from rtpy.models import Asset, AssetWatcher, Group, Principal, Transaction, User
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.models.user import SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.work import Work

ROLES = (HELD_BY, CONTACT)


@dataclass(frozen=True, slots=True)
class SetAssetOwner:
    """Give it to somebody; Nobody is a user too."""

    user_id: int

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset."""
        need(work, asset, Right.MODIFY_ASSET)
        user = work.db.get(User, self.user_id)
        if user is None or user.name == SYSTEM_USER or user.merged_into_id is not None:
            raise Refused("Choose a person who is here as the owner.")

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when they own it."""
        if asset.owner_id != self.user_id:
            old, asset.owner_id = asset.owner_id, self.user_id
            yield Record(
                Transaction(type="Set", field="Owner", old_value=str(old), new_value=str(self.user_id))
            )


@dataclass(frozen=True, slots=True)
class AddAssetWatcher:
    """Give a role on the asset to a person or a group; a custom role for one person passes on to that person."""

    role: str
    principal_id: int

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset."""
        need(work, asset, Right.MODIFY_ASSET)
        self.check_person(work, asset.catalog_id)

    def check_person(self, work: Work, catalog_id: int) -> None:
        """Raises Refused for a role that assets of the catalog do not have, and for whom it cannot be given to."""
        check_role(work, self.role, catalog_id)
        check_holder(work, self.principal_id, groups=not _is_single(work, self.role))

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when they have it."""
        if _is_single(work, self.role):
            yield from _set_single(work, asset, self.role, self.principal_id)
            return
        if _row(work, asset, self.role, self.principal_id) is None:
            row = AssetWatcher(asset_id=asset.id, role=self.role, principal_id=self.principal_id)
            work.db.add(row)
            yield Record(Transaction(type="AddWatcher", field=self.role, new_value=str(self.principal_id)))


@dataclass(frozen=True, slots=True)
class DeleteAssetWatcher:
    """Take a role on the asset away."""

    role: str
    principal_id: int

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset."""
        need(work, asset, Right.MODIFY_ASSET)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when they do not have it."""
        row = _row(work, asset, self.role, self.principal_id)
        if row is not None and _is_single(work, self.role):
            yield from _set_single(work, asset, self.role, work.app.nobody_id(work.db))
        elif row is not None:
            work.db.delete(row)
            yield Record(Transaction(type="DelWatcher", field=self.role, old_value=str(self.principal_id)))


def check_holder(work: Work, principal_id: int, *, groups: bool = True) -> None:
    """Raises Refused for whom no role on an asset can be given to: Nobody, the system, what is off or not there,
    and a group where one person is meant."""
    principal = work.db.get(Principal, principal_id)
    user, group = work.db.get(User, principal_id), work.db.get(Group, principal_id)
    nobody = work.app.nobody_id(work.db)
    if principal is None or (user is None and group is None) or principal_id == nobody:
        raise Refused("There is nobody like that: choose a person or a group.")
    if user is not None and (user.name == SYSTEM_USER or user.merged_into_id is not None):
        raise Refused(f"{user.name} cannot be given a role.")
    if group is not None and not groups:
        raise Refused(f"This role is for one person, and {group.name} is a group.")
    if group is not None and (group.domain != "UserDefined" or principal.disabled):
        raise Refused(f"The group {group.name} cannot be given a role: choose one of the groups in use.")


def check_role(work: Work, role: str, catalog_id: int) -> None:
    """Raises Refused for what is no role of the catalog's assets."""
    if role in ROLES:
        return
    roles = roles_of(work.app, work.db)
    known = roles.by_role.get(role)
    if known is None or known.lookup != "asset" or not known.is_enabled:
        raise Refused("Assets have no such role: choose HeldBy or Contact, or a custom role of assets.")
    if known not in roles.in_catalog(catalog_id):
        raise Refused(f"The role {known.name} does not apply in this catalog.")


def _is_single(work: Work, role: str) -> bool:
    known = roles_of(work.app, work.db).by_role.get(role)
    return known is not None and known.is_single


def _set_single(work: Work, asset: Asset, role: str, principal_id: int) -> Iterator[Record]:
    """Pass a role for one person on; Nobody has no row."""
    db, nobody = work.db, work.app.nobody_id(work.db)
    rows = db.scalars(
        select(AssetWatcher).where(AssetWatcher.asset_id == asset.id, AssetWatcher.role == role)
    ).all()
    old = rows[0].principal_id if rows else nobody
    if old == principal_id:
        return
    for row in rows:
        db.delete(row)
    if principal_id != nobody:
        db.add(AssetWatcher(asset_id=asset.id, role=role, principal_id=principal_id))
    yield Record(Transaction(type="SetWatcher", field=role, old_value=str(old), new_value=str(principal_id)))


def _row(work: Work, asset: Asset, role: str, principal_id: int) -> AssetWatcher | None:
    return work.db.scalar(
        select(AssetWatcher).where(
            AssetWatcher.asset_id == asset.id,
            AssetWatcher.role == role,
            AssetWatcher.principal_id == principal_id,
        )
    )
