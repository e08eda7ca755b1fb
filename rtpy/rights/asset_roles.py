"""Roles on assets: who plays which, by the asset itself or through its catalog."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.models import Asset, AssetWatcher
from rtpy.models.watcher import OWNER
from rtpy.rights.grants import Rights


def asset_roles(db: Session, rights: Rights, asset: Asset | None, wanted: int = 0) -> frozenset[str]:
    """The roles that the holder of `rights` plays on the asset. One query, none when no right is held by a role.

    The question is asked for an asset that does not exist as well, by the number that was `wanted`.
    """
    by_role = any(held.by_role for held in rights.by_right.values())
    if rights.super_user or not by_role:
        return frozenset()
    asset_id, catalog_id = (asset.id, asset.catalog_id) if asset else (wanted, 0)
    rows = db.scalars(
        select(AssetWatcher.role)
        .where(
            or_(AssetWatcher.asset_id == asset_id, AssetWatcher.catalog_id == catalog_id),
            AssetWatcher.principal_id.in_(rights.principals),
        )
        .distinct()
    )
    held = set(rows)
    owns = asset is not None and asset.owner_id in rights.principals
    return frozenset(held | {OWNER} if owns else held)
