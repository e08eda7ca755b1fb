"""Statuses in customers' words: five stages, whatever the lifecycle calls them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.history.ball import Holder
from rtpy.lifecycle import Category
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

    def open_statuses(self) -> Sequence[str]:
        """All statuses of all lifecycles in which there is something to be done."""
        return self.app.lifecycles.active_statuses()


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
