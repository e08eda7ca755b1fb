"""A request as its customers read it: everything on its page, in a bounded number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from rtpy.history.ball import Ball, Holder, ball_of
from rtpy.history.public_facts import PublicFact, public_facts
from rtpy.history.reading import read_public
from rtpy.models import Ticket
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.sight import visible_within
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.conversation import PictureUrl, Said, conversation_of
from rtpy_portal.requests.names import author_of, staff_names
from rtpy_portal.requests.people import Participant, participants_of
from rtpy_portal.requests.related import Related, related_to
from rtpy_portal.requests.settings import ESTIMATES
from rtpy_portal.requests.stages import Stage, holder_of, stages_of
from rtpy_portal.requests.telling import told_of
from rtpy_portal.requests.timeline import Step, timeline_of
from rtpy_portal.words import Say

MOST = 300
"""Messages and steps that a page shows, the newest; nobody reads more at once."""


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """One request as this visitor may read it. Moments are UTC; texts are in the visitor's language."""

    number: int
    subject: str
    stage: Stage
    created: datetime
    closed: datetime | None
    messages: tuple[Said, ...]
    timeline: tuple[Step, ...]
    ball: Ball
    facts: tuple[PublicFact, ...]
    participants: tuple[Participant, ...]
    related: tuple[Related, ...]
    estimate: int
    """Minutes; 0 where customers are not told."""
    went_wrong: str
    how_fixed: str
    is_private: bool
    is_hidden: bool
    is_cut: bool
    """There is more than MOST, which is not here."""

    @property
    def takes_part(self) -> bool:
        """Is the visitor one of its people?"""
        return any(each.is_you for each in self.participants)


def read_request(
    work: Work,
    visitor: Visitor,
    ticket: Ticket,
    say: Say,
    picture_url: PictureUrl | None = None,
    lang: str = "",
) -> PublicRequest:
    """What the visitor may read of a request that they may see (`find_request`), with its queue loaded.

    What was merged into it is read with it as far as the visitor could read it before. Six queries, and those of
    plugins. `picture_url` gives the addresses of pictures inside of messages; without it they are left out.
    `lang` is what plugins speak.
    """
    stages = stages_of(work.app, work.db)
    entries = read_public(work.db, numbers_within(work, visitor, ticket), newest=MOST)
    name_staff = staff_names(work, visitor, ticket)
    told = told_of(work.db, ticket.id)
    stage = stages.of(ticket.queue.lifecycle, ticket.status)
    return PublicRequest(
        number=ticket.id,
        subject=ticket.subject,
        stage=stage,
        created=ticket.created,
        closed=None if stage.is_open else ticket.resolved,
        messages=conversation_of(
            entries, visitor, lambda entry: author_of(work, entry, name_staff), picture_url or _no_picture
        ),
        timeline=timeline_of(entries, ticket, stages, say),
        ball=_ball(work, ticket, stage),
        facts=public_facts(work, ticket, lang) if stage.is_open else (),
        participants=participants_of(work, ticket, visitor),
        related=related_to(work, visitor, ticket),
        estimate=ticket.time_estimated if stage.is_open and setting(work.app, work.db, ESTIMATES) else 0,
        went_wrong=told.went_wrong,
        how_fixed=told.how_fixed,
        is_private=told.is_private,
        is_hidden=told.is_hidden,
        is_cut=len(entries) >= MOST,
    )


def numbers_within(work: Work, visitor: Visitor, ticket: Ticket) -> Sequence[int]:
    """The request's own number and those merged into it whose history this visitor may read there. One query."""
    merged = select(Ticket.id).where(Ticket.merged_into_id == ticket.id, visible_within(visitor))
    return [ticket.id, *work.db.scalars(merged)]


def _ball(work: Work, ticket: Ticket, stage: Stage) -> Ball:
    """A plugin knows it best; nobody has the ball of what is closed."""
    if not stage.is_open:
        return Ball(Holder.NOBODY)
    return ball_of(work, ticket) or Ball(holder_of(stage))


def _no_picture(transaction_id: int, content_id: str) -> None:
    return None
