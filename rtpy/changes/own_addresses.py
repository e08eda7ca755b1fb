"""Our own addresses: mail that went to one of them would come back to us."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Queue
from rtpy.remembered import remembered


def own_addresses(app: App, db: Session) -> frozenset[str]:
    """Every address at which mail reaches us, folded: the site's and those of all queues. Nothing is sent there."""

    def read(db: Session) -> frozenset[str]:
        rows = db.execute(select(Queue.correspond_address, Queue.comment_address)).all()
        known = {app.config.mail.correspond_address, app.config.mail.comment_address}
        known.update(address for row in rows for address in row)
        return frozenset(address.strip().casefold() for address in known if address.strip())

    return remembered(app, db, "own_addresses", read)


def is_ours(address: str, own: frozenset[str]) -> bool:
    """One of ours, with or without a `+detail`; `own` is folded."""
    folded = address.strip().casefold()
    local, at, domain = folded.rpartition("@")
    return folded in own or f"{local.partition('+')[0]}{at}{domain}" in own
