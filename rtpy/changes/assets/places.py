"""Whose an asset is and where it stands: its organisation and site."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.assets.allowed import need
from rtpy.changes.change import Record
from rtpy.errors import Invalid, Problem
from rtpy.models import Asset, Organization, OrganizationSite, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class SetAssetPlace:
    """The client company that has it, and which of its sites; None for neither."""

    organization_id: int | None
    site_id: int | None = None

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset. Raises Invalid for a site of somebody else."""
        need(work, asset, Right.MODIFY_ASSET)
        check_place(work, self.organization_id, self.site_id)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Recorded by name: organisations are renamed, and history says what was."""
        if asset.organization_id != self.organization_id:
            old, asset.organization_id = asset.organization_id, self.organization_id
            yield _set("Organization", _organization(work, old), _organization(work, self.organization_id))
        if asset.site_id != self.site_id:
            old, asset.site_id = asset.site_id, self.site_id
            yield _set("Site", _site(work, old), _site(work, self.site_id))


def check_place(work: Work, organization_id: int | None, site_id: int | None) -> None:
    """Raises Invalid unless both exist and belong together."""
    if organization_id is not None and work.db.get(Organization, organization_id) is None:
        raise Invalid(Problem("organization", "Choose an organisation of the list."))
    if site_id is None:
        return
    site = work.db.get(OrganizationSite, site_id)
    if site is None or site.organization_id != organization_id:
        raise Invalid(Problem("site", "Choose a site of this organisation."))


def _set(field: str, old: str, new: str) -> Record:
    return Record(Transaction(type="Set", field=field, old_value=old, new_value=new))


def _organization(work: Work, number: int | None) -> str:
    return work.db.get_one(Organization, number).name if number else ""


def _site(work: Work, number: int | None) -> str:
    return work.db.get_one(OrganizationSite, number).name if number else ""
