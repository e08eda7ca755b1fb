"""Sentences of plugins about their own types of transactions."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rtpy.models import Transaction

log = logging.getLogger("rtpy.history")


@dataclass(frozen=True, slots=True)
class Happened:
    """What a transaction says of itself; `minutes` are those that were booked with it."""

    type: str
    field: str
    old_value: str
    new_value: str
    data: str
    minutes: int


def happened_in(transaction: Transaction) -> Happened:
    """What a stored one says."""
    return Happened(
        transaction.type,
        transaction.field,
        transaction.old_value,
        transaction.new_value,
        transaction.data,
        transaction.time_taken,
    )


ShowDate = Callable[[datetime], str]

Sentence = Callable[[Happened, ShowDate], str]
"""Says what happened, to be read after somebody's name: “extended the budget by 30 minutes”; moments by the second."""


def sentence_about(
    sentences: Mapping[str, Sentence], happened: Happened, show_date: ShowDate | None = None
) -> str | None:
    """The plugin's sentence; None for a type that no listed plugin knows, or when its sentence fails."""
    say = sentences.get(happened.type)
    if say is None:
        return None
    try:
        return say(happened, show_date or _plain_date)
    except Exception:
        log.exception("the sentence of a plugin about %s failed", happened.type)
        return None


def _plain_date(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
