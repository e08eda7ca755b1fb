"""What the customer reads of open promises: a line each, below the mail of a reply and on their own pages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from rtpy.history.public_facts import PublicFact
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.following.plans import plan_of
from rtpy_sla.models import TicketSla
from rtpy_sla.promises.make import MakePromise
from rtpy_sla.promises.reading import say_moment
from rtpy_sla.promises.recorded import Promise, PromiseDeed, open_promises, promises_of
from rtpy_sla.promises.settle import SettlePromise

LABELS = {"en": "We promised", "de": "Wir haben zugesagt"}
GERMAN_DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def tell_customer(work: Work, ticket: Ticket, lang: str = "") -> Sequence[PublicFact]:
    """Every promise that is open once the present bundle is done, in the customer's zone and in `lang`.

    That is the zone of the ticket's service level, else the one in which the promise was meant. One query, and
    another one when something is promised.
    """
    after = with_changes(promises_of(work.db, ticket.id), work.under_way, work.now)
    promises = open_promises(after)
    if not promises:
        return ()
    row = work.db.get(TicketSla, ticket.id)
    agreed = plan_of(work.app, work.db, row.version_id).zone if row and row.version_id else ""
    label = LABELS["de" if _is_german(lang) else "en"]
    return [PublicFact(label, say_public(each, agreed or each.zone, lang)) for each in promises]


def say_public(promise: Promise, zone: str, lang: str = "") -> str:
    """`a new disk by Fri 27 Nov 2026, 12:00 (Europe/Berlin)`: nothing but its words and its moment.

    In German `a new disk bis Fr 27.11.2026, 12:00 (Europe/Berlin)`.
    """
    if not _is_german(lang):
        return f"{promise.words} by {say_moment(promise.due, zone_of(zone))}"
    local = promise.due.astimezone(zone_of(zone))
    day = f"{GERMAN_DAYS[local.weekday()]} {local.day}.{local.month}.{local.year}"
    return f"{promise.words} bis {day}, {local:%H:%M} ({zone_of(zone)})"


def zone_of(name: str) -> ZoneInfo:
    """The zone; UTC where this system has none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _is_german(lang: str) -> bool:
    return lang.lower().replace("_", "-").partition("-")[0] == "de"


def with_changes(
    promises: Iterable[Promise], changes: Iterable[object], now: datetime
) -> tuple[Promise, ...]:
    """Promises as they are once changes of the bundle are applied, whether they were applied already or not."""
    found = {each.cycle: each for each in promises}
    for change in changes:
        if isinstance(change, MakePromise):
            made = Promise(
                max(found, default=0) + 1, change.words.strip(), change.due, 0, now, zone=change.zone
            )
            if not any(
                (each.due, each.words, each.made) == (made.due, made.words, now) for each in found.values()
            ):
                found[made.cycle] = made
        elif isinstance(change, SettlePromise) and change.cycle in found:
            was = found[change.cycle]
            settled = None if change.deed is PromiseDeed.MOVED else now
            found[change.cycle] = replace(was, due=change.due or was.due, deed=change.deed, settled=settled)
    return tuple(found.values())
