"""Custom fields in queries: `CF.{name}` and its kin, over tickets, transactions, assets and articles."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import aliased

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.models import Article, Asset, CustomFieldContent, Ticket, Transaction
from rtpy.rights.grants import Grants
from rtpy.search.articles import visible_articles
from rtpy.search.assets import visible_assets
from rtpy.search.compiling.field_names import fields_named, fields_offered, grants_on
from rtpy.search.compiling.field_order import order_of
from rtpy.search.compiling.field_values import compare_value, operand_value, whole_text
from rtpy.search.compiling.text import compare_text
from rtpy.search.compiling.visible import in_readable, is_of_ticket
from rtpy.search.fields.field import Asking, CannotSearch, Kind, Operand, SearchField
from rtpy.search.language.tree import Name, Operator, Term

ALL = tuple(Operator)
WORDS = (Operator.LIKE, Operator.NOT_LIKE)
Match = Callable[[Any, FieldDefinition], ColumnElement[bool]]
"""From the table of values and the field: does a row fit?"""


class Holding(Protocol):
    """How the things that are searched for lead to values of custom fields."""

    @property
    def lookup(self) -> Lookup:
        """On what the fields stand."""
        ...

    def any_fits(
        self, asking: Asking, fields: Sequence[FieldDefinition], match: Match
    ) -> ColumnElement[bool]:
        """Has the thing a value in one of these fields, as far as the asker may read it, that fits? Never NULL."""
        ...

    def none_fits(
        self, asking: Asking, fields: Sequence[FieldDefinition], match: Match
    ) -> ColumnElement[bool]:
        """The exact negation."""
        ...


@dataclass(frozen=True, slots=True)
class Own:
    """Values that stand on the searched things themselves, or on what a column of theirs names.

    `seen` makes a clause over the searched things of grants of SeeCustomField.
    """

    lookup: Lookup
    object_id: Any  # a column of numbers
    seen: Callable[[Grants], ColumnElement[bool]]

    def any_fits(
        self, asking: Asking, fields: Sequence[FieldDefinition], match: Match
    ) -> ColumnElement[bool]:
        """By the index of values."""
        clauses: list[ColumnElement[bool]] = [false()]
        for grants, alike in _by_grants(asking, fields):
            held = aliased(CustomFieldContent)
            ids = select(held.object_id).where(*_rows(self.lookup, held, alike), match(held, alike[0]))
            clauses.append(and_(self.object_id.in_(ids), self.seen(grants)))
        return or_(*clauses)

    def none_fits(
        self, asking: Asking, fields: Sequence[FieldDefinition], match: Match
    ) -> ColumnElement[bool]:
        """By the values of each thing. SQLite would ask the index of values once for each: it gets a list instead."""
        if match is not anything and asking.work.db.get_bind().dialect.name == "sqlite":
            return not_(self.any_fits(asking, fields, match))
        clauses: list[ColumnElement[bool]] = [true()]
        for grants, alike in _by_grants(asking, fields):
            held = aliased(CustomFieldContent)
            there = exists().where(
                held.object_id == self.object_id, *_rows(self.lookup, held, alike), match(held, alike[0])
            )
            clauses.append(or_(not_(there), not_(self.seen(grants))))
        return and_(*clauses)


class Said:
    """Values on the replies and comments of the searched tickets, those of tickets merged into them among these."""

    lookup = Lookup.TRANSACTION

    def any_fits(
        self, asking: Asking, fields: Sequence[FieldDefinition], match: Match
    ) -> ColumnElement[bool]:
        """On one that the asker may read."""
        clauses: list[ColumnElement[bool]] = [false()]
        for grants, alike in _by_grants(asking, fields):
            clauses.append(and_(grants.visible(), in_readable(asking.work, self._tickets(alike, match))))
        return or_(*clauses)

    def none_fits(
        self, asking: Asking, fields: Sequence[FieldDefinition], match: Match
    ) -> ColumnElement[bool]:
        """On none of them."""
        return not_(self.any_fits(asking, fields, match))

    def _tickets(
        self, alike: Sequence[FieldDefinition], match: Match
    ) -> Callable[[ColumnElement[bool]], ColumnElement[bool]]:
        def tickets_of(readable: ColumnElement[bool]) -> ColumnElement[bool]:
            held, origin = aliased(CustomFieldContent), aliased(Ticket)
            ids = (
                select(func.coalesce(origin.merged_into_id, origin.id))
                .select_from(held)
                .join(Transaction, Transaction.id == held.object_id)
                .join(origin, origin.id == Transaction.object_id)
                .where(*_rows(self.lookup, held, alike), match(held, alike[0]), readable)
                .where(is_of_ticket())
            )
            return Ticket.id.in_(ids)

        return tickets_of


def _queue_wide(grants: Grants) -> ColumnElement[bool]:
    """Fields of queues are read by who holds the right on the whole queue: a queue has no roles of a ticket."""
    return replace(grants, roles_everywhere=frozenset(), roles_in=frozenset()).visible()


ON_TICKETS = Own(Lookup.TICKET, Ticket.id, Grants.visible)
ON_QUEUES = Own(Lookup.QUEUE, Ticket.queue_id, _queue_wide)
ON_TRANSACTIONS = Own(Lookup.TRANSACTION, Transaction.id, Grants.visible)
ON_ASSETS = Own(Lookup.ASSET, Asset.id, visible_assets)
ON_ARTICLES = Own(Lookup.ARTICLE, Article.id, visible_articles)

_ALIASES = ("CustomField", "CustomFieldValue")


def custom_field_fields() -> list[SearchField]:
    """Those of tickets: CF, TxnCF, QueueCF and CustomFieldContent."""
    return [
        _family("CF", ON_TICKETS, _ALIASES, "A custom field of the ticket."),
        _family("TxnCF", Said(), ("TransactionCF",), "A custom field of one of its replies and comments."),
        _family("QueueCF", ON_QUEUES, (), "A custom field of the ticket's queue."),
        _content(ON_TICKETS),
    ]


def transaction_custom_field_fields() -> list[SearchField]:
    """Those of transactions, which are searched joined with their tickets."""
    return [_family("CF", ON_TRANSACTIONS, (*_ALIASES, "TxnCF"), "A custom field of the reply or comment.")]


def asset_custom_field_fields() -> list[SearchField]:
    """Those of assets."""
    return [_family("CF", ON_ASSETS, _ALIASES, "A custom field of the asset."), _content(ON_ASSETS)]


def article_custom_field_fields() -> list[SearchField]:
    """Those of articles."""
    return [_family("CF", ON_ARTICLES, _ALIASES, "A custom field of the article."), _content(ON_ARTICLES)]


def _family(name: str, holding: Holding, aliases: tuple[str, ...], help: str) -> SearchField:
    own = isinstance(holding, Own)

    def compile_term(asking: Asking, term: Term) -> ColumnElement[bool]:
        named = fields_named(asking, holding.lookup, term.name.path, term.name.head, term.column)
        return _asked(
            asking,
            term,
            holding,
            named.definitions,
            lambda held, field: compare_value(asking, term, held, field, named.part),
        )

    def order(asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        assert isinstance(holding, Own)
        named = fields_named(asking, holding.lookup, path, name)
        found = [(grants, fields) for grants, fields in _by_grants(asking, named.definitions)]
        return order_of(
            holding.lookup, holding.object_id, [(holding.seen(each), fields) for each, fields in found]
        )

    def operand(asking: Asking, written: Name) -> Operand:
        assert isinstance(holding, Own)
        return _operand(asking, holding, written)

    return SearchField(
        name,
        Kind.CUSTOM_FIELD,
        ALL,
        compile_term,
        help,
        aliases=aliases,
        order=order if own else None,
        operand=operand if own else None,
    )


def _content(holding: Holding) -> SearchField:
    def compile_term(asking: Asking, term: Term) -> ColumnElement[bool]:
        if term.name.path:
            raise CannotSearch(
                f"{term.name.head} looks at all fields: leave out what follows it.", term.column
            )
        text = str(term.value)
        fields = fields_offered(asking.work, holding.lookup)
        return _asked(
            asking, term, holding, fields, lambda held, _: compare_text(whole_text(held), Operator.LIKE, text)
        )

    help = "A text in any of the custom fields."
    return SearchField("CustomFieldContent", Kind.TEXT, WORDS, compile_term, help)


def _asked(
    asking: Asking, term: Term, holding: Holding, fields: Sequence[FieldDefinition], match: Match
) -> ColumnElement[bool]:
    operator = term.operator
    if term.value == "" and operator in (Operator.EQUALS, Operator.DIFFERS):
        operator = Operator.IS if operator is Operator.EQUALS else Operator.IS_NOT
    if operator is Operator.IS:
        return holding.none_fits(asking, fields, anything)
    if operator is Operator.IS_NOT:
        return holding.any_fits(asking, fields, anything)
    if operator.is_negative:
        return holding.none_fits(asking, fields, match)
    return holding.any_fits(asking, fields, match)


def anything(_held: Any, _field: FieldDefinition) -> ColumnElement[bool]:
    """Any value will do."""
    return true()


def _rows(lookup: Lookup, held: Any, fields: Sequence[FieldDefinition]) -> tuple[ColumnElement[bool], ...]:
    """The values that things hold now in these fields."""
    ids = [each.id for each in fields]
    of_field = held.custom_field_id == ids[0] if len(ids) == 1 else held.custom_field_id.in_(ids)
    return (of_field, held.object_type == lookup.value, held.disabled.is_(False))


def _by_grants(
    asking: Asking, fields: Sequence[FieldDefinition]
) -> list[tuple[Grants, list[FieldDefinition]]]:
    """Fields of one type that may be read in the same places, as far as the asker reads them anywhere."""
    found: dict[tuple[Grants, str], list[FieldDefinition]] = defaultdict(list)
    for each in fields:
        grants = grants_on(asking.work, each)
        if not grants.nowhere:
            found[grants, each.type].append(each)
    return [(grants, alike) for (grants, _), alike in found.items()]


def _operand(asking: Asking, holding: Own, written: Name) -> Operand:
    """A field beside another field: each of its values is one."""
    named = fields_named(asking, holding.lookup, written.path, written.head)
    held = aliased(CustomFieldContent)
    first = named.definitions[0]
    alike = [each for each in named.definitions if each.type == first.type]
    value, sort = operand_value(held, first)
    readable = [
        and_(held.custom_field_id.in_([each.id for each in fields]), _readable_ids(holding, held, grants))
        for grants, fields in _by_grants(asking, alike)
    ]
    rows = (
        select(held.id)
        .where(held.object_id == holding.object_id, *_rows(holding.lookup, held, alike))
        .where(or_(false(), *readable))
        .correlate_except(held)
    )
    return Operand(value, sort, rows)


def _readable_ids(holding: Own, held: Any, grants: Grants) -> ColumnElement[bool]:
    """Whether the value's thing is one on which the field may be read, as a subquery that stands for itself."""
    seen = holding.seen(grants)
    if grants.everywhere:
        return true()
    model = holding.object_id.class_
    things = select(holding.object_id).where(seen)
    if model is Transaction:
        things = things.join(Ticket, Ticket.id == Transaction.object_id)
    result: ColumnElement[bool] = held.object_id.in_(things)
    return result
