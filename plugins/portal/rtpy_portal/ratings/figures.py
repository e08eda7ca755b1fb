"""Figures of ratings: how many were good, how many of those who were asked answered, how many were made good."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Ticket
from rtpy_portal.models import Rating, RatingAsk
from rtpy_portal.ratings.words import Score

DAYS = 30
SMALL = 5
"""Fewer ratings than that say nothing."""
LOOK_AGAIN = 60.0
"""Seconds for which the figures are shown without asking the database again."""

ALL = None
"""The key of everybody together."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Of some ratings: all, the good ones; how many people were asked, and how many of them answered."""

    ratings: int = 0
    good: int = 0
    asked: int = 0
    answered: int = 0

    @property
    def percent(self) -> int | None:
        """Good ones of a hundred; None without ratings."""
        return round(100 * self.good / self.ratings) if self.ratings else None

    @property
    def is_small(self) -> bool:
        """Too few to mean anything."""
        return self.ratings < SMALL

    def __add__(self, more: "Figure") -> "Figure":
        """Both together."""
        return Figure(
            self.ratings + more.ratings,
            self.good + more.good,
            self.asked + more.asked,
            self.answered + more.answered,
        )

    @property
    def short(self) -> str:
        """`92 % · 38 of 61`."""
        share = "–" if self.percent is None else f"{self.percent} %"
        return f"{share} · {self.answered} of {self.asked}"

    @property
    def told(self) -> str:
        """The same as a sentence."""
        rated = "1 rating" if self.ratings == 1 else f"{self.ratings} ratings"
        share = "" if self.percent is None else f", {self.percent} % of them good"
        few = " Too few to mean much." if self.is_small else ""
        return f"{rated} in {DAYS} days{share}; {self.answered} of {self.asked} people who were asked answered.{few}"


def figures_of(db: Session, now: datetime, organization_id: int | None = None) -> Mapping[int | None, Figure]:
    """Of the last 30 days, by who had the requests, and under ALL together. Two queries."""
    since = now - timedelta(days=DAYS)
    good = func.coalesce(func.sum(case((Rating.score == int(Score.GOOD), 1), else_=0)), 0)
    ratings = select(Rating.owner_id, func.count().label("ratings"), good.label("good")).where(
        Rating.created >= since
    )
    asks = select(
        RatingAsk.owner_id, func.count().label("asked"), func.count(RatingAsk.answered).label("answered")
    ).where(RatingAsk.asked >= since)
    if organization_id is not None:
        ratings = ratings.join(Ticket, Ticket.id == Rating.ticket_id).where(
            Ticket.organization_id == organization_id
        )
        asks = asks.join(Ticket, Ticket.id == RatingAsk.ticket_id).where(
            Ticket.organization_id == organization_id
        )
    found: dict[int | None, Figure] = {ALL: Figure()}
    for row in db.execute(ratings.group_by(Rating.owner_id)):
        found[row.owner_id] = Figure(row.ratings, int(row.good))
    for row in db.execute(asks.group_by(RatingAsk.owner_id)):
        found[row.owner_id] = found.get(row.owner_id, Figure()) + Figure(
            asked=row.asked, answered=row.answered
        )
    for owner_id, figure in list(found.items()):
        if owner_id is not ALL:
            found[ALL] += figure
    return found


def kept_figures(app: App, db: Session, now: datetime) -> Mapping[int | None, Figure]:
    """The same, at most a minute old: no query as a rule."""
    at, found = app.caches.get("portal.ratings", (0.0, None))
    if found is None or time.monotonic() - at > LOOK_AGAIN:
        found = figures_of(db, now)
        app.caches["portal.ratings"] = (time.monotonic(), found)
    kept: Mapping[int | None, Figure] = found
    return kept


def forget_figures(app: App) -> None:
    """Count anew at the next page."""
    app.caches.pop("portal.ratings", None)
