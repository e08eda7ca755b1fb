"""Which resolution of a request can be rated: the one that holds now."""

from datetime import datetime

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Ticket
from rtpy.plugin_settings import setting
from rtpy_portal.ratings.settings import words_in


def resolution_of(app: App, db: Session, ticket: Ticket) -> datetime | None:
    """Since when the request is solved, which is what tells its resolutions apart; None when it is not."""
    is_there = ticket.merged_into_id is None and ticket.type == "ticket"
    return ticket.resolved if is_there and not is_void(app, db, ticket.status) else None


def is_void(app: App, db: Session, status: str) -> bool:
    """Is a ticket with this status ended without being solved? No query as a rule."""
    return status.lower() in words_in(str(setting(app, db, "portal.ratings_void")))
