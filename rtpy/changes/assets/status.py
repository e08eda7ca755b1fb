"""The status of an asset, by the lifecycle of its catalog; and its move to another catalog."""

from collections.abc import Iterator
from dataclasses import dataclass

from rtpy.changes.assets.allowed import need, need_in_catalog
from rtpy.changes.change import Record
from rtpy.errors import Refused
from rtpy.lifecycle.lifecycle import Lifecycle
from rtpy.models import Asset, Catalog, Transaction
from rtpy.rights.names import Right
from rtpy.work import Face, Work


@dataclass(frozen=True, slots=True)
class SetAssetStatus:
    """Another status."""

    status: str

    def check(self, work: Work, asset: Asset) -> None:
        """Needs the right of the move (ModifyAsset, where the lifecycle names no other). Raises Refused for no move."""
        if self.status.lower() != asset.status:
            need(work, asset, lifecycle_of(work, asset).move(asset.status, self.status).right)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when it has that status."""
        old, new = asset.status, self.status.lower()
        if old != new:
            asset.status = new
            yield Record(Transaction(type="Status", field="Status", old_value=old, new_value=new))


@dataclass(frozen=True, slots=True)
class ReplaceAssetStatus:
    """Another status because its own is taken out of the lifecycle: for the system only, whatever the moves allow."""

    status: str

    def check(self, work: Work, asset: Asset) -> None:
        """Only the system may; the status must exist."""
        if work.actor.face is not Face.SYSTEM:
            raise Refused("Only the system replaces a status: use a move of the lifecycle.")
        lifecycle_of(work, asset).category(self.status)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Recorded as a change of status."""
        yield from SetAssetStatus(self.status).apply(work, asset)


@dataclass(frozen=True, slots=True)
class SetCatalog:
    """Another catalog; the status becomes what the map of the two lifecycles says."""

    catalog: Catalog

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset here and CreateAsset there."""
        if self.catalog.id == asset.catalog_id:
            return
        need(work, asset, Right.MODIFY_ASSET)
        if self.catalog.disabled:
            raise Refused(f"The catalog {self.catalog.name} is switched off: choose another one.")
        need_in_catalog(work, self.catalog, Right.CREATE_ASSET)
        if self._status(work, asset) is None:
            old, new = lifecycle_of(work, asset), work.app.lifecycles.get(self.catalog.lifecycle)
            raise Refused(
                f"The catalog {self.catalog.name} has another lifecycle, and nothing says what "
                f"“{old.shown(asset.status)}” of “{old.name}” becomes in “{new.name}”: an administrator can say so "
                "under Lifecycles."
            )

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """The move, and the mapped status."""
        if self.catalog.id == asset.catalog_id:
            return
        status = self._status(work, asset) or asset.status
        old = work.db.get_one(Catalog, asset.catalog_id)
        asset.catalog_id = self.catalog.id
        yield Record(
            Transaction(type="Set", field="Catalog", old_value=old.name, new_value=self.catalog.name)
        )
        if status != asset.status:
            before, asset.status = asset.status, status
            yield Record(Transaction(type="Status", field="Status", old_value=before, new_value=status))

    def _status(self, work: Work, asset: Asset) -> str | None:
        old = work.db.get_one(Catalog, asset.catalog_id).lifecycle
        return work.app.lifecycles.map_status(old, self.catalog.lifecycle, asset.status)


def lifecycle_of(work: Work, asset: Asset) -> Lifecycle:
    """The lifecycle of the asset's catalog."""
    return work.app.lifecycles.get(work.db.get_one(Catalog, asset.catalog_id).lifecycle)
