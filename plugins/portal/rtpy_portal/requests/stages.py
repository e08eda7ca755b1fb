"""Statuses in customers' words: five stages, whatever the lifecycle calls them."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.history.ball import Holder
from rtpy.lifecycle import Category
from rtpy.models import Queue, Ticket
from rtpy.plugin_settings import setting
from rtpy_portal.requests.settings import SOLVED, WAITING
from rtpy_portal.words import Say


class Stage(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    UNDER_WAY = "under way"
    WAITING = "waiting"
    """For the customer."""
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Is there still something to be done?"""
        return self not in (Stage.SOLVED, Stage.CLOSED)


@dataclass(frozen=True, slots=True)
class Stages:
    """Which status is which stage, on this site."""

    app: App
    waiting: frozenset[str]
    solved: frozenset[str]

    def of(self, lifecycle: str, status: str) -> Stage:
        """The stage of a status; one that its lifecycle does not know any more counts as under way."""
        known, status = self.app.lifecycles.get(lifecycle), status.lower()
        if not known.is_valid(status):
            return Stage.UNDER_WAY
        category = known.category(status)
        if category is Category.INACTIVE:
            return Stage.SOLVED if status in self.solved else Stage.CLOSED
        if status in self.waiting:
            return Stage.WAITING
        return Stage.RECEIVED if category is Category.INITIAL else Stage.UNDER_WAY

    def is_open(self) -> ColumnElement[bool]:
        """A clause over `tickets`: there is something to be done, by the lifecycle of each."""
        return is_open(self.app)


def is_open(app: App) -> ColumnElement[bool]:
    """A clause over `tickets`: their status is an initial or an active one of their lifecycle.

    Only of statuses that mean one thing here and another there the queue is asked.
    """
    known, closed = app.lifecycles.active_statuses(), set(app.lifecycles.inactive_statuses())
    found: list[ColumnElement[bool]] = [Ticket.status.in_([each for each in known if each not in closed])]
    for lifecycle in app.lifecycles:
        doubtful = [each for each in known if each in closed and lifecycle.is_valid(each)]
        mine = [each for each in doubtful if not lifecycle.is_inactive(each)]
        if mine:
            queues = select(Queue.id).where(func.lower(Queue.lifecycle) == lifecycle.name.lower())
            found.append(and_(Ticket.status.in_(mine), Ticket.queue_id.in_(queues)))
    return or_(*found)


def stages_of(app: App, db: Session) -> Stages:
    """As the settings say. No query as a rule."""
    return Stages(app, _listed(setting(app, db, WAITING)), _listed(setting(app, db, SOLVED)))


def stage_words(stage: Stage, say: Say) -> str:
    """As customers read it."""
    match stage:
        case Stage.RECEIVED:
            return say("Received")
        case Stage.UNDER_WAY:
            return say("We are working on it")
        case Stage.WAITING:
            return say("Waiting for you")
        case Stage.SOLVED:
            return say("Solved")
        case Stage.CLOSED:
            return say("Closed")


def holder_of(stage: Stage) -> Holder:
    """Who has the next step as far as the status says."""
    if not stage.is_open:
        return Holder.NOBODY
    return Holder.CUSTOMER if stage is Stage.WAITING else Holder.US


def holder_words(holder: Holder, say: Say) -> str:
    """Whose turn it is, as customers read it."""
    match holder:
        case Holder.US:
            return say("It is our turn.")
        case Holder.CUSTOMER:
            return say("It is your turn: we are waiting for your answer.")
        case Holder.THIRD:
            return say("We are waiting for somebody else, such as a supplier.")
        case Holder.SCHEDULED:
            return say("It waits for an agreed date.")
        case Holder.NOBODY:
            return say("Nothing more is to be done.")


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, (each.strip().lower() for each in text.split(","))))
