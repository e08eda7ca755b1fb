"""A query's tree becomes a clause over the searched table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from time import monotonic

from sqlalchemy import ColumnElement, Integer, and_, exists, false, func, or_, true
from sqlalchemy.sql.selectable import Select

from rtpy.search.compiling.text import compare
from rtpy.search.compiling.values import placeholder, settle, values_of
from rtpy.search.fields.field import Asking, CannotSearch, Fields, Kind, Operand, SearchField
from rtpy.search.language.tree import OPPOSITES, Both, Either, Name, Node, Not, Operator, Term
from rtpy.search.patience import took_too_long

MOST_TERMS = 500
MOST_NESTED = 60
MOST_LISTED = 1000
_OPPOSITE = {**OPPOSITES, **{no: yes for yes, no in OPPOSITES.items()}}
_LISTS = {Operator.IN: Operator.EQUALS, Operator.NOT_IN: Operator.DIFFERS}
_NULLS = {Operator.EQUALS: Operator.IS, Operator.DIFFERS: Operator.IS_NOT}
_COMPARISONS = frozenset(
    (
        Operator.EQUALS,
        Operator.DIFFERS,
        Operator.LESS,
        Operator.AT_MOST,
        Operator.GREATER,
        Operator.AT_LEAST,
    )
)


def where(fields: Fields, node: Node | None, asking: Asking) -> ColumnElement[bool]:
    """A clause that is true for the rows that fit; all rows for None. What the reader may see is not asked here.

    NOT is exact: its clause is true for just those rows for which the clause of its part is not. Raises CannotSearch
    with the column of the term that cannot be answered; nothing else, whatever the tree holds.
    """
    if node is None:
        return true()
    if sum(1 for _ in terms(node)) > MOST_TERMS:
        raise CannotSearch(f"A query may have {MOST_TERMS} conditions; put values of one field into a list.")
    return _Compiling(fields, asking).node(node)


def terms(node: Node | None) -> Iterator[Term]:
    """All terms of a tree. Raises CannotSearch when it is nested too deeply."""
    if node is None:
        return
    waiting: list[tuple[Node, int]] = [(node, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MOST_NESTED:
            raise CannotSearch(f"Parentheses may be nested {MOST_NESTED} deep; write the query flatter.")
        match part:
            case Term():
                yield part
            case Not():
                waiting.append((part.part, depth + 1))
            case _:
                waiting.extend((each, depth + 1) for each in part.parts)


def names_in(node: Node | None) -> frozenset[str]:
    """The fields that a query names, in lower case, without what follows a dot."""
    found = set()
    for term in terms(node):
        found.add(term.name.head.lower())
        found.update(each.head.lower() for each in values_of(term) if isinstance(each, Name))
    return frozenset(found)


def field_named(fields: Fields, name: Name, column: int = 0) -> SearchField:
    """The field of a name. Raises CannotSearch, which names fields that are written like it."""
    found = fields.get(name.head.lower())
    if found is not None:
        return found
    close = get_close_matches(name.head.lower()[:60], fields, n=3, cutoff=0.6)
    meant = list(dict.fromkeys(fields[each].name for each in close))
    hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
    raise CannotSearch(f"There is no field {name.head[:60]}.{hint}", column)


class _Compiling:
    """One query on its way to SQL."""

    def __init__(self, fields: Fields, asking: Asking) -> None:
        self.fields = fields
        self.asking = asking
        self.seconds = asking.work.app.config.search.seconds
        self.until = monotonic() + self.seconds

    def node(self, node: Node) -> ColumnElement[bool]:
        match node:
            case Term():
                return self.term(node)
            case Both():
                return and_(true(), *self.all(node.parts))
            case Either():
                return or_(false(), *(self.node(each) for each in self.listed(node.parts)))
            case Not():
                return self.opposite(node.part)

    def opposite(self, node: Node) -> ColumnElement[bool]:
        """What does not fit. Where a term has an opposite of its own, that is asked: it can be quicker."""
        match node:
            case Not():
                return self.node(node.part)
            case Term():
                other = _OPPOSITE.get(node.operator)
                if other is not None and other in _taken(
                    field_named(self.fields, node.name, node.column).operators
                ):
                    return self.term(replace(node, operator=other))
            case Either():
                return and_(true(), *(self.opposite(each) for each in self.listed(node.parts)))
        return self.node(node).is_not(true())

    def all(self, parts: Sequence[Node]) -> Iterator[ColumnElement[bool]]:
        """Clauses for the parts of an AND; terms about one of many rows are asked of the same row."""
        same: dict[str, list[Term]] = {}
        for part in parts:
            if isinstance(part, Term):
                field = field_named(self.fields, part.name, part.column)
                if field.together is not None and not isinstance(part.value, Name):
                    same.setdefault(field.name, []).append(part)
                    continue
            yield self.node(part)
        for name, group in same.items():
            together = self.fields[name.lower()].together
            if len(group) == 1 or together is None:
                yield from map(self.term, group)
            else:
                ready = [self.ready(self.fields[name.lower()], each) for each in group]
                with _At(group[0].column):
                    yield together(self.asking, ready)

    def listed(self, parts: Sequence[Node]) -> Sequence[Node]:
        """The parts of an OR, those about the same values of the same field put into one list."""
        if len(parts) < 2:
            return parts
        found: list[Node] = []
        at: dict[Name, int] = {}
        for part in parts:
            if not self.lists(part):
                found.append(part)
                continue
            assert isinstance(part, Term)
            name = Name(part.name.head.lower(), part.name.path)
            values = values_of(part)
            if name in at and isinstance(first := found[at[name]], Term):
                values = (*values_of(first), *values)
                if len(values) <= MOST_LISTED:
                    found[at[name]] = replace(first, operator=Operator.IN, value=values)
                    continue
            at[name] = len(found)
            found.append(part)
        return found

    def lists(self, part: Node) -> bool:
        if not isinstance(part, Term) or part.operator not in (Operator.EQUALS, Operator.IN) or part.shallow:
            return False
        field = self.fields.get(part.name.head.lower())
        takes = field is not None and Operator.IN in field.operators
        return takes and all(isinstance(each, str | int) for each in values_of(part))

    def term(self, term: Term) -> ColumnElement[bool]:
        if monotonic() > self.until:  # hundreds of conditions take seconds before the database hears of them
            raise took_too_long(self.seconds)
        field = field_named(self.fields, term.name, term.column)
        with _At(term.column):
            if isinstance(term.value, Name):
                word = placeholder(term.value)
                if word is None:
                    return self.comparison(field, term, term.value)
                term = replace(term, value=word)
            ready = self.ready(field, term)
            if isinstance(ready.value, tuple) and ready.operator not in field.operators:
                each = [replace(ready, operator=_LISTS[ready.operator], value=value) for value in ready.value]
                clauses = [field.compile(self.asking, one) for one in each]
                return and_(*clauses) if ready.operator is Operator.NOT_IN else or_(*clauses)
            return field.compile(self.asking, ready)

    def ready(self, field: SearchField, term: Term) -> Term:
        """The term as a field's `compile` takes it; raises CannotSearch when it makes no sense for the field."""
        with _At(term.column):
            operator = term.operator
            if term.value is None and operator in _NULLS:
                term = replace(term, operator=(operator := _NULLS[operator]))
            if operator not in _taken(field.operators):
                raise CannotSearch(_misfit(field, operator))
            if term.shallow and field.kind is not Kind.ROLE:
                raise CannotSearch(f"SHALLOW goes with roles such as Requestor only, not with {field.name}.")
            if (operator in _LISTS) != isinstance(term.value, tuple):
                raise CannotSearch(f"{operator} goes with {'a list' if operator in _LISTS else 'one value'}.")
            if (term.value is None) != (operator in (Operator.IS, Operator.IS_NOT)):
                raise CannotSearch("NULL (nothing) goes with IS and IS NOT only.")
            if isinstance(term.value, tuple):
                if not 0 < len(term.value) <= MOST_LISTED:
                    raise CannotSearch(f"A list has 1 to {MOST_LISTED:,} values.")
                if not all(isinstance(each, str | int) for each in term.value):
                    raise CannotSearch("A list holds texts in quotes and numbers only.")
            return settle(self.asking, term)

    def comparison(self, field: SearchField, term: Term, other: Name) -> ColumnElement[bool]:
        """Two fields compared with each other."""
        if other.head.lower() not in self.fields:
            word = ".".join((other.head, *other.path))[:60]
            raise CannotSearch(
                f"{word} is read as a field here, and there is none of that name; "
                f"put values in quotes: '{word}'."
            )
        if term.operator not in _COMPARISONS:
            raise CannotSearch(
                f"Fields are compared with each other by =, !=, <, <=, > and >=, not by {term.operator}."
            )
        left, right = self.operand(field, term.name), self.operand(self.fields[other.head.lower()], other)
        if left.sort != right.sort:
            raise CannotSearch(
                f"{term.name.head} ({left.sort}) and {other.head} ({right.sort}) cannot be compared with each other."
            )
        values = left.value, right.value
        if left.sort == "text":  # without regard to case, like everywhere
            values = func.lower(left.value), func.lower(right.value)
        clause = compare(values[0], term.operator.positive, values[1])
        for side in (right, left):
            if side.rows is not None:
                clause = exists(_with(side.rows, clause))
        return clause.is_not(true()) if term.operator.is_negative else clause

    def operand(self, field: SearchField, name: Name) -> Operand:
        if field.operand is not None:
            return field.operand(self.asking, name)
        if field.column is None or name.path:
            raise CannotSearch(f"{name.head} cannot be compared with another field; put values in quotes.")
        is_number = isinstance(field.column.type, Integer)  # numbers of queues and organisations among them
        return Operand(field.column, "number" if is_number else "date" if field.kind is Kind.DATE else "text")


@lru_cache(200)
def _taken(operators: tuple[Operator, ...]) -> frozenset[Operator]:
    """The operators that a field takes: lists, too, where it takes equality."""
    return frozenset((*operators, *(of for of, one in _LISTS.items() if one in operators)))


def _misfit(field: SearchField, operator: Operator) -> str:
    if not field.operators:
        return f"{field.name} can be sorted by only."
    written = [each.value for each in Operator if each in _taken(field.operators)]
    return f"{field.name} does not take {operator}; it takes {', '.join(written)}."


def _with(rows: Select[tuple[int]], clause: ColumnElement[bool]) -> Select[tuple[int]]:
    return rows.where(clause)


class _At:
    """Gives what goes wrong inside its place in the text."""

    def __init__(self, column: int) -> None:
        self.column = column

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, CannotSearch) and not error.column:
            error.column = self.column
