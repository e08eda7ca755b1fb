"""What uses a lifecycle: queues with tickets, or catalogs with assets; counted, and given another status."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update

from rtpy.changes.assets.pipeline import change_asset
from rtpy.changes.assets.status import ReplaceAssetStatus
from rtpy.changes.guard import changing
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import ReplaceStatus
from rtpy.errors import Refused
from rtpy.lifecycle.lifecycle import ASSET, Lifecycle
from rtpy.models import Asset, Catalog, Queue, StoredLifecycle, Ticket
from rtpy.work import Face, Work

MOST_AT_ONCE = 5000
"""So many tickets or assets get another status in one request of the browser."""


def count_uses(work: Work, row: StoredLifecycle) -> dict[str, int]:
    """How many tickets of its queues, or assets of its catalogs, have each status. One query."""
    query = select(Ticket.status, func.count().label("uses")).join(Queue, Queue.id == Ticket.queue_id)
    query = query.where(func.lower(Queue.lifecycle) == row.name.lower()).group_by(Ticket.status)
    if row.type == ASSET:
        query = select(Asset.status, func.count().label("uses")).join(Catalog, Catalog.id == Asset.catalog_id)
        query = query.where(func.lower(Catalog.lifecycle) == row.name.lower()).group_by(Asset.status)
    return {each.status: each.uses for each in work.db.execute(query)}


def users_of(work: Work, row: StoredLifecycle) -> Sequence[Queue] | Sequence[Catalog]:
    """The queues or catalogs that have it, disabled ones too, by name."""
    name = row.name.lower()
    if row.type == ASSET:
        of_assets = select(Catalog).where(func.lower(Catalog.lifecycle) == name).order_by(Catalog.name)
        return work.db.scalars(of_assets).all()
    return work.db.scalars(
        select(Queue).where(func.lower(Queue.lifecycle) == name).order_by(Queue.name)
    ).all()


def how_many(row: StoredLifecycle, number: int) -> str:
    """In words: `1 ticket`, `3 assets`."""
    return f"{number} {row.type}{'' if number == 1 else 's'}"


def give_statuses(work: Work, row: StoredLifecycle, moving: Mapping[str, str]) -> None:
    """What has a status that goes gets another one, by the system, each with its transaction. Raises Refused."""
    ids = [each.id for each in users_of(work, row)]
    for old, new in moving.items():
        if row.type == ASSET:
            _replace_in_catalogs(work, ids, old, new)
        else:
            replace_statuses(work, ids, old, new)


def replace_statuses(
    work: Work, queue_ids: Sequence[int], old: str, new: str, before: Lifecycle | None = None
) -> None:
    """Give all tickets of some queues with one status another, by the system and each with its transaction.

    `before`: the lifecycle that the old status is of, when the queues have another one now. Raises Refused for more
    than a request of the browser can do.
    """
    here = Ticket.queue_id.in_(queue_ids) & (Ticket.status == old)
    ids = work.db.scalars(
        select(Ticket.id).where(here, Ticket.merged_into_id.is_(None)).order_by(Ticket.id)
    ).all()
    _refuse_too_many(work, f"{len(ids)} tickets", len(ids), old)
    system = work.as_system()
    for ticket_id in ids:
        change_ticket(system, work.db.get_one(Ticket, ticket_id), ReplaceStatus(new, before))
    with changing(work.db):  # the numbers of merged tickets, which have no life of their own
        work.db.execute(update(Ticket).where(here, Ticket.merged_into_id.is_not(None)).values(status=new))


def _replace_in_catalogs(work: Work, catalog_ids: Sequence[int], old: str, new: str) -> None:
    here = Asset.catalog_id.in_(catalog_ids) & (Asset.status == old)
    found = work.db.scalars(select(Asset).where(here).order_by(Asset.id)).all()
    _refuse_too_many(work, f"{len(found)} assets", len(found), old)
    system = work.as_system()
    for asset in found:
        change_asset(system, asset, ReplaceAssetStatus(new))


def _refuse_too_many(work: Work, what: str, number: int, status: str) -> None:
    if number > MOST_AT_ONCE and work.actor.face is Face.WEB:
        raise Refused(
            f"{what} have the status “{status}”, and a browser waits for {MOST_AT_ONCE} at most: load the "
            "change from a file with `rtpy load`, or move them in parts first."
        )
