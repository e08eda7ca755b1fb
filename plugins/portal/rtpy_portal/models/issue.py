"""Known issues: what staff write about something that affects several, and what became of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, short, text, utc


class IssueKind(StrEnum):
    """What it is about."""

    KNOWN = "known"
    IDEA = "idea"
    """A wish that may become something."""


class Stage(StrEnum):
    """How far it is, in the order in which it goes."""

    HEARD = "heard"
    LOOKING = "looking"
    CAUSE_FOUND = "cause_found"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CHECKED = "checked"
    """By those whom it affected."""
    DECLINED = "declined"
    """Ideas only."""


CLOSED = (Stage.DONE, Stage.CHECKED, Stage.DECLINED)


class Audience(StrEnum):
    """Who reads an issue."""

    STAFF = "staff"
    """Nobody else yet: it is being written."""
    EVERYONE = "everyone"
    ORGANIZATIONS = "organizations"
    """The people of those in `portal_issue_audiences`."""


class Issue(Base):
    """One of them. Every text is written for the public; of a request nothing is ever copied here."""

    __tablename__ = "portal_issues"
    __table_args__ = (Index("ix_portal_issues_closed_id", "closed", "id"),)

    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(8), default="known")
    title: Mapped[short]
    stage: Mapped[str] = mapped_column(String(12), default="heard")
    audience: Mapped[str] = mapped_column(String(16), default="staff")
    planned_from: Mapped[date | None]
    planned_until: Mapped[date | None]
    went_wrong: Mapped[text]
    how_fixed: Mapped[text]
    prevents: Mapped[text]
    text: Mapped[text]
    solver_id: Mapped[int | None] = ref("users.id")
    shows_solver: Mapped[flag]
    created: Mapped[utc]
    creator_id: Mapped[int] = ref("users.id")
    updated: Mapped[utc]
    """When it last told something new."""
    opened: Mapped[datetime | None]
    """When others than staff could first read it."""
    closed: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = ref("portal_issues.id", index=True)


class IssueAudience(Base):
    """An organisation whose people read an issue."""

    __tablename__ = "portal_issue_audiences"

    issue_id: Mapped[int] = ref("portal_issues.id", primary_key=True, cascade=True)
    organization_id: Mapped[int] = ref("organizations.id", primary_key=True, index=True, cascade=True)


class IssueTicket(Base):
    """A ticket that an issue is behind; a ticket has one at most."""

    __tablename__ = "portal_issue_tickets"

    ticket_id: Mapped[int] = ref("tickets.id", primary_key=True, cascade=True)
    issue_id: Mapped[int] = ref("portal_issues.id", index=True, cascade=True)
    linked: Mapped[utc]
    linked_by_id: Mapped[int] = ref("users.id")
