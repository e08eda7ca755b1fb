"""A query's tree as text again: what `parse` reads back to the same tree, whatever rule of AND and OR it uses."""

import re

from rtpy.search.language.lexer import is_plain_segment
from rtpy.search.language.tree import Both, Either, Name, Node, Not, Term, Value

RESERVED = frozenset("AND OR NOT IN IS LIKE STARTSWITH ENDSWITH SHALLOW NULL".split())
"""Words that are no field unless they stand in braces, in capitals."""

LIKE_A_CUSTOM_FIELD = re.compile(r"CF\.\{[^}]*\}(?:\.(?:Content|LargeContent))?", re.IGNORECASE | re.DOTALL)
"""In quotes and compared with: taken for the field, as in RT, unless a backslash stands before it."""

_BRACED_HEADS = frozenset("cf customfield customfieldvalue txncf transactioncf queuecf customrole".split())
_CONTENTS = frozenset(("content", "largecontent"))


def show(node: Node) -> str:
    """The query in TicketSQL, on one line, with parentheses around every AND and OR inside of another."""
    if isinstance(node, Term):
        return show_term(node)
    if isinstance(node, Not):
        return f"NOT {_inside(node.part)}"
    return (" AND " if isinstance(node, Both) else " OR ").join(_inside(part) for part in node.parts)


def show_term(term: Term) -> str:
    """One comparison: `Requestor.EmailAddress SHALLOW LIKE 'example.com'`."""
    shallow = " SHALLOW" if term.shallow else ""
    if isinstance(term.value, tuple):
        value = f"({', '.join(show_value(each) for each in term.value)})"
    else:
        value = show_value(term.value)
    return f"{show_name(term.name)}{shallow} {term.operator} {value}"


def show_value(value: Value) -> str:
    """A value as it stands after an operator: `'it\\'s'`, `5`, `Started`, `NULL`."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Name):
        return show_name(value)
    written = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'\\{written}'" if LIKE_A_CUSTOM_FIELD.fullmatch(written) else f"'{written}'"


def show_name(name: Name) -> str:
    """A field's name, with braces where it needs them and where RT's users expect them: `CF.{Severity}`."""
    braced = _expected_braces(name)
    head = name.head if _can_begin(name) else _brace(name.head)
    rest = (
        each if is_plain_segment(each) and at not in braced else _brace(each)
        for at, each in enumerate(name.path)
    )
    return ".".join((head, *rest))


def _inside(part: Node) -> str:
    return f"({show(part)})" if isinstance(part, (Both, Either)) else show(part)


def _can_begin(name: Name) -> bool:
    if not is_plain_segment(name.head) or name.head[0] in "0123456789":
        return False
    return bool(name.path) or name.head.upper() not in RESERVED


def _expected_braces(name: Name) -> range:
    """The places in the path whose names an administrator chose: `CF.Queue.{Name}.Content` has the second."""
    if name.head.lower() not in _BRACED_HEADS or not name.path:
        return range(0)
    if name.head.lower() == "customrole":
        return range(1)
    last = len(name.path) - (len(name.path) > 1 and name.path[-1].lower() in _CONTENTS)
    return range(last - 1, last)


def _brace(segment: str) -> str:
    escaped = segment.replace("\\", "\\\\").replace("}", "\\}")
    return f"{{{escaped}}}"
