"""What plugins show the people of an organisation: documents, facts, and what a request took and cost.

The pages of customers ask here, after they have made sure who reads: nothing of it is a matter of rights.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, false, or_, select

from rtpy.models import Ticket

if TYPE_CHECKING:
    from rtpy.app import App
    from rtpy.work import Work

log = logging.getLogger("rtpy.history")


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """A file to be downloaded: its name with an ending, its type, its bytes."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CustomerDocument:
    """A document of an organisation, such as an invoice; the newest have the latest `day`.

    `key` finds it again: letters, digits, dots and hyphens, beginning with the plugin's name and a dot. `read` makes
    the file, only when it is asked for. Who may not see money, or not all requests, learns nothing of what
    `is_money` or `names_requests`.
    """

    key: str
    label: str
    day: date
    read: Callable[[], CustomerFile]
    is_money: bool = False
    names_requests: bool = False
    """It names requests of everybody in the organisation."""


@dataclass(frozen=True, slots=True)
class CustomerFact:
    """A line such as `Hours left`: `12:00 h`. Customers read both, as plain text."""

    label: str
    text: str
    is_money: bool = False


def customer_documents(work: "Work", organization_id: int, lang: str) -> Sequence[CustomerDocument]:
    """What all plugins have (hook `rtpy_customer_documents`), the newest first; what raises is logged."""
    found = _ask(work, "rtpy_customer_documents", organization_id=organization_id, lang=lang)
    return sorted(found, key=lambda each: each.day, reverse=True)


def customer_facts(work: "Work", organization_id: int, lang: str) -> Sequence[CustomerFact]:
    """What all plugins say of an organisation (hook `rtpy_customer_facts`), in their order; what raises is logged."""
    return _ask(work, "rtpy_customer_facts", organization_id=organization_id, lang=lang)


def money_facts(work: "Work", ticket: Ticket, lang: str) -> Sequence[CustomerFact]:
    """What all plugins say a request took and cost (hook `rtpy_money_facts`); what raises is logged."""
    return _ask(work, "rtpy_money_facts", ticket=ticket, lang=lang)


def kept_from_customers(app: "App") -> ColumnElement[bool]:
    """A clause over `tickets`: what no document for customers may name (hook `rtpy_kept_from_customers`)."""
    return or_(false(), *app.hooks.rtpy_kept_from_customers())


def kept_among(work: "Work", ticket_ids: Collection[int]) -> frozenset[int]:
    """Which of these that are. One query at most, none where no plugin keeps any."""
    if not ticket_ids or not work.app.hooks.rtpy_kept_from_customers.get_hookimpls():
        return frozenset()
    clause = kept_from_customers(work.app)
    return frozenset(work.db.scalars(select(Ticket.id).where(Ticket.id.in_(ticket_ids), clause)))


def _ask(work: "Work", name: str, **given: Any) -> list[Any]:  # Any: what the hook takes and gives
    hook = getattr(work.app.hooks, name)
    if not hook.get_hookimpls():
        return []
    try:
        with (
            work.db.begin_nested()
        ):  # what PostgreSQL refuses to one of them must not end the page's transaction
            return [each for told in reversed(hook(work=work, **given)) for each in told]
    except Exception:
        log.exception("a plugin failed to answer %s", name)
        return []
