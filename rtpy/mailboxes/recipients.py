"""Whose mail an address of the envelope is: a queue's or the site's, with or without a `+extension`."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Queue
from rtpy.remembered import remembered


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mail of an address goes; `extension` is what stands behind the plus, empty as a rule."""

    queue: str
    action: str
    extension: str = ""


def place_of(app: App, db: Session, address: str) -> Place | None:
    """The queue of an address, letters large or small; None when it is none of ours. No query as a rule."""
    known = remembered(app, db, "mailboxes.places", lambda db: _read(app, db))
    folded = address.strip().casefold()
    found = known.get(folded)
    if found is not None:
        return Place(*found)
    local, _, domain = folded.rpartition("@")
    name, plus, _ = local.partition("+")
    found = known.get(f"{name}@{domain}") if plus and name else None
    if found is None:
        return None
    extension = address.strip().rpartition("@")[0][len(name) + 1 :]
    return Place(*found, extension=extension[:200])


def _read(app: App, db: Session) -> dict[str, tuple[str, str]]:
    """Queues first that are open; the site's own addresses only where no queue has them."""
    rows = db.execute(
        select(Queue.name, Queue.correspond_address, Queue.comment_address).order_by(Queue.disabled, Queue.id)
    ).all()
    mail = app.config.mail
    wanted = [(row.correspond_address, row.name, "correspond") for row in rows]
    wanted += [(row.comment_address, row.name, "comment") for row in rows]
    wanted += [(mail.correspond_address, mail.lmtp_queue, "correspond")]
    wanted += [(mail.comment_address, mail.lmtp_queue, "comment")]
    places: dict[str, tuple[str, str]] = {}
    for address, queue, action in wanted:
        if folded := address.strip().casefold():
            places.setdefault(folded, (queue, action))
    return places
