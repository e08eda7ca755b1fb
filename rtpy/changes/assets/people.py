"""Who has to do with an asset: its owner, and any number of people and groups that hold it or are asked about it."""

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
    """Give a role on the asset to a person or a group."""

    role: str
    principal_id: int

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset."""
        need(work, asset, Right.MODIFY_ASSET)
        self.check_person(work)

    def check_person(self, work: Work) -> None:
        """Raises Refused for a role that assets do not have, and for whom no role can be given to."""
        _check_role(work, self.role)
        check_holder(work, self.principal_id)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when they have it."""
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
        if row is not None:
            work.db.delete(row)
            yield Record(Transaction(type="DelWatcher", field=self.role, old_value=str(self.principal_id)))


def check_holder(work: Work, principal_id: int) -> None:
    """Raises Refused for whom no role on an asset can be given to: Nobody, the system, what is off or not there."""
    principal = work.db.get(Principal, principal_id)
    user, group = work.db.get(User, principal_id), work.db.get(Group, principal_id)
    nobody = work.app.nobody_id(work.db)
    if principal is None or (user is None and group is None) or principal_id == nobody:
        raise Refused("There is nobody like that: choose a person or a group.")
    if user is not None and (user.name == SYSTEM_USER or user.merged_into_id is not None):
        raise Refused(f"{user.name} cannot be given a role.")
    if group is not None and (group.domain != "UserDefined" or principal.disabled):
        raise Refused(f"The group {group.name} cannot be given a role: choose one of the groups in use.")


def _check_role(work: Work, role: str) -> None:
    if role in ROLES:
        return
    known = roles_of(work.app, work.db).by_role.get(role)
    if known is None or known.lookup != "asset" or not known.is_enabled:
        raise Refused("Assets have no such role: choose HeldBy or Contact, or a custom role of assets.")


def _row(work: Work, asset: Asset, role: str, principal_id: int) -> AssetWatcher | None:
    return work.db.scalar(
        select(AssetWatcher).where(
            AssetWatcher.asset_id == asset.id,
            AssetWatcher.role == role,
            AssetWatcher.principal_id == principal_id,
        )
    )
