"""Telling a history as facts: pure, from transactions of which is known who wrote them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from rtpy_sla.clocks.facts import Fact, FactKind
from rtpy_sla.clocks.words import Ball, Retarget, Target
from rtpy_sla.following.recorded import (
    BALL,
    CAUSE,
    EXCUSE,
    IMPORT,
    POLICY,
    PROMISE,
    data_of,
    moment_in,
)

LINKS = ("AddLink", "DeleteLink")
"""What is linked elsewhere leaves these on the other end too: nobody touched it."""
BALLS, TARGETS, RETARGETS = set(Ball), set(Target), set(Retarget)
SETTLED = ("kept", "moved", "withdrawn")


class Began(Protocol):
    """What is asked of a ticket: its present values, and when it was made."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def queue_id(self) -> int: ...
    @property
    def owner_id(self) -> int: ...
    @property
    def created(self) -> datetime: ...
    @property
    def creator_id(self) -> int: ...
    @property
    def merged_into_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """One transaction: what it says, and who said it. Staff who are requestors of the ticket are customers here."""

    at: datetime
    id: int
    type: str
    field: str
    old: str
    new: str
    data: str
    by: int
    is_staff: bool
    is_machine: bool
    is_said: bool
    """With a message that is not empty."""

    @property
    def is_human_staff(self) -> bool:
        """Somebody of ours, not a program."""
        return self.is_staff and not self.is_machine


def tell(
    ticket: Began,
    history: Sequence[Told],
    begun: Mapping[int, datetime],
    nobody_id: int,
    *,
    answered: bool = False,
) -> tuple[tuple[Fact, ...], datetime | None]:
    """The facts in order, and until when the history was brought in from elsewhere (None: it was not).

    `begun`: when other tickets were made, by number. `answered`: a ticket that staff made with a text is answered.
    """
    facts = [_created(ticket, history, nobody_id, answered=answered)]
    counts_from: datetime | None = None
    merges = [each.id for each in history if each.type == "AddLink" and each.field == "MergedInto"]
    merged_away = merges[-1] if merges and ticket.merged_into_id is not None else 0
    for told in history:
        if told.type == "Create":
            continue
        if told.id == merged_away:
            facts.append(_fact(told, FactKind.MERGED, number=ticket.merged_into_id or 0))
        elif told.id in merges:
            facts.extend(_absorbed(told, begun))
        elif told.type == IMPORT:
            counts_from = told.at
        elif told.type in OURS:
            found = OURS[told.type](told, data_of(told.data))
            if found is not None:
                facts.append(found)
        else:
            facts.extend(_plain(told, nobody_id))
    return tuple(facts), counts_from


def _created(ticket: Began, history: Sequence[Told], nobody_id: int, *, answered: bool) -> Fact:
    """How it was at first: what it is now, taken back change by change."""
    status, priority = ticket.status, ticket.priority
    queue, owner = ticket.queue_id, ticket.owner_id
    for told in reversed(history):
        if told.type == "Status":
            status = told.old
        elif told.type == "Set" and told.field == "Priority":
            priority = _number(told.old, priority)
        elif told.type == "Set" and told.field == "Queue":
            queue = _number(told.old, queue)
        elif told.type == "Set" and told.field == "Owner":
            owner = _number(told.old, owner)
    first = next((told for told in history if told.type == "Create"), None)
    return Fact(
        at=first.at if first else ticket.created,
        id=first.id if first else 0,
        kind=FactKind.CREATED,
        by=first.by if first else ticket.creator_id,
        text=status.lower(),
        number=priority,
        data={
            "queue": queue,
            "owner": owner != nobody_id,
            "by_us": bool(answered and first and first.is_human_staff and first.is_said),
        },
    )


def _plain(told: Told, nobody_id: int) -> Iterator[Fact]:
    """The core's own transactions."""
    if told.type == "Correspond" and told.is_said:
        if told.is_machine:
            yield _fact(told, FactKind.MACHINE_SPOKE)
        else:
            yield _fact(told, FactKind.STAFF_SPOKE if told.is_staff else FactKind.CUSTOMER_SPOKE)
        return
    if told.is_human_staff and told.type not in LINKS:
        yield _fact(told, FactKind.STAFF_TOUCHED)
    if told.type == "Status":
        yield _fact(told, FactKind.STATUS, text=told.new.lower())
    elif told.type == "Set" and told.new.lstrip("-").isdigit():
        number = int(told.new)
        if told.field == "Priority":
            yield _fact(told, FactKind.PRIORITY, number=number)
        elif told.field == "Queue":
            yield _fact(told, FactKind.QUEUE, number=number)
        elif told.field == "Owner":
            yield _fact(told, FactKind.OWNED, text="" if number == nobody_id else "1")


def _absorbed(told: Told, begun: Mapping[int, datetime]) -> Iterator[Fact]:
    other = _number(told.new.rpartition("/")[2], 0)
    if other in begun:
        data = {"started": begun[other].isoformat()}
        yield _fact(told, FactKind.ABSORBED, number=other, data=data)


def _pinned(told: Told, data: dict[str, Any]) -> Fact | None:
    version, retarget = data.get("version"), data.get("retarget")
    if not isinstance(version, int) or retarget not in RETARGETS:
        return None
    return _fact(told, FactKind.PINNED, text=retarget, number=version, data=data)


def _balled(told: Told, data: dict[str, Any]) -> Fact | None:
    ball = data.get("ball")
    if ball != "" and ball not in BALLS:
        return None
    if "until" in data and moment_in(data, "until") is None:
        return None
    return _fact(told, FactKind.BALL, text=ball, data=data)


def _judged(kind: FactKind) -> Callable[[Told, dict[str, Any]], Fact | None]:
    def judge(told: Told, data: dict[str, Any]) -> Fact | None:
        target, cycle = data.get("target"), data.get("cycle")
        if target not in TARGETS or not isinstance(cycle, int):
            return None
        return _fact(told, kind, text=target, number=cycle, data=data)

    return judge


def _promised(told: Told, data: dict[str, Any]) -> Fact | None:
    cycle, deed, due = data.get("cycle"), data.get("deed"), moment_in(data, "due")
    if not isinstance(cycle, int):
        return None
    if deed == "made":
        return None if due is None else _fact(told, FactKind.PROMISED, number=cycle, data=data)
    if deed not in SETTLED or (deed == "moved" and due is None):
        return None
    return _fact(told, FactKind.PROMISE_SETTLED, text=deed, number=cycle, data=data)


OURS: Mapping[str, Callable[[Told, dict[str, Any]], Fact | None]] = {
    POLICY: _pinned,
    BALL: _balled,
    EXCUSE: _judged(FactKind.EXCUSED),
    CAUSE: _judged(FactKind.EXPLAINED),
    PROMISE: _promised,
}
"""Our own transactions; what cannot be read (nobody writes such) counts for nothing."""


def _fact(
    told: Told, kind: FactKind, *, text: str = "", number: int = 0, data: dict[str, Any] | None = None
) -> Fact:
    return Fact(told.at, told.id, kind, told.by, text, number, data or {})


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.lstrip("-").isdigit() else otherwise
