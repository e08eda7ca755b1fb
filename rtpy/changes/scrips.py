"""Scrips: made, changed, put in order, switched off and deleted, each with the right and noted in the log.

Whether conditions, arguments and templates hold together is checked by the room above (`rtpy.scrips.checking`), which
knows the kinds that plugins bring.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import OutgoingMail, Queue, Scrip, ScripAction, ScripCondition, ScripQueue
from rtpy.rights.names import Right
from rtpy.work import Work

STAGES = ("create", "batch")


@dataclass(frozen=True, slots=True)
class ScripValues:
    """What a scrip is to be. Condition and action are names, or kinds that have no name yet; the arguments and the
    comma list `transaction_types` are its own when they are not empty. `queue_ids` empty: in every queue."""

    description: str
    condition: str
    action: str
    template: str = "Blank"
    condition_argument: str = ""
    action_argument: str = ""
    transaction_types: str = ""
    stage: str = "create"
    queue_ids: tuple[int, ...] = ()
    disabled: bool = False


def create_scrip(work: Work, values: ScripValues) -> Scrip:
    """Make one, last in the order. Needs ModifyScrips on each queue, on the system for all. Raises Invalid."""
    need_scrip_right(work, values.queue_ids)
    _check(work.db, values)
    scrip = Scrip()
    _fill(work.db, scrip, values)
    work.db.add(scrip)
    work.db.flush()  # its places point at it
    _place(work.db, scrip, values)
    note_configuration(work, "scrip", scrip.id, scrip.description, None, describe_scrip(work.db, scrip))
    return scrip


def modify_scrip(work: Work, scrip: Scrip, values: ScripValues) -> None:
    """Change it. Needs ModifyScrips where it is and where it is to be. Raises Invalid."""
    need_scrip_right(work, queue_ids_of(work.db, scrip))
    need_scrip_right(work, values.queue_ids)
    _check(work.db, values)
    before = describe_scrip(work.db, scrip)
    _fill(work.db, scrip, values)
    _place(work.db, scrip, values)
    after = describe_scrip(work.db, scrip)
    note_configuration(work, "scrip", scrip.id, scrip.description, before, after)


def set_scrip_disabled(work: Work, scrip: Scrip, disabled: bool) -> None:
    """Switch it off or on again. Needs ModifyScrips where it is."""
    need_scrip_right(work, queue_ids_of(work.db, scrip))
    before = {"disabled": scrip.disabled}
    scrip.disabled = disabled
    work.db.flush()  # other processes read anew
    note_configuration(work, "scrip", scrip.id, scrip.description, before, {"disabled": disabled})


def move_scrip(work: Work, scrip: Scrip, *, up: bool) -> bool:
    """Change places with the next one of the same stage and the same queues; False when it is at the end already."""
    need_scrip_right(work, queue_ids_of(work.db, scrip))
    moved = False
    before = describe_scrip(work.db, scrip)
    for place in _places(work.db, scrip):
        same = (
            ScripQueue.queue_id.is_(None) if place.queue_id is None else ScripQueue.queue_id == place.queue_id
        )
        order = (ScripQueue.sort_order, ScripQueue.id)
        mine = list(
            work.db.scalars(select(ScripQueue).where(same, ScripQueue.stage == place.stage).order_by(*order))
        )
        at = mine.index(place)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(mine):
            continue
        numbers = sorted(each.sort_order for each in mine)
        if len(set(numbers)) < len(numbers):
            for number, each in enumerate(mine, start=1):
                each.sort_order = number
        place.sort_order, mine[other].sort_order = mine[other].sort_order, place.sort_order
        moved = True
    work.db.flush()  # other processes read anew
    after = describe_scrip(work.db, scrip)
    note_configuration(work, "scrip", scrip.id, scrip.description, before, after)
    return moved


def set_scrip_order(work: Work, scrip: Scrip, order: int) -> None:
    """Its place among all scrips, wherever it applies; small numbers come first. Needs ModifyScrips where it is."""
    need_scrip_right(work, queue_ids_of(work.db, scrip))
    before = describe_scrip(work.db, scrip)
    for place in _places(work.db, scrip):
        place.sort_order = order
    work.db.flush()  # other processes read anew
    note_configuration(work, "scrip", scrip.id, scrip.description, before, describe_scrip(work.db, scrip))


def delete_scrip(work: Work, scrip: Scrip) -> None:
    """Delete it; what it did stays in the histories. Needs ModifyScrips where it is. Raises Refused."""
    need_scrip_right(work, queue_ids_of(work.db, scrip))
    waiting = select(OutgoingMail.id).where(
        OutgoingMail.scrip_id == scrip.id, OutgoingMail.state.in_(("queued", "sending", "held"))
    )
    if work.db.scalar(waiting.limit(1)) is not None:
        raise Refused("Mails of this scrip are still waiting to be sent: switch it off, and delete it later.")
    before, number, name = describe_scrip(work.db, scrip), scrip.id, scrip.description
    for place in _places(work.db, scrip):
        work.db.delete(place)
    work.db.flush()  # they point at the scrip
    work.db.delete(scrip)
    work.db.flush()  # other processes read anew
    note_configuration(work, "scrip", number, name, before, None)


def describe_scrip(db: Session, scrip: Scrip) -> dict[str, object]:
    """Its plain values by names, for the log and the export."""
    condition, action = (
        db.get_one(ScripCondition, scrip.condition_id),
        db.get_one(ScripAction, scrip.action_id),
    )
    places = _places(db, scrip)
    names = db.scalars(
        select(Queue.name)
        .join(ScripQueue, ScripQueue.queue_id == Queue.id)
        .where(ScripQueue.scrip_id == scrip.id)
    )
    return {
        "description": scrip.description,
        "condition": condition.name,
        "condition_argument": scrip.condition_argument,
        "transaction_types": scrip.transaction_types,
        "action": action.name,
        "action_argument": scrip.action_argument,
        "template": scrip.template_name,
        "stage": places[0].stage if places else "create",
        "queues": sorted(names),
        "order": places[0].sort_order if places else 0,
        "disabled": scrip.disabled,
    }


def queue_ids_of(db: Session, scrip: Scrip) -> tuple[int, ...]:
    """The queues that it is for; empty: every queue."""
    return tuple(place.queue_id for place in _places(db, scrip) if place.queue_id is not None)


def need_scrip_right(work: Work, queue_ids: Sequence[int]) -> None:
    """Raises Refused unless the actor may change scrips of all these queues (empty: of every queue)."""
    held = work.rights.of(Right.MODIFY_SCRIPS)
    if not (all(held.in_queue(each) for each in queue_ids) if queue_ids else held.everywhere):
        where = "scrips of these queues" if queue_ids else "scrips that apply in every queue"
        raise Refused(f"You may not change {where}: the right ModifyScrips is needed.")


def _check(db: Session, values: ScripValues) -> None:
    problems = []
    if not values.description.strip():
        problems.append(Problem("description", "A description is missing: say in a few words what it does."))
    if len(values.description) > 255:
        problems.append(Problem("description", "The description is longer than 255 characters."))
    if values.stage not in STAGES:
        problems.append(Problem("stage", "Choose one of the stages."))
    known = db.scalar(select(func.count(Queue.id)).where(Queue.id.in_(values.queue_ids)))
    if values.queue_ids and known != len(set(values.queue_ids)):
        problems.append(Problem("queues", "One of these queues does not exist."))
    if problems:
        raise Invalid(*problems)


def _fill(db: Session, scrip: Scrip, values: ScripValues) -> None:
    scrip.description = " ".join(values.description.split())
    scrip.condition_id = _condition(db, values.condition).id
    scrip.action_id = _action(db, values.action).id
    scrip.condition_argument, scrip.action_argument = values.condition_argument, values.action_argument
    scrip.transaction_types = values.transaction_types
    scrip.template_name = values.template
    scrip.disabled = values.disabled


def _condition(db: Session, name: str) -> ScripCondition:
    """The one of that name; a kind that a plugin brings gets a name when it is used first."""
    found = db.scalar(select(ScripCondition).where(ScripCondition.name == name))
    if found is None:
        found = ScripCondition(name=name, description="", kind=name, argument="", transaction_types="Any")
        db.add(found)
        db.flush()  # the scrip points at it
    return found


def _action(db: Session, name: str) -> ScripAction:
    found = db.scalar(select(ScripAction).where(ScripAction.name == name))
    if found is None:
        found = ScripAction(name=name, description="", kind=name, argument="")
        db.add(found)
        db.flush()  # the scrip points at it
    return found


def _place(db: Session, scrip: Scrip, values: ScripValues) -> None:
    """Where it applies; a place that stays keeps its order, new ones come last."""
    wanted: list[int | None] = list(dict.fromkeys(values.queue_ids)) or [None]
    there = {place.queue_id: place for place in _places(db, scrip)}
    last = db.scalar(select(func.max(ScripQueue.sort_order))) or 0
    order = min((place.sort_order for place in there.values()), default=last + 1)
    for queue_id, place in there.items():
        if queue_id not in wanted:
            db.delete(place)
    for queue_id in wanted:
        if queue_id in there:
            there[queue_id].stage = values.stage
        else:
            db.add(ScripQueue(scrip_id=scrip.id, queue_id=queue_id, stage=values.stage, sort_order=order))
    db.flush()  # other processes read anew


def _places(db: Session, scrip: Scrip) -> list[ScripQueue]:
    rows = db.scalars(select(ScripQueue).where(ScripQueue.scrip_id == scrip.id).order_by(ScripQueue.id))
    return list(rows)
