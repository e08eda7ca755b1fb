"""The text of a query becomes a tree: RT's grammar, and NOT, IN and a rule of AND and OR by choice beside it."""

from dataclasses import dataclass
from enum import StrEnum

from rtpy.search.language.error import QueryError
from rtpy.search.language.lexer import Sort, Token, lex, name_segments
from rtpy.search.language.mistakes import (
    found,
    needs_connective,
    needs_field,
    needs_list_item,
    needs_null,
    needs_operator,
    needs_value,
)
from rtpy.search.language.printer import LIKE_A_CUSTOM_FIELD, RESERVED
from rtpy.search.language.tree import OPPOSITES, Both, Either, Name, Node, Not, Operator, Term, Value

__all__ = ["Parsed", "Precedence", "QueryError", "parse"]

MOST_TERMS = 500
MOST_NESTED = 50
MOST_LISTED = 1000


class Precedence(StrEnum):
    """What AND and OR mean when both stand on one level of parentheses."""

    RT = "rt"
    """The last one that is written holds for the whole level, as in RT."""
    SQL = "sql"
    """AND binds closer than OR."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query as a tree; None is the empty query, which everything fits.

    `is_mixed`: AND and OR stand on one level somewhere, so that the two rules read the text differently.
    """

    node: Node | None
    is_mixed: bool
    precedence: Precedence


def parse(text: str, *, precedence: Precedence = Precedence.RT) -> Parsed:
    """Read a query; raises QueryError, which says where the text goes wrong and what was expected there."""
    reading = _Reading(text, precedence)
    if reading.is_at(Sort.END):
        return Parsed(None, False, precedence)
    node = reading.level(0)
    if reading.is_at(Sort.CLOSE):
        raise reading.wrong("this closing parenthesis has no opening one before it.")
    if not reading.is_at(Sort.END):
        raise reading.wrong(needs_connective(reading.token, reading.before))
    return Parsed(node, reading.is_mixed, precedence)


_SIGNS = {each.value: each for each in Operator if not each.value[0].isalpha()}
_WORDS = {each.value: each for each in Operator if each.value.isalpha()}
_COMPARISONS = frozenset(_SIGNS.values())


class _Reading:
    """The tokens of one text and the place that has been reached."""

    def __init__(self, text: str, precedence: Precedence) -> None:
        self.text = text
        self.precedence = precedence
        self.tokens = lex(text)
        self.token = next(self.tokens)
        self.before: Token | None = None
        self.terms = 0
        self.is_mixed = False

    def is_at(self, sort: Sort) -> bool:
        return self.token.sort is sort

    def take(self) -> Token:
        token = self.token
        if token.sort is not Sort.END:
            self.before, self.token = token, next(self.tokens)
        return token

    def wrong(self, message: str, token: Token | None = None) -> QueryError:
        return QueryError(message, (token or self.token).column, self.text)

    def level(self, depth: int) -> Node:
        """Conditions joined by AND and OR, up to a closing parenthesis or the end."""
        parts = [self.operand(depth)]
        joins: list[str] = []
        while self.token.word in ("AND", "OR"):
            joins.append(self.take().word)
            parts.append(self.operand(depth))
        if len(set(joins)) < 2:
            return _joined(parts, joins[0]) if joins else parts[0]
        self.is_mixed = True
        if self.precedence is Precedence.RT:
            return _joined(parts, joins[-1])
        groups = [[parts[0]]]
        for join, part in zip(joins, parts[1:], strict=True):
            if join == "AND":
                groups[-1].append(part)
            else:
                groups.append([part])
        return Either(tuple(_joined(group, "AND") for group in groups))

    def operand(self, depth: int) -> Node:
        """One condition, a level in parentheses, or NOT and one of them."""
        if depth > MOST_NESTED:
            raise self.wrong(
                f"parentheses and NOT may be nested {MOST_NESTED} deep; write the query flatter."
            )
        if self.token.word == "NOT":
            self.take()
            return Not(self.operand(depth + 1))
        if not self.is_at(Sort.OPEN):
            return self.condition()
        opening = self.take()
        node = self.level(depth + 1)
        if self.is_at(Sort.CLOSE):
            self.take()
            return node
        if self.is_at(Sort.END):
            raise self.wrong("the parenthesis that opens here is never closed.", opening)
        raise self.wrong(needs_connective(self.token, self.before))

    def condition(self) -> Term:
        begin = self.token
        name = self.name()
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise self.wrong(
                f"a query may have {MOST_TERMS} conditions; put values of one field into a list: "
                "Status IN ('open', 'new').",
                begin,
            )
        is_shallow = self.token.word == "SHALLOW"
        if is_shallow:
            self.take()
        operator = self.operator(begin)
        value: Value | tuple[Value, ...]
        if operator in (Operator.IN, Operator.NOT_IN):
            value = self.listed()
        elif operator in (Operator.IS, Operator.IS_NOT):
            self.null(operator)
            value = None
        else:
            value = self.value(operator)
            if value is None:
                operator = Operator.IS if operator is Operator.EQUALS else Operator.IS_NOT
        return Term(name, operator, value, is_shallow, begin.column)

    def name(self) -> Name:
        token = self.token
        if token.sort not in (Sort.WORD, Sort.TEXT) or token.word in RESERVED:
            raise self.wrong(needs_field(token, self.before))
        head, *path = name_segments(token.value) or ("",)
        if not head:
            raise self.wrong(f"{found(token)} is no name of a field.")
        self.take()
        return Name(head, tuple(path))

    def operator(self, field: Token) -> Operator:
        token = self.token
        if token.sort is Sort.SIGN and token.raw in _SIGNS:
            return _SIGNS[self.take().raw]
        positive = _WORDS.get(token.word)
        if positive is not None:
            self.take()
            if positive is Operator.IS and self.token.word == "NOT":
                self.take()
                return Operator.IS_NOT
            return positive
        if token.word == "NOT":
            self.take()
            positive = _WORDS.get(self.token.word)
            if positive is not None and positive in OPPOSITES and positive is not Operator.IS:
                self.take()
                return OPPOSITES[positive]
            raise self.wrong(
                f"after NOT an operator was expected (LIKE, STARTSWITH, ENDSWITH or IN), and {found(self.token)} was "
                "found. “Is not” is written !=.",
            )
        raise self.wrong(needs_operator(token, field))

    def null(self, operator: Operator) -> None:
        token = self.token
        is_null = token.sort in (Sort.WORD, Sort.TEXT) and token.value.upper() == "NULL"
        if not is_null and not (token.sort is Sort.TEXT and token.value == ""):
            raise self.wrong(needs_null(token, operator))
        self.take()

    def value(self, operator: Operator) -> Value:
        token = self.token
        if token.word == "NULL":
            if operator not in (Operator.EQUALS, Operator.DIFFERS):
                raise self.wrong("NULL (nothing) goes with IS and IS NOT only.")
            self.take()
            return None
        if token.sort is Sort.NUMBER:
            return int(self.take().raw)
        if token.sort is Sort.DECIMAL:
            return self.take().value
        if token.sort is Sort.TEXT:
            is_field = operator in _COMPARISONS and LIKE_A_CUSTOM_FIELD.fullmatch(token.raw[1:-1])
            return self.name() if is_field and name_segments(token.value) else self.take().value
        if token.sort is Sort.WORD and token.word not in RESERVED:
            return self.name()
        raise self.wrong(needs_value(token, operator))

    def listed(self) -> tuple[Value, ...]:
        opening = self.token
        if opening.sort is not Sort.OPEN:
            raise self.wrong(
                f"after IN a list in parentheses was expected, such as ('open', 'new'), and "
                f"{found(opening)} was found."
            )
        values: list[Value] = []
        while not values or self.is_at(Sort.COMMA):
            self.take()
            if self.token.sort not in (Sort.TEXT, Sort.NUMBER, Sort.DECIMAL):
                raise self.wrong(needs_list_item(self.token))
            token = self.take()
            values.append(int(token.raw) if token.sort is Sort.NUMBER else token.value)
            if len(values) > MOST_LISTED:
                raise self.wrong(f"a list may have {MOST_LISTED:,} values.", token)
        if self.is_at(Sort.END):
            raise self.wrong("the list that opens here is never closed.", opening)
        if not self.is_at(Sort.CLOSE):
            raise self.wrong(
                f"a comma or the list's closing parenthesis was expected, and {found(self.token)} was found."
            )
        self.take()
        return tuple(values)


def _joined(parts: list[Node], join: str) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Both(tuple(parts)) if join == "AND" else Either(tuple(parts))
