"""May the actor do this to an asset: asked by every change of one."""

from rtpy.errors import Refused
from rtpy.models import Asset, Catalog
from rtpy.rights.asset_roles import asset_roles
from rtpy.work import Work


def may(work: Work, asset: Asset, right: str) -> bool:
    """Does the actor hold `right` on the asset, its catalog or the system, in person or by a role?"""
    grants = work.rights.of(right)
    if grants.on("catalog", asset.catalog_id):
        return True
    if not (grants.roles_everywhere or grants.roles_on):
        return False
    return grants.on("catalog", asset.catalog_id, asset_roles(work.db, work.rights, asset))


def need(work: Work, asset: Asset, right: str) -> None:
    """Raises Refused unless the actor holds `right`."""
    if not may(work, asset, right):
        raise Refused(f"You may not do that to the asset {asset.name}: the right {right} is needed.")


def need_in_catalog(work: Work, catalog: Catalog, right: str) -> None:
    """Raises Refused unless the actor holds `right` on the whole catalog."""
    if not work.rights.of(right).on("catalog", catalog.id):
        raise Refused(f"You may not do that in the catalog {catalog.name}: the right {right} is needed.")
