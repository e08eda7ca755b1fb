"""Who made a thing of the set-up and who changed it last: read from the log of the set-up, for many things at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from rtpy.models import ConfigChange
from rtpy.rest2.call import Call
from rtpy.rest2.field_kind import Reader
from rtpy.rest2.principals import user_refs


@dataclass(frozen=True, slots=True)
class Past:
    """What the log knows. Without any entry (the first data of a site) the system made it; `newest` is 0 then."""

    creator_id: int
    changed_by_id: int
    created: datetime | None = None
    changed: datetime | None = None
    newest: int = 0


def pasts_of(call: Call, kind: str, ids: Collection[int]) -> Mapping[int, Past]:
    """Of things of one kind, as the log names it, by their numbers; every one has one. One query."""
    known: dict[tuple[str, int], Past] = call.cache.setdefault("pasts", {})
    unknown = [each for each in set(ids) if (kind, each) not in known]
    if unknown:
        system = call.work.app.system_user_id(call.work.db)
        known.update({(kind, each): Past(system, system) for each in unknown})
        for row in call.work.db.connection().execute(_PASTS, {"kind": kind, "ids": unknown}):
            creator = row.first_by if row.first_action == "create" else system
            created = row.first_at if row.first_action == "create" else None
            known[kind, row.object_id] = Past(creator, row.last_by, created, row.last_at, row.newest)
    return {each: known[kind, each] for each in ids}


def forget_pasts(call: Call) -> None:
    """Something was changed in this very call."""
    call.cache.pop("pasts", None)


def past_fields(kind: str) -> Mapping[str, Reader]:
    """Created, Creator, LastUpdated and LastUpdatedBy of a kind whose rows do not hold them. Two queries for all."""

    def created(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        pasts = _of(call, rows)
        return [getattr(row, "created", None) or pasts[row.id].created for row in rows]

    def changed(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        pasts = _of(call, rows)
        return [pasts[row.id].changed or getattr(row, "created", None) for row in rows]

    def creator(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        pasts = _of(call, rows)
        refs = user_refs(call, _people(pasts))
        return [refs.get(pasts[row.id].creator_id) for row in rows]

    def changed_by(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        pasts = _of(call, rows)
        refs = user_refs(call, _people(pasts))
        return [refs.get(pasts[row.id].changed_by_id) for row in rows]

    def _of(call: Call, rows: Sequence[Any]) -> Mapping[int, Past]:
        return pasts_of(call, kind, [row.id for row in rows])

    return {"Created": created, "Creator": creator, "LastUpdated": changed, "LastUpdatedBy": changed_by}


def _people(pasts: Mapping[int, Past]) -> set[int]:
    return {number for past in pasts.values() for number in (past.creator_id, past.changed_by_id)}


_first, _last = aliased(ConfigChange), aliased(ConfigChange)
_ends = (
    select(
        ConfigChange.object_id,
        func.min(ConfigChange.id).label("oldest"),
        func.max(ConfigChange.id).label("newest"),
    )
    .where(
        ConfigChange.kind == bindparam("kind"), ConfigChange.object_id.in_(bindparam("ids", expanding=True))
    )
    .group_by(ConfigChange.object_id)
    .subquery()
)
# Built once: to build it costs more than to run it.
_PASTS = (
    select(
        _ends.c.object_id,
        _ends.c.newest,
        _first.action.label("first_action"),
        _first.creator_id.label("first_by"),
        _first.created.label("first_at"),
        _last.creator_id.label("last_by"),
        _last.created.label("last_at"),
    )
    .join(_first, _first.id == _ends.c.oldest)
    .join(_last, _last.id == _ends.c.newest)
)
