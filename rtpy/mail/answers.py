"""What mail servers answered lately, counted by class over all workers (rule O14)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from rtpy.identity.rates import hit_all, hits_so_far
from rtpy.ports import Delivery

CLASSES = ("2xx", "4xx", "5xx", "other", "unreached")
_MINUTE = 60


def count_answers(db: Session, outcomes: Iterable[Delivery], now: datetime) -> None:
    """Count the mail's tries, one for each class of answer that it met. One statement."""
    hit_all(db, {f"mail:answer:{_class(each.answer)}" for each in outcomes}, _MINUTE, now)


def count_unreached(db: Session, now: datetime) -> None:
    """Count a try at which nobody answered."""
    hit_all(db, ["mail:answer:unreached"], _MINUTE, now)


def answers_by_class(connection: Connection, now: datetime) -> dict[str, int]:
    """Mails tried in the last whole minute by class of answer. One query."""
    keys = [f"mail:answer:{each}" for each in CLASSES]
    with Session(connection) as db:
        found = hits_so_far(db, keys, _MINUTE, now - timedelta(seconds=_MINUTE))
    return {each: found.get(f"mail:answer:{each}", 0) for each in CLASSES}


def _class(answer: str) -> str:
    first = answer[:1]
    return f"{first}xx" if first in "245" and answer[1:3].isdigit() else "other"
