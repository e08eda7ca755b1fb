"""Work: all that the domain ever gets, and who acts in it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from rtpy.rights.grants import Rights
from rtpy.rights.kept import kept_rights
from rtpy.rights.standing import Standing, find_standing

if TYPE_CHECKING:
    from rtpy.app import App


class Face(StrEnum):
    """Through what somebody acts."""

    WEB = "web"
    MAIL = "mail"
    REST2 = "rest2"
    REST1 = "rest1"
    CLI = "cli"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user's id and name, and the face."""

    user_id: int
    name: str
    face: Face


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a rule of a plugin lets the actor do while making a ticket: in this queue, with these fields and people."""

    queue_id: int
    fields: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()


@dataclass(slots=True)
class Work:
    """One piece of work in one database transaction.

    `now` stands still while it lasts. `held` are (right, ticket id) pairs that the actor held when a bundle of
    changes began: what one might do at its start one may do to its end. `depth` counts nested bundles. `spared` are
    addresses, in lower case, that get no mail about anything in the present bundle. `under_way` are all changes of the
    present bundle: those that come later are not applied yet. `standing` is the actor's, where this transaction has
    read it with something else. With `only_queues` the actor's rights reach no further than these. `creating` is what a
    rule vouches for while a ticket is made.
    """

    app: "App"
    db: Session
    actor: Actor
    now: datetime
    depth: int = 0
    held: dict[int, frozenset[str]] = field(default_factory=dict)
    spared: frozenset[str] = frozenset()
    under_way: tuple[object, ...] = ()
    standing: Standing | None = None
    only_queues: frozenset[int] | None = None
    creating: Vouched | None = None
    _rights: Rights | None = None

    @property
    def rights(self) -> Rights:
        """The actor's rights, asked for once for this work. One query at most as a rule."""
        if self._rights is None:
            standing = self.standing or find_standing(self.db, self.actor.user_id)
            rights = kept_rights(self.app.caches, self.db, standing)
            self._rights = rights if self.only_queues is None else rights.within(self.only_queues)
        return self._rights

    def forget_rights(self) -> None:
        """Read the rights anew at the next question: memberships or grants have changed."""
        self._rights = self.standing = None

    def as_system(self) -> "Work":
        """The same transaction, acting as RT_System."""
        system = Actor(self.app.system_user_id(self.db), "RT_System", Face.SYSTEM)
        return Work(
            self.app,
            self.db,
            system,
            self.now,
            depth=self.depth,
            spared=self.spared,
            under_way=self.under_way,
        )

    def as_actor(self, actor: Actor) -> "Work":
        """The same transaction, acting as somebody else."""
        return Work(
            self.app,
            self.db,
            actor,
            self.now,
            depth=self.depth,
            spared=self.spared,
            under_way=self.under_way,
            only_queues=self.only_queues,
        )
