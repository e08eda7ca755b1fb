"""Links from an asset to other assets and to addresses elsewhere; both ends remember."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from rtpy.changes.assets.allowed import may, need
from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.errors import Refused
from rtpy.links.things import ASSET, asset_uri, thing_of
from rtpy.links.uris import is_allowed_uri
from rtpy.models import Asset, AssetLink, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

TYPES = ("DependsOn", "MemberOf", "RefersTo")
MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class LinkAsset:
    """`type` of TYPES; `other` is `asset:7`, `7`, or an address elsewhere."""

    type: str
    other: str

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset here and ShowAsset on the other one; no link to itself, and no circle."""
        need(work, asset, Right.MODIFY_ASSET)
        if self.type not in TYPES:
            raise Refused(f"There is no link named {self.type}: choose one of {', '.join(TYPES)}.")
        other = _other(work, self.other)
        if other is None:
            return
        if other.id == asset.id:
            raise Refused(f"{asset.name} cannot be linked to itself.")
        if self.type in ("DependsOn", "MemberOf") and _reaches(work, self.type, other.id, asset.id):
            raise Refused(f"{asset.name} {self.type} {other.name} would close a circle.")

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when the link is there."""
        other = _other(work, self.other)
        uri = asset_uri(other.id) if other else self.other.strip()
        if _find(work, asset.id, self.type, uri) is not None:
            return
        work.db.add(
            AssetLink(type=self.type, base_id=asset.id, target_id=other.id if other else None, uri=uri)
        )
        if other is not None:
            echo = Transaction(type="AddLink", field=f"{self.type}-", new_value=asset_uri(asset.id))
            record(work, "asset", other.id, Record(echo))
        yield Record(Transaction(type="AddLink", field=self.type, new_value=uri))


@dataclass(frozen=True, slots=True)
class UnlinkAsset:
    """Remove a link of this asset by its number."""

    link_id: int

    def check(self, work: Work, asset: Asset) -> None:
        """Needs ModifyAsset."""
        need(work, asset, Right.MODIFY_ASSET)

    def apply(self, work: Work, asset: Asset) -> Iterator[Record]:
        """Nothing when it is gone."""
        link = work.db.get(AssetLink, self.link_id)
        if link is None or link.base_id != asset.id:
            return
        work.db.delete(link)
        if link.target_id is not None:
            echo = Transaction(type="DeleteLink", field=f"{link.type}-", old_value=asset_uri(asset.id))
            record(work, "asset", link.target_id, Record(echo))
        yield Record(Transaction(type="DeleteLink", field=link.type, old_value=link.uri))


def _other(work: Work, text: str) -> Asset | None:
    words = text.strip().removeprefix("#")
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None
    thing = thing_of(text, work.app.config.organization)
    if number is None and thing is not None and thing[0] == ASSET:
        number = thing[1]
    if number is None:
        if thing is not None or not is_allowed_uri(text):
            raise Refused(
                f"“{text[:80]}” is neither the number of an asset nor an address that can be linked."
            )
        return None
    other = work.db.get(Asset, number)
    if other is None or not may(work, other, Right.SHOW_ASSET):
        raise Refused(f"There is no asset {number} that you can see.")
    return other


def _find(work: Work, base_id: int, kind: str, uri: str) -> AssetLink | None:
    query = select(AssetLink).where(
        AssetLink.base_id == base_id, AssetLink.type == kind, AssetLink.uri == uri
    )
    return work.db.scalars(query.limit(1)).first()


def _reaches(work: Work, kind: str, start: int, goal: int) -> bool:
    seen, edge = {start}, {start}
    while edge and len(seen) < MOST_STEPS:
        if goal in seen:
            return True
        rows = work.db.scalars(
            select(AssetLink.target_id).where(AssetLink.type == kind, AssetLink.base_id.in_(edge))
        )
        edge = {number for number in rows if number is not None} - seen
        seen |= edge
    return goal in seen
