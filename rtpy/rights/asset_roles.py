"""Roles on assets: who plays which, by the asset itself or through its catalog."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.models import Asset, AssetWatcher
from rtpy.models.watcher import OWNER
from rtpy.rights.grants import Rights


def asset_roles(db: Session, rights: Rights, asset: Asset) -> frozenset[str]:
    """The roles that the holder of `rights` plays on the asset. One query, none when no right is held by a role."""
    by_role = any(held.roles_everywhere or held.roles_on for held in rights.by_right.values())
    if rights.super_user or not by_role:
        return frozenset()
    rows = db.scalars(
        select(AssetWatcher.role)
        .where(
            or_(AssetWatcher.asset_id == asset.id, AssetWatcher.catalog_id == asset.catalog_id),
            AssetWatcher.principal_id.in_(rights.principals),
        )
        .distinct()
    )
    held = set(rows)
    return frozenset(held | {OWNER} if asset.owner_id in rights.principals else held)
