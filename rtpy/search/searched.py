"""What can be searched: tickets and others, each with its fields and what is always asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, literal_column

from rtpy.db.base import table_of
from rtpy.models import Article, Asset, Ticket, Transaction
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.fields.articles import always_of_articles, article_fields
from rtpy.search.fields.assets import always_of_assets, asset_fields
from rtpy.search.fields.field import Fields
from rtpy.search.fields.tickets import ticket_fields
from rtpy.search.fields.transactions import always_of_transactions, transaction_fields, with_tickets
from rtpy.work import Work


class Target(StrEnum):
    """What a search finds."""

    TICKETS = "tickets"
    TRANSACTIONS = "transactions"
    ASSETS = "assets"
    ARTICLES = "articles"


@dataclass(frozen=True, slots=True)
class Searched:
    """One thing that can be searched.

    `always` gives the clauses that hold whatever is asked: what the reader may see, and the filters that are there
    unless the query names their field; it gets the names in the query, lower case. `rows` joins to the table what
    these clauses need.
    """

    id: Any
    fields: Callable[[Work], Fields]
    always: Callable[[Work, frozenset[str]], list[ColumnElement[bool]]]
    rows: Callable[[Any], Any] = lambda query: query


def _always_of_tickets(work: Work, names: frozenset[str]) -> list[ColumnElement[bool]]:
    """RT's filters: never what is deleted; what was merged and what is no ticket only where the query asks for it."""
    clauses = [_visible(work.rights.of(Right.SHOW_TICKET)), _NOT_DELETED]
    if "effectiveid" not in names:
        clauses.append(_NOT_MERGED)
    if "type" not in names:
        clauses.append(_IS_TICKET)
    return clauses


@lru_cache(256)
def _visible(grants: Grants) -> ColumnElement[bool]:
    """Kept: people search again and again, and a clause can stand in any number of statements."""
    return grants.visible()


_tickets = table_of(Ticket).c
_NOT_DELETED = _tickets.status != "deleted"
_NOT_MERGED = _tickets.merged_into_id.is_(None)
_IS_TICKET = _tickets.type == literal_column("'ticket'")  # written out, for partial indexes


SEARCHED: Mapping[Target, Searched] = {
    Target.TICKETS: Searched(_tickets.id, lambda work: ticket_fields(work.app), _always_of_tickets),
    Target.TRANSACTIONS: Searched(Transaction.id, transaction_fields, always_of_transactions, with_tickets),
    Target.ASSETS: Searched(Asset.id, asset_fields, always_of_assets),
    Target.ARTICLES: Searched(Article.id, article_fields, always_of_articles),
}
"""Each thing that can be searched."""
