"""Asking how it went: in the mail that closes a request, or some hours later in one of its own."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update

from rtpy.changes.people import system_groups
from rtpy.changes.ticket.status import SetStatus
from rtpy.mail.header_lines import is_sendable
from rtpy.models import GroupClosure, IncomingMail, Ticket, Transaction, User, Watcher
from rtpy.models.group import PRIVILEGED
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.models import RatingAsk, RatingRefusal, RatingShare
from rtpy_portal.ratings.deciding import Asked, Facts, NotAsked, whether_to_ask
from rtpy_portal.ratings.resolution import is_void, resolution_of
from rtpy_portal.ratings.settings import words_in
from rtpy_portal.ratings.words import FACES, SCORES, say_score
from rtpy_portal.words import say_in, spoken

UNREACHABLE = 2
"""Failures in a row after which an address counts as one that takes no mail."""


@dataclass(frozen=True, slots=True)
class Face:
    """A link of the closing mail: what stands there, and `score=` in its address."""

    label: str
    score: str


def links_for(lang: str) -> tuple[Face, ...]:
    """The three faces in a language, the best first; each leads to the page where it is preselected."""
    say = say_in(spoken(lang))
    return tuple(Face(f"{FACES[score]} {say_score(say, score)}", word) for word, score in SCORES.items())


def ask_in_mail(
    work: Work, ticket: Ticket, transaction: Transaction, user_ids: Collection[int]
) -> frozenset[int]:
    """Whom of these recipients the mail about `transaction` asks how it went; noted, so that no second mail does.

    Nobody unless the mail closes the request: the status changes in the same bundle. One query then.
    """
    if transaction.type not in ("Correspond", "Status") or _setting(work, "delay") != 0:
        return frozenset()
    if not _is_closing(work, ticket):
        return frozenset()
    asked = frozenset(decide(work, ticket, work.now, user_ids))
    _store(work, ticket, asked, not_before=work.now, asked=work.now)
    return asked


def follow_status(work: Work, ticket: Ticket, transactions: Collection[Transaction]) -> None:
    """A request that was solved is asked about when its time comes; one that is opened again is not."""
    if not any(each.type == "Status" or each.field == "MergedInto" for each in transactions):
        return
    resolved = resolution_of(work.app, work.db, ticket)
    if resolved is None:
        work.db.execute(
            update(RatingAsk)
            .where(RatingAsk.ticket_id == ticket.id, RatingAsk.asked.is_(None), RatingAsk.cancelled.is_(None))
            .values(cancelled=work.now)
        )
    elif resolved == work.now:
        later = work.now + timedelta(hours=_setting(work, "delay"))
        _store(work, ticket, decide(work, ticket, resolved), not_before=later, asked=None)


def decide(
    work: Work, ticket: Ticket, resolved: datetime, user_ids: Collection[int] | None = None
) -> tuple[int, ...]:
    """The requestors who are to be asked about this resolution, of `user_ids` where given. One query."""
    found = reasons(work, ticket, resolved, user_ids)
    return tuple(user_id for user_id, answer in found.items() if isinstance(answer, Asked))


def reasons(
    work: Work, ticket: Ticket, resolved: datetime, user_ids: Collection[int] | None = None
) -> Mapping[int, Asked | NotAsked]:
    """For each requestor the decision. One query."""
    if not _setting(work, "asking"):
        return {}
    staff = system_groups(work, (PRIVILEGED,))[0]
    query = _PEOPLE.where(Watcher.ticket_id == ticket.id)
    if user_ids is not None:
        query = query.where(Watcher.principal_id.in_(user_ids))
    given = {"staff": staff, "ticket": ticket.id, "resolved": resolved, "customer": ticket.organization_id}
    return {row.id: whether_to_ask(_facts(work, ticket, row)) for row in work.db.execute(query, given)}


def _facts(work: Work, ticket: Ticket, row: Any) -> Facts:
    machines = words_in(str(_setting(work, "machines")))
    address = row.email_address or ""
    is_reached = is_sendable(address) and row.undeliverable < UNREACHABLE
    percent = _setting(work, "percent") if row.percent is None else row.percent
    drawn = hashlib.sha256(f"{ticket.id} {row.id} {work.now.isoformat()}".encode()).digest()
    return Facts(
        now=work.now,
        is_merged=ticket.merged_into_id is not None,
        address=address if is_reached else "",
        is_staff=row.is_staff,
        is_machine=row.is_automatic or row.name.lower() in machines or address.lower() in machines,
        has_refused=row.has_refused,
        is_asked=row.is_asked,
        last_asked=row.last_asked,
        rest_days=_setting(work, "rest"),
        percent=percent,
        lot=int.from_bytes(drawn[:4]) % 100,
    )


def _is_closing(work: Work, ticket: Ticket) -> bool:
    if ticket.resolved is not None:
        return resolution_of(work.app, work.db, ticket) == work.now
    if ticket.merged_into_id is not None:
        return False
    coming = [each.status for each in work.under_way if isinstance(each, SetStatus)]
    if not coming:
        return False
    lifecycle = work.app.lifecycles.get(ticket.queue.lifecycle)
    return lifecycle.is_inactive(coming[-1]) and not is_void(work.app, work.db, coming[-1])


def _store(
    work: Work, ticket: Ticket, user_ids: Collection[int], *, not_before: datetime, asked: datetime | None
) -> None:
    work.db.add_all(
        RatingAsk(
            ticket_id=ticket.id,
            user_id=user_id,
            owner_id=ticket.owner_id,
            resolved=work.now,
            created=work.now,
            not_before=not_before,
            asked=asked,
        )
        for user_id in user_ids
    )
    work.db.flush()


def _setting(work: Work, name: str) -> Any:
    return setting(work.app, work.db, f"portal.ratings_{name}")


def _people() -> Any:
    asks = RatingAsk.user_id == User.id
    of_this = (RatingAsk.ticket_id == bindparam("ticket")) & (RatingAsk.resolved == bindparam("resolved"))
    return (
        select(
            User.id,
            User.name,
            User.email_address,
            User.undeliverable,
            exists(select(RatingRefusal.id).where(RatingRefusal.user_id == User.id)).label("has_refused"),
            exists(
                select(GroupClosure.member_id).where(
                    GroupClosure.member_id == User.id, GroupClosure.group_id == bindparam("staff")
                )
            ).label("is_staff"),
            exists(select(RatingAsk.id).where(asks, of_this)).label("is_asked"),
            select(func.max(RatingAsk.created))
            .where(asks, RatingAsk.cancelled.is_(None), ~of_this)
            .scalar_subquery()
            .label("last_asked"),
            exists(
                select(IncomingMail.id)
                .join(Transaction, Transaction.id == IncomingMail.transaction_id)
                .where(
                    IncomingMail.ticket_id == bindparam("ticket"),
                    Transaction.type == "Create",
                    IncomingMail.auto_kind.not_in(("", "human")),
                )
            ).label("is_automatic"),
            select(RatingShare.percent)
            .where(RatingShare.organization_id == bindparam("customer"))
            .scalar_subquery()
            .label("percent"),
        )
        .join(Watcher, Watcher.principal_id == User.id)
        .where(Watcher.role == "Requestor")
        .order_by(User.id)
    )


_PEOPLE = _people()
