"""Ratings of the sample portal, what was told of solved requests, and a ticket that no customer sees."""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from rtpy.changes.pipeline import change_ticket
from rtpy.demo.made import Made
from rtpy.models import Ticket, User, Watcher
from rtpy_portal.demo.cast import Cast
from rtpy_portal.models import Rating, RatingAsk
from rtpy_portal.ratings.following import mark_recovered
from rtpy_portal.ratings.rating import Answer, Given, rate
from rtpy_portal.ratings.words import Reason, Score
from rtpy_portal.requests.telling import SetSight, TellAfterwards
from rtpy_portal.rights import SEE_RATINGS

OWN = ("MFA", "locked", "password expired", "VPN", "monitor", "slow", "OneDrive")
"""Subjects of requests that are one person's alone: good ones for a bad word."""


def tell_afterwards(cast: Cast, made: Made, given: dict[str, Any]) -> None:
    """What went wrong and how it was fixed, on the newest solved request of each kind; an alert is hidden."""
    for each in given["told"]:
        ticket = _newest(cast, made, (each["subject"],), is_solved=True)
        if ticket is not None:
            told = TellAfterwards(each["went_wrong"], each["how_fixed"])
            change_ticket(replace(cast.work, now=ticket.last_updated), ticket, told)
    alert = _newest(cast, made, tuple(given["hidden"]["subjects"]), is_solved=False)
    if alert is not None:
        hidden = SetSight(is_private=False, is_hidden=True)
        change_ticket(replace(cast.work, now=alert.last_updated), alert, hidden)


def rate_requests(cast: Cast, made: Made, given: dict[str, Any]) -> None:
    """About each third solved request is rated by who asked for it; and nobody is asked by mail any more."""
    rows = _solved(cast, made)
    bad = [row for row in reversed(rows) if any(word in row[0].subject for word in OWN)][: len(given["bad"])]
    bad_ids = {ticket.id for ticket, _ in bad}
    words = {
        (score, lang): cycle(given[name])
        for score, lang, name in (
            (Score.GOOD, "en", "good"),
            (Score.GOOD, "de", "good_de"),
            (Score.FAIR, "en", "fair"),
            (Score.FAIR, "de", "fair_de"),
        )
    }
    rated = [row for row in rows if row[0].id not in bad_ids][:: given["every"]]
    for number, (ticket, user) in enumerate(rated, 1):
        score = Score.FAIR if number % given["fair_every"] == 0 else Score.GOOD
        lang = "de" if user.lang == "de" else "en"
        via = "mail" if number % 3 else "page"
        said = Given(score, next(words[score, lang]), may_quote=number % 4 == 0, via=via)
        _rate(cast, ticket, user, said, hours=1 + number * 7 % 40)
    for (ticket, user), each in zip(bad, given["bad"], strict=False):
        said = Given(Score.BAD, each["comment"], Reason(each["reason"]))
        _rate(cast, ticket, user, said, hours=3)
        _follow(cast, made, ticket, is_recovered=each["recovered"])
    cast.work.db.execute(
        update(RatingAsk)
        .where(
            RatingAsk.ticket_id.in_(made.tickets), RatingAsk.asked.is_(None), RatingAsk.cancelled.is_(None)
        )
        .values(cancelled=cast.work.now)
    )


def _solved(cast: Cast, made: Made) -> list[tuple[Ticket, User]]:
    """Solved requests of the demo's customers, by number, each with who asked for it. One query."""
    customers = [each.id for each in cast.customers]
    found = cast.work.db.execute(
        select(Ticket, User)
        .join(Watcher, Watcher.ticket_id == Ticket.id)
        .join(User, User.id == Watcher.principal_id)
        .options(joinedload(Ticket.queue))
        .where(
            Ticket.id.in_(made.tickets),
            Ticket.status == "resolved",
            Ticket.merged_into_id.is_(None),
            Watcher.role == "Requestor",
            User.id.in_(customers),
            Ticket.id.not_in(select(Rating.ticket_id)),
        )
        .order_by(Ticket.id, User.id)
    )
    firsts: dict[int, tuple[Ticket, User]] = {}
    for ticket, user in found:
        firsts.setdefault(ticket.id, (ticket, user))
    return list(firsts.values())


def _rate(cast: Cast, ticket: Ticket, user: User, said: Given, *, hours: int) -> None:
    at = min(ticket.last_updated + timedelta(hours=hours, minutes=7), cast.work.now)
    name = (user.email_address or user.name).partition("@")[0]
    if rate(cast.as_person(name, at), ticket, said) is not Answer.SAVED:
        raise RuntimeError(f"The sample rating of ticket {ticket.id} was not taken.")


def _follow(cast: Cast, made: Made, ticket: Ticket, *, is_recovered: bool) -> None:
    """The follow-up is the demo's own; one of the customers was won back."""
    rating = cast.work.db.scalars(
        select(Rating).where(Rating.ticket_id == ticket.id).order_by(Rating.id.desc()).limit(1)
    ).one()
    if rating.follow_up_id is not None:
        made.tickets.append(rating.follow_up_id)
    if is_recovered:
        at = min(rating.created + timedelta(days=1), cast.work.now)
        mark_recovered(cast.as_person("mira", at, SEE_RATINGS), rating, is_recovered=True)


def _newest(cast: Cast, made: Made, words: tuple[str, ...], *, is_solved: bool) -> Ticket | None:
    query = (
        select(Ticket)
        .options(joinedload(Ticket.queue))
        .where(
            Ticket.id.in_(made.tickets),
            Ticket.merged_into_id.is_(None),
            or_(*(Ticket.subject.contains(each) for each in words)),
        )
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    return cast.work.db.scalar(query.where(Ticket.status == "resolved") if is_solved else query)
