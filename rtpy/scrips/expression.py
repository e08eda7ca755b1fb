"""Expressions: conditions written in the browser, such as `ticket.priority > 50 and not actor.is_staff`.

They look like Python and are not: the text is read into a tree, every piece of which must be on a short list, and
simpleeval works it out over facts that are plain values. There are no attributes, methods, comprehensions or powers.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import simpleeval  # type: ignore[import-untyped]  # it has no types

from rtpy.errors import Invalid, Problem
from rtpy.mail.fields import known_fields, read_field
from rtpy.mail.occasion import Occasion
from rtpy.scrips.facts import FACTS, fact_of, nearest, people_in_role

LONGEST_SOURCE = 2_000
MOST_PIECES = 200
DEEPEST = 15
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that has been read and found good. `fields` and `roles` are those that it names."""

    source: str
    tree: ast.expr
    fields: frozenset[str]
    roles: frozenset[str]


def holds(expression: Expression, occasion: Occasion) -> bool:
    """Work it out. Raises Invalid with a sentence when it cannot be, such as for a number divided by zero."""
    functions = {
        **FUNCTIONS,
        "field": lambda name: read_field(occasion, name),
        "role": lambda name: people_in_role(occasion, name),
    }
    reader = simpleeval.EvalWithCompoundTypes(
        operators=_OPERATORS,
        functions=functions,
        names=lambda node: fact_of(occasion, node.id),
    )
    try:
        return bool(reader.eval(expression.source, previously_parsed=expression.tree))
    except Invalid:
        raise
    except (simpleeval.InvalidExpression, ArithmeticError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(Problem("expression", f"The expression cannot be worked out: {error}.")) from error


@lru_cache(maxsize=512)
def read_expression(source: str) -> Expression:
    """Read and check it. Raises Invalid that names the column (from 1) of what is wrong."""
    text = " ".join(source.split("\n")).strip()
    if not text:
        raise Invalid(
            Problem("expression", "The expression is empty: write for example ticket.priority > 50.")
        )
    if len(text) > LONGEST_SOURCE:
        raise Invalid(
            Problem(
                "expression", f"The expression is longer than {LONGEST_SOURCE} characters: use two scrips."
            )
        )
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = error.offset or len(text) + 1
        equals = text[column - 1 : column] == "=" or "==" in str(error)
        what = "write == to compare" if equals else "this cannot be read"
        raise _wrong(min(column, len(text) + 1), what) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise _wrong(1, "this cannot be read") from error
    reader = _Reader(text)
    checked = reader.read(tree, 0)
    return Expression(text, checked, frozenset(reader.fields), frozenset(reader.roles))


def check_names(expression: Expression, work_fields: Mapping[str, object] | None) -> None:
    """Raises Invalid for a custom field that does not exist; `work_fields` None: nobody knows, all are right."""
    if work_fields is None:
        return
    for name in sorted(expression.fields):
        if name.lower() not in {each.lower() for each in work_fields}:
            raise Invalid(
                Problem("expression", f"There is no custom field “{name}”.{nearest(name, work_fields)}")
            )


class _Reader:
    """Walks a tree, refuses what is not on the list, and turns `ticket.status` into one name."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces = 0
        self.fields: set[str] = set()
        self.roles: set[str] = set()

    def read(self, node: ast.expr, depth: int) -> ast.expr:
        self.pieces += 1
        if self.pieces > MOST_PIECES or depth > DEEPEST:
            raise _wrong(
                node.col_offset + 1, "the expression is too complicated from here on: use two scrips"
            )
        below = depth + 1
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, str | bool | int | float):
                if isinstance(value, int) and abs(value) > 10**15:
                    raise _wrong(node.col_offset + 1, "this number is too large")
                return node
            case ast.Name(id=name):
                raise self._unknown(node, name)
            case ast.Attribute(value=ast.Name(id=top), attr=name):
                return self._fact(node, f"{top}.{name}")
            case ast.BoolOp(values=values):
                node.values = [self.read(each, below) for each in values]
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                node.operand = self.read(operand, below)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
                node.left, node.right = self.read(left, below), self.read(right, below)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for op in ops:
                    if type(op) not in _OPERATORS:
                        raise _wrong(node.col_offset + 1, "write == or != instead of is")
                node.left = self.read(left, below)
                node.comparators = [self.read(each, below) for each in comparators]
            case ast.List(elts=elts) | ast.Tuple(elts=elts):
                node.elts = [self.read(each, below) for each in elts]
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                self._call(node, name, args)
                node.args = [self.read(each, below) for each in args]
            case _:
                what = _WORDS.get(type(node), "this")
                raise _wrong(node.col_offset + 1, f"{what} cannot be used here")
        return node

    def _fact(self, node: ast.expr, name: str) -> ast.expr:
        if name not in FACTS:
            raise self._unknown(node, name)
        return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)

    def _unknown(self, node: ast.expr, name: str) -> Invalid:
        return _wrong(node.col_offset + 1, f"there is no fact “{name}”.{nearest(name)}", end="")

    def _call(self, node: ast.Call, name: str, args: list[ast.expr]) -> None:
        column = node.col_offset + 1
        if name in ("field", "role"):
            if len(args) != 1 or not isinstance(args[0], ast.Constant) or not isinstance(args[0].value, str):
                raise _wrong(column, f'write the name in quotes: {name}("Name")')
            (self.fields if name == "field" else self.roles).add(args[0].value)
            return
        if name not in FUNCTIONS:
            known = {**FUNCTIONS, "field": None, "role": None}
            raise _wrong(column, f"there is no function “{name}”.{nearest(name, known)}", end="")
        wanted = _ARGUMENTS[name]
        if len(args) != wanted:
            raise _wrong(column, f"{name} takes {wanted} value{'s' if wanted > 1 else ''} in its parentheses")


def _wrong(column: int, what: str, *, end: str = ".") -> Invalid:
    return Invalid(Problem("expression", f"Column {column}: {what}{end}"))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(_text(each) for each in value)
    return str(value)[:LONGEST_TEXT]


def _contains(value: object, part: object) -> bool:
    return _text(part).casefold() in _text(value).casefold()


def _has(values: object, one: object) -> bool:
    listed = values if isinstance(values, list | tuple) else [values]
    return _text(one).casefold() in [_text(each).casefold() for each in listed]


def like(value: object, pattern: object) -> bool:
    """Does the text fit a pattern in which * stands for anything? In time that grows with the text only."""
    text, pieces = _text(value).casefold(), _text(pattern).casefold().split("*")
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "lower": lambda value: _text(value).lower(),
    "length": lambda value: len(value) if isinstance(value, list | tuple) else len(_text(value)),
    "contains": _contains,
    "starts_with": lambda value, start: _text(value).casefold().startswith(_text(start).casefold()),
    "ends_with": lambda value, end: _text(value).casefold().endswith(_text(end).casefold()),
    "like": like,
    "has": _has,
}
_ARGUMENTS = {
    "lower": 1, "length": 1, "contains": 2, "starts_with": 2, "ends_with": 2, "like": 2, "has": 2,
}  # fmt: skip
FUNCTION_HELP = {
    "lower(text)": "the text in small letters",
    "length(text or list)": "how many letters or entries",
    "contains(text, part)": "is the part in it, in any case",
    "starts_with(text, start)": "does it begin so",
    "ends_with(text, end)": "does it end so",
    'like(text, "*@client.example")': "does it fit, * stands for anything",
    "has(list, entry)": "is the entry in the list, in any case",
    'field("Name")': "value of a custom field of the ticket; a list when there are several",
    'role("Name")': "addresses of those who play a role",
}


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Where there is no value nothing is more or less."""

    def compared(left: Any, right: Any) -> bool:  # Any: values of either side
        return left is not None and right is not None and compare(left, right)

    return compared


def _plus(left: Any, right: Any) -> Any:  # Any: numbers or texts
    if isinstance(left, str) and isinstance(right, str) and len(left) + len(right) > LONGEST_TEXT:
        raise ValueError(f"a text longer than {LONGEST_TEXT} characters")
    return left + right


def _number(deed: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def done(left: Any, right: Any) -> Any:  # Any: checked here
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError("only numbers can be multiplied, divided or taken away")
        return deed(left, right)

    return done


_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: _plus,
    ast.Sub: _number(operator.sub),
    ast.Mult: _number(operator.mul),
    ast.Div: _number(operator.truediv),
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_WORDS: dict[type, str] = {
    ast.Attribute: "a name with a second point",
    ast.Call: "a method",
    ast.Lambda: "lambda",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.JoinedStr: "an f-string",
    ast.Subscript: "[ ] behind a value",
    ast.IfExp: "if … else",
    ast.NamedExpr: ":=",
    ast.BinOp: "this sign (only + - * / are known)",
    ast.Dict: "a dictionary",
    ast.Set: "a set",
    ast.Starred: "*",
    ast.Await: "await",
}

__all__ = ["FUNCTION_HELP", "Expression", "check_names", "holds", "known_fields", "like", "read_expression"]
