"""Policies and rules as values, kept between requests until somebody changes one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import NotFound
from rtpy.models import Group, User
from rtpy.models.group import PRIVILEGED
from rtpy.plugin_settings import setting
from rtpy.remembered import remembered, watch
from rtpy.working_hours import hours_of
from rtpy_sla.clocks.plan import Plan, Rules
from rtpy_sla.clocks.words import Ball, Reopening, Retarget
from rtpy_sla.following.bands import read_bands
from rtpy_sla.following.past_settings import KEPT, past_settings
from rtpy_sla.models import Policy, PolicyVersion
from rtpy_sla.settings import balls_in, lines_in, words_in

watch(Policy, PolicyVersion)


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """One version of a policy, with what its policy says now."""

    id: int
    policy_id: int
    number: int
    name: str
    position: int
    disabled: bool
    ladder_id: int | None
    conditions: Mapping[str, Any]
    is_latest: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All versions by number, and what new tickets can get: the latest of enabled policies, in their order."""

    versions: Mapping[int, KnownVersion]
    offered: tuple[KnownVersion, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How histories are read: who is a machine, and what a ticket of the staff's own making means."""

    privileged_id: int
    nobody_id: int
    machines: frozenset[int]
    is_answered_by_creation: bool
    earlier: tuple[tuple[datetime, "Reading"], ...] = ()
    """Until when which others held, the oldest first."""

    def at(self, moment: datetime) -> "Reading":
        """What held then."""
        return next((reading for until, reading in self.earlier if moment < until), self)


def catalogue_of(app: App, db: Session) -> Catalogue:
    """All policies. As a rule nothing is asked of the database."""
    return remembered(app, db, "sla catalogue", _read_catalogue)


def plan_of(app: App, db: Session, version_id: int) -> Plan:
    """A version of a policy, ready to be played. Raises NotFound."""
    found = plans_of(app, db).get(version_id)
    if found is None:
        raise NotFound(f"There is no version {version_id} of a service level.")
    return found


def plans_of(app: App, db: Session) -> Mapping[int, Plan]:
    """All versions by their numbers; each is read when it is first asked for."""
    return Plans(app, db, remembered(app, db, "sla plans", lambda _db: {}))


def rules_of(app: App, db: Session) -> Rules:
    """Who has the ball in which status, and which statuses close a ticket."""
    return remembered(app, db, "sla rules", lambda db: _read_rules(app, db))


def reading_of(app: App, db: Session) -> Reading:
    """How histories are read."""
    return remembered(app, db, "sla reading", lambda db: _read_reading(app, db))


def causes_of(app: App, db: Session) -> tuple[str, ...]:
    """Why targets are missed, as administrators list it."""
    return lines_in(str(setting(app, db, "sla.causes")))


class Plans(Mapping[int, Plan]):
    """Versions of policies by number, read one by one and kept in `known`."""

    def __init__(self, app: App, db: Session, known: dict[int, Plan]) -> None:
        self._app = app
        self._db = db
        self._known = known

    def __getitem__(self, version_id: int) -> Plan:
        if version_id not in self._known:
            row = self._db.get(PolicyVersion, version_id)
            if row is None:
                raise KeyError(version_id)
            self._known[version_id] = _plan(self._app, self._db, row)
        return self._known[version_id]

    def __iter__(self) -> Iterator[int]:
        return iter(catalogue_of(self._app, self._db).versions)

    def __len__(self) -> int:
        return len(catalogue_of(self._app, self._db).versions)


def build_plan(
    app: App, db: Session, version: PolicyVersion, name: str, bands: Sequence[Mapping[str, Any]]
) -> Plan:
    """The plan that such a version means, stored or not."""
    read = read_bands(bands, lambda calendar_id: hours_of(app, db, calendar_id))
    calendars = (band.calendar_id for band in read if band.calendar_id is not None)
    zones = (hours_of(app, db, calendar_id).versions[-1].calendar.zone for calendar_id in calendars)
    return Plan(
        policy_id=version.policy_id,
        version_id=version.id,
        name=name,
        bands=read,
        reopening=Reopening(version.reopening),
        confirm_seconds=version.confirm_seconds,
        on_priority=Retarget(version.on_priority),
        zone=next(zones, "UTC"),
    )


def _plan(app: App, db: Session, row: PolicyVersion) -> Plan:
    known = catalogue_of(app, db).versions.get(row.id)
    return build_plan(app, db, row, known.name if known else "", row.bands)


def _read_catalogue(db: Session) -> Catalogue:
    rows = db.execute(
        select(
            PolicyVersion.id,
            PolicyVersion.policy_id,
            PolicyVersion.number,
            PolicyVersion.conditions,
            Policy.name,
            Policy.position,
            Policy.disabled,
            Policy.ladder_id,
        )
        .join(Policy, Policy.id == PolicyVersion.policy_id)
        .order_by(Policy.position, Policy.id, PolicyVersion.number)
    ).all()
    latest = {row.policy_id: row.id for row in rows}
    versions = {
        row.id: KnownVersion(
            row.id,
            row.policy_id,
            row.number,
            row.name,
            row.position,
            row.disabled,
            row.ladder_id,
            row.conditions,
            latest[row.policy_id] == row.id,
        )
        for row in rows
    }
    offered = tuple(each for each in versions.values() if each.is_latest and not each.disabled)
    return Catalogue(versions, offered)


def _read_rules(app: App, db: Session) -> Rules:
    lifecycles = app.refresh_lifecycles(db)
    active = set(lifecycles.active_statuses())
    inactive = [status for status in lifecycles.inactive_statuses() if status not in active]
    earlier = tuple((until, _rules(values, inactive)) for until, values in past_settings(db))
    return replace(_rules(_values_now(app, db), inactive), earlier=earlier)


def _values_now(app: App, db: Session) -> Mapping[str, object]:
    return {name: setting(app, db, name) for name in KEPT}


def _rules(values: Mapping[str, object], inactive: Sequence[str]) -> Rules:
    void = {word.lower() for word in words_in(str(values["sla.void"]))}
    try:
        balls = {status: Ball(ball) for status, ball in balls_in(str(values["sla.balls"])).items()}
    except ValueError:  # a file that was loaded around the check
        balls = {}
    return Rules(
        ball_by_status=balls,
        solved=tuple(status for status in inactive if status not in void),
        void=tuple(status for status in inactive if status in void),
    )


def _read_reading(app: App, db: Session) -> Reading:
    earlier = tuple((until, _reading(app, db, values)) for until, values in past_settings(db))
    return replace(_reading(app, db, _values_now(app, db)), earlier=earlier)


def _reading(app: App, db: Session, values: Mapping[str, object]) -> Reading:
    names = [name.lower() for name in lines_in(str(values["sla.machines"]))]
    machines = set(db.scalars(select(User.id).where(func.lower(User.name).in_(names)))) if names else set()
    privileged = db.scalar(select(Group.id).where(Group.domain == "SystemInternal", Group.name == PRIVILEGED))
    nobody = app.nobody_id(db)
    return Reading(
        privileged_id=privileged or 0,
        nobody_id=nobody,
        machines=frozenset({*machines, app.system_user_id(db), nobody}),
        is_answered_by_creation=values["sla.staff_created"] == "answered",
    )
