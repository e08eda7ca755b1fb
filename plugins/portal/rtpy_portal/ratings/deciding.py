"""Whether somebody is asked how a request went: the rules that keep people from being asked too often."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rtpy_portal.access.machines import is_machine_address


class Reason(StrEnum):
    """Why somebody is not asked."""

    OFF = "nobody is asked on this site"
    UNSOLVED = "it was not solved, but rejected, deleted or spam"
    MERGED = "it goes on in another request"
    NO_ADDRESS = "there is no address that takes mail"
    STAFF = "it is one of our own people"
    MACHINE = "it is a machine"
    REFUSED = "the person does not want to be asked"
    ASKED = "the person was asked about it already"
    RESTING = "the person was asked not long ago"
    SAMPLED = "it is not among those that chance chose"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the decision depends on; `lot` is a number from 0 to 99, drawn for this person and resolution."""

    now: datetime
    is_on: bool = True
    is_solved: bool = True
    is_merged: bool = False
    address: str = "somebody@client.example"
    is_staff: bool = False
    is_machine: bool = False
    has_refused: bool = False
    is_asked: bool = False
    last_asked: datetime | None = None
    rest_days: int = 7
    percent: int = 100
    lot: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """The person is asked."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The person is not asked, and why."""

    reason: Reason


def whether_to_ask(facts: Facts) -> Asked | NotAsked:
    """The first rule that says no, or Asked. Whether somebody was asked before counts after what holds for ever."""
    rests = timedelta(days=facts.rest_days)
    rules = (
        (not facts.is_on, Reason.OFF),
        (not facts.is_solved, Reason.UNSOLVED),
        (facts.is_merged, Reason.MERGED),
        (not facts.address, Reason.NO_ADDRESS),
        (facts.is_staff, Reason.STAFF),
        (facts.is_machine or is_machine_address(facts.address), Reason.MACHINE),
        (facts.has_refused, Reason.REFUSED),
        (facts.is_asked, Reason.ASKED),
        (facts.last_asked is not None and facts.now - facts.last_asked < rests, Reason.RESTING),
        (facts.lot >= facts.percent, Reason.SAMPLED),
    )
    return next((NotAsked(reason) for applies, reason in rules if applies), Asked())
