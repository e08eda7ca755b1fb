"""Telling webhooks that a target was missed, when that becomes known."""

from collections.abc import Iterable
from datetime import timedelta

from rtpy.models import Ticket
from rtpy.webhooks.announcing import announce
from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock

MISSED = "sla.missed"
NEWS = timedelta(days=7)
"""A target that was missed longer ago, such as one of an old ticket that is pinned now, is no news."""


def tell_missed(work: Work, ticket: Ticket, clocks: Iterable[Clock]) -> None:
    """Announce each of these clocks, which are newly known to be missed; rows in the same transaction."""
    for clock in clocks:
        if clock.missed is None or clock.missed < work.now - NEWS:
            continue
        payload = {
            "target": clock.target.value,
            "cycle": clock.cycle,
            "missed": clock.missed.isoformat(),
            "state": clock.state.value,
        }
        announce(work, MISSED, payload, ticket=ticket)
