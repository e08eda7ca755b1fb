"""Runs of the synchronisation with directories: what each found, what it was to do, and what became of each line."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class DirectoryGroup(Base):
    """A group of ours that a directory keeps: found again by its unique id, whatever is renamed there."""

    __tablename__ = "directory_groups"
    __table_args__ = (UniqueConstraint("directory_id", "unique_id"), UniqueConstraint("group_id"))

    id: Mapped[id_]
    directory_id: Mapped[int] = ref("directories.id", cascade=True)
    unique_id: Mapped[str] = mapped_column(String(200))
    group_id: Mapped[int] = ref("groups.id", cascade=True)
    dn: Mapped[text]


class DirectoryHold(Base):
    """Somebody whom the sync disabled, so that it may enable them again; whom a person disabled is left alone."""

    __tablename__ = "directory_holds"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    directory_id: Mapped[int] = ref("directories.id", index=True, cascade=True)
    since: Mapped[utc]


class DirectorySync(Base):
    """How it goes with the synchronisation of one directory; at most one worker has it in hand."""

    __tablename__ = "directory_syncs"

    directory_id: Mapped[int] = ref("directories.id", primary_key=True, cascade=True)
    next_run: Mapped[datetime | None]
    """When the clock starts the next run; None: as soon as may be."""
    failures: Mapped[count]
    """Runs in a row that could not read the directory."""
    looked: Mapped[datetime | None]
    """When somebody last asked whether those who are logged in are still in the directory."""
    look_problem: Mapped[text]
    """Why that could not be asked; empty when it could."""
    lease_owner: Mapped[short]
    lease_until: Mapped[datetime | None]


class DirectoryRun(Base):
    """One run: by the clock, by somebody's click or on the command line."""

    __tablename__ = "directory_runs"
    __table_args__ = (Index("ix_directory_runs_directory_id_id", "directory_id", "id"),)

    id: Mapped[id_]
    directory_id: Mapped[int] = ref("directories.id", cascade=True)
    creator_id: Mapped[int] = ref("users.id")
    origin: Mapped[str] = mapped_column(String(10))
    """`clock`, `page`, `command`, or `look`: those who are logged in were looked up between two runs."""
    only_plan: Mapped[flag]
    """Only say what would be done; somebody may say *do it* afterwards."""
    forced: Mapped[flag]
    """Somebody has said that it may change as many people as it wants to."""
    state: Mapped[str] = mapped_column(String(10), index=True)
    """asked, reading, planned, waiting (beyond the threshold), applying, done, failed, dropped."""
    problem: Mapped[text]
    """Why it waits or failed, in a sentence."""
    people: Mapped[count]
    """How many people the directory answered with …"""
    groups: Mapped[count]
    """… and how many groups."""
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """Lines by what is to be done."""
    created: Mapped[utc]
    planned: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class DirectoryRunLine(Base):
    """One thing that a run is to do, what was there before and what comes after; done in this order."""

    __tablename__ = "directory_run_lines"
    __table_args__ = (Index("ix_directory_run_lines_run_id_state_id", "run_id", "state", "id"),)

    id: Mapped[id_]
    run_id: Mapped[int] = ref("directory_runs.id", cascade=True)
    deed: Mapped[str] = mapped_column(String(20))
    name: Mapped[short]
    """Whom or what it is about, as people call it."""
    unique_id: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """In the directory."""
    user_id: Mapped[int | None] = ref("users.id")
    before: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    after: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="planned")
    """planned, done, failed, skipped (it was no longer as the plan found it), remark (nothing is done)."""
    problem: Mapped[text]
