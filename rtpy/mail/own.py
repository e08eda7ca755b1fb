"""What is ours in mail: the addresses on which we listen and from which we write, and the tags of our subjects."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.config.config import Config
from rtpy.models import Queue
from rtpy.remembered import remembered


@dataclass(frozen=True, slots=True)
class Own:
    """Addresses and subject tags of the whole installation."""

    addresses: frozenset[str]
    tags: tuple[str, ...]


def what_is_own(app: App, db: Session) -> Own:
    """From the configuration and from all queues, closed ones too; remembered until a queue is written."""
    return remembered(app, db, "own_mail", lambda db: _read(app.config, db))


def _read(config: Config, db: Session) -> Own:
    rows = db.execute(select(Queue.correspond_address, Queue.comment_address, Queue.subject_tag)).all()
    addresses = {config.mail.correspond_address, config.mail.comment_address}
    addresses.update(address for row in rows for address in (row.correspond_address, row.comment_address))
    tags = (config.rtname, *(row.subject_tag for row in rows))
    return Own(frozenset(filter(None, addresses)), tuple(dict.fromkeys(filter(None, tags))))
