"""What somebody has typed and not yet sent, kept on the server; and forms that were sent, so that none counts twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rtpy.models import Draft
from rtpy.work import Work

LONGEST = 500_000
"""Characters of a text that a draft keeps."""

SENT = "sent:"
SENT_KEPT = timedelta(days=2)
"""For so long a form that was sent is known again."""


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was typed at one place, and when it was kept."""

    fields: Mapping[str, str]
    updated: datetime


def read_drafts(db: Session, user_id: int, places: Sequence[str]) -> dict[str, KeptDraft]:
    """What the user left at these places. One query."""
    rows = db.connection().execute(_DRAFTS, {"user": user_id, "places": list(places)}).all()
    return {row.place: KeptDraft(row.fields, row.updated) for row in rows}


def save_draft(work: Work, place: str, fields: Mapping[str, str]) -> None:
    """Keep what was typed at a place instead of what was kept there before; nothing typed keeps nothing."""
    kept = {name: value[:LONGEST] for name, value in fields.items() if value.strip()}
    if not kept:
        forget_draft(work, place)
        return
    mine = select(Draft).where(Draft.user_id == work.actor.user_id, Draft.place == place)
    row = work.db.scalar(mine)
    if row is None:
        row = Draft(user_id=work.actor.user_id, place=place)
        work.db.add(row)
    row.fields = kept
    row.updated = work.now
    work.db.flush()  # who reads drafts asks the database


def forget_draft(work: Work, place: str) -> None:
    """It was sent, or emptied."""
    work.db.execute(delete(Draft).where(Draft.user_id == work.actor.user_id, Draft.place == place))


def send_once(work: Work, token: str, answer: Mapping[str, str]) -> Mapping[str, str] | None:
    """Note that the form with this token is being sent; None the first time, afterwards what was noted then.

    A form without a token is always new. Part of the transaction: what fails may be sent again.
    """
    if not token or len(token) > 40:
        return None
    place = f"{SENT}{token}"
    try:
        with work.db.begin_nested():
            work.db.add(Draft(user_id=work.actor.user_id, place=place, fields=dict(answer), updated=work.now))
            work.db.flush()  # the unique key says whether we are the first
    except IntegrityError:
        known = read_drafts(work.db, work.actor.user_id, [place]).get(place)
        return dict(known.fields) if known else {}
    _forget_old(work, work.now - SENT_KEPT)
    return None


def note_sent(work: Work, token: str, answer: Mapping[str, str]) -> None:
    """Change what a second sending of the same form is told."""
    mine = (Draft.user_id == work.actor.user_id, Draft.place == f"{SENT}{token}")
    work.db.execute(update(Draft).where(*mine).values(fields=dict(answer)))


def _forget_old(work: Work, before: datetime) -> None:
    work.db.execute(
        delete(Draft).where(
            Draft.user_id == work.actor.user_id, Draft.place.startswith(SENT), Draft.updated < before
        )
    )


# Built once: to build it costs more than to run it.
_DRAFTS = select(Draft.place, Draft.fields, Draft.updated).where(
    Draft.user_id == bindparam("user"), Draft.place.in_(bindparam("places", expanding=True))
)
